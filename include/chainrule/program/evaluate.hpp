// SPDX-License-Identifier: BSL-1.0
/// evaluate(f, x = 3.0, beta = 1.5): the value of a formula, at compile time and at run time.
#pragma once

#include <chainrule/expr/bindings.hpp>
#include <chainrule/program/program.hpp>

namespace chainrule {

namespace detail {

/// The type in which values of T are worked out: wider, so that no step's rounding reaches the result.
template<class T>
using wider = std::conditional_t<std::is_same_v<T, float>, double, long double>;

/// A number for arithmetic in W, which carries what roundings lose (batches) or not: then it is whole.
template<class T, class W, bool CarriesErrors = false>
constexpr W constant_value(const program_constant& c) {
    using part = program_constant::part;
    const long double all = std::is_same_v<T, float> ? c.for_float
        : std::is_same_v<T, double>                  ? c.for_double
                                                     : c.for_long_double;
    W taken = static_cast<W>(all);
    if (CarriesErrors && (c.wanted == part::leading || c.wanted == part::rest_of_leading)) {
        // A sum with 64 bits leaves half of the bits of W.
        const long double shift =
            elementary::multiply(all, std::is_same_v<W, float> ? 0x1p53L : 0x1p38L);
        taken = static_cast<W>(elementary::subtract(elementary::add(all, shift), shift));
    }
    if (c.wanted == part::rounded || c.wanted == part::leading) return taken;
    return static_cast<W>(all - static_cast<long double>(taken));
}

template<class W>
using value_function = W (*)(const W*);

/// Whether a program uses a primitive, by registry position.
template<class Plan>
inline constexpr auto used_primitives = [] {
    std::array<bool, static_cast<std::size_t>(all_primitives::size)> result{};
    for (const program_step& step : Plan::steps.steps)
        result[static_cast<std::size_t>(step.operation)] = true;
    return result;
}();

/// The value functions of the primitives that a program uses, by registry position; the others are
/// null, so that no code is made for them.
template<class Plan, class W>
struct value_functions {
    using function = value_function<W>;
    static constexpr std::size_t size = used_primitives<Plan>.size();
    static constexpr std::size_t count = [] {
        std::size_t result = 0;
        for (const bool used : used_primitives<Plan>) result += used ? 1 : 0;
        return result;
    }();
    static constexpr auto places = [] {
        std::array<std::size_t, count> result{};
        std::size_t next = 0;
        for (std::size_t i = 0; i < size; ++i) {
            if (used_primitives<Plan>[i]) result[next++] = i;
        }
        return result;
    }();
    static constexpr auto list = []<std::size_t... K>(std::index_sequence<K...>) {
        std::array<function, size> result{};
        ((result[places[K]] =
              &primitive_functions<type_at<all_primitives, places[K]>>::template value<W>),
         ...);
        return result;
    }
    (std::make_index_sequence<count>{});
};

inline constexpr int symbol_room = 33;  ///< inputs or outputs of a program: 32 symbols and one more

/// A program for elements of T to run on scalars of W, as data: one piece of code runs all programs.
template<class T, class W>
struct scalar_code {
    const program_step* steps;
    int step_count;
    const program_constant* constants;
    const short* result_places;
    int inputs;
    int outputs;
    const value_function<W>* functions;
    W* registers;  ///< room for the work

    /// Runs it; user constants are those of T. Returns whether a step gave ±∞.
    constexpr bool run(const W* in, W* out) const {
        bool has_infinity = false;
        for (int i = 0; i < inputs; ++i) registers[i] = in[i];
        auto read = [&](int place) {
            return place >= 0 ? registers[place] : constant_value<T, W>(constants[-1 - place]);
        };
        for (int s = 0; s < step_count; ++s) {
            const program_step& step = steps[s];
            // Unused arguments read register 0 or whatever stands there: four reads are cheaper than asking.
            const W arguments[4] = {read(step.arguments[0]), read(step.arguments[1]),
                                    read(step.arguments[2]), read(step.arguments[3])};
            const W value = functions[step.operation](arguments);
            has_infinity =
                has_infinity || (value == value && elementary::own::is_unusual(value, W(0)));
            registers[step.target] = value;
        }
        for (int i = 0; i < outputs; ++i) out[i] = read(result_places[i]);
        return has_infinity;
    }
};

template<class Plan, class T, class W>
constexpr scalar_code<T, W> code_of(W* registers) {
    static_assert(Plan::inputs < symbol_room && Plan::outputs <= symbol_room);
    constexpr const auto& code = Plan::steps;
    return {code.steps.data(),
            code.step_count,
            code.constants.data(),
            code.outputs.data(),
            Plan::inputs,
            Plan::outputs,
            value_functions<Plan, W>::list.data(),
            registers};
}
template<class Plan>
inline constexpr std::size_t register_room = static_cast<std::size_t>(Plan::steps.registers) + 1;

/// Runs a program on scalars of type W. Returns whether a step gave ±∞.
template<class Plan, class T, class W>
constexpr bool interpret(const W* inputs, W* outputs) {
    W registers[register_room<Plan>]{};
    return code_of<Plan, T, W>(registers).run(inputs, outputs);
}

/// The limit of output `which` as the infinite inputs go to infinity, seen from far out; NaN if the
/// values there neither settle, grow nor vanish. Infinities on the way (inf − inf, 0·inf) say nothing
/// about the formula, values at 1e500 do.
template<class T>
constexpr long double limit_at_infinity(const scalar_code<T, long double>& code,
                                        const long double* inputs, int which) {
    constexpr long double not_a_number = std::numeric_limits<long double>::quiet_NaN();
    if constexpr (std::numeric_limits<long double>::max_exponent10 < 4000) {
        return not_a_number;
    } else {
        constexpr long double scales[2] = {1e500L, 1e1000L};
        constexpr long double factors[8] = {1.0L, 1.75L, 3.1L, 4.3L, 5.9L, 6.1L, 7.7L, 8.3L};
        long double seen[2][8]{};
        for (int s = 0; s < 2; ++s) {
            for (int f = 0; f < 8; ++f) {
                long double moved[symbol_room]{};
                for (int i = 0; i < code.inputs; ++i) {
                    const bool infinite = elementary::own::is_unusual(inputs[i], 0.0L);
                    moved[i] =
                        infinite ? (inputs[i] < 0 ? -1 : 1) * scales[s] * factors[f] : inputs[i];
                }
                long double outputs[symbol_room]{};
                code.run(moved, outputs);
                seen[s][f] = outputs[which];
            }
        }
        auto size = [](long double v) { return v < 0 ? -v : v; };
        bool settled = true;
        bool grows = true;
        bool vanishes = true;
        for (int f = 0; f < 8; ++f) {
            const long double near = seen[0][f];
            const long double far = seen[1][f];
            if (near != near || far != far || (far < 0) != (seen[1][0] < 0)) return not_a_number;
            settled = settled && size(far - seen[1][0]) <= 1e-9L * size(far) &&
                size(near - far) <= 1e-9L * size(far);
            grows = grows && size(far) > 1.5L * size(near);
            vanishes = vanishes && size(far) < 1e-100L * size(near);
        }
        const bool all_zero = seen[1][0] == 0;
        if (settled || all_zero) return seen[1][0];
        if (grows) return elementary::own::signed_infinity<long double>(seen[1][0] < 0);
        if (vanishes) return seen[1][0] < 0 ? -0.0L : 0.0L;
        return not_a_number;
    }
}

/// What output `which` comes to where it is NaN because something overflowed on the way (0·inf): what it has
/// settled to already where the overflow begins, what it has left the range of T towards, an infinity if it is about
/// to overflow itself, else NaN. The large inputs are moved towards 0 together to find that place. Examples:
/// (x·tanh(eˣ))″ is 0 for x > 11356, where eˣ is beyond long double; (erf(x)·eˣ)′ is infinite there, and
/// (x/(1 + e⁻ˣ)^½)′ is smaller than any double long before −11356.
template<class T, class W>
constexpr W value_beyond_overflow(const scalar_code<T, W>& code, const W* inputs, int which) {
    constexpr W large = 64;
    W largest = 0;
    for (int i = 0; i < code.inputs; ++i) {
        const W size = inputs[i] < 0 ? -inputs[i] : inputs[i];
        if (size > largest) largest = size;
    }
    bool overflows = false;
    auto output_at = [&](W share) {
        W moved[symbol_room]{};
        for (int i = 0; i < code.inputs; ++i) {
            const bool is_large = inputs[i] > large || inputs[i] < -large;
            moved[i] = is_large ? inputs[i] * share : inputs[i];
        }
        W outputs[symbol_room]{};
        overflows = code.run(moved, outputs);
        return outputs[which];
    };
    W lost = 1;
    W known = 1;
    do {
        lost = known;
        known /= 2;
        if (known * largest < large) return std::numeric_limits<W>::quiet_NaN();
    } while (elementary::is_nan(output_at(known)));
    for (int k = 0; k < 64; ++k) {
        const W between = known / 2 + lost / 2;
        const W seen = output_at(between);
        (seen == seen ? known : lost) = between;
    }
    const W first = output_at(known * W(0.97));
    const W before = output_at(known * W(0.99));
    const W last = output_at(known);
    (void)output_at(lost);
    constexpr W most = std::numeric_limits<W>::max();
    constexpr W huge = most / W(0x1p300);
    auto grows = [&](W from, W to) { return huge < from && from < to && to <= most; };
    if (overflows && first == last && before == last) return last;
    if (overflows && grows(before, last)) return elementary::own::signed_infinity<W>(false);
    if (overflows && grows(-before, -last)) return elementary::own::signed_infinity<W>(true);
    if constexpr (sizeof(T) < sizeof(W)) {
        auto magnitude = [](W v) { return v < 0 ? -v : v; };
        const W sizes[] = {magnitude(first), magnitude(before), magnitude(last)};
        const bool keeps_sign = (first < 0) == (last < 0) && (before < 0) == (last < 0);
        const bool has_vanished = sizes[0] < W(std::numeric_limits<T>::denorm_min()) / 4 &&
            sizes[2] <= sizes[1] && sizes[1] <= sizes[0];
        const bool has_overflown = sizes[0] > W(std::numeric_limits<T>::max()) * 2 &&
            sizes[2] >= sizes[1] && sizes[1] >= sizes[0];
        if (overflows && keeps_sign && (has_vanished || has_overflown)) return last;
    }
    return std::numeric_limits<W>::quiet_NaN();
}

/// All outputs of a program for one set of inputs of type T: `far_code` is the same program. At infinite
/// inputs the value is the limit.
template<class T, class W, class Input>
constexpr void run_code(const scalar_code<T, W>& code, const scalar_code<T, long double>& far_code,
                        const Input* inputs, T* outputs) {
    W wide[symbol_room]{};
    bool has_infinity = false;
    bool has_nan = false;
    for (int i = 0; i < code.inputs; ++i) {
        wide[i] = static_cast<W>(inputs[i]);
        has_nan = has_nan || wide[i] != wide[i];
        has_infinity = has_infinity || elementary::own::is_unusual(wide[i], W(0));
    }
    W results[symbol_room]{};
    code.run(wide, results);
    for (int k = 0; k < code.outputs; ++k) {
        if (results[k] != results[k] && has_infinity && !has_nan) {
            long double far[symbol_room]{};
            for (int i = 0; i < code.inputs; ++i) far[i] = static_cast<long double>(inputs[i]);
            results[k] = static_cast<W>(limit_at_infinity(far_code, far, k));
        }
        if (results[k] != results[k] && !has_nan) {
            W finite[symbol_room]{};
            constexpr W most = std::numeric_limits<W>::max();
            for (int i = 0; i < code.inputs; ++i)
                finite[i] = wide[i] > most ? most : wide[i] < -most ? -most : wide[i];
            results[k] = value_beyond_overflow(code, finite, k);
        }
        outputs[k] = elementary::narrow<T>(results[k]);
    }
}

template<class Plan, class T, class Input>
constexpr std::array<T, static_cast<std::size_t>(Plan::outputs)> run_scalar(const Input* inputs) {
    wider<T> registers[register_room<Plan>]{};
    long double far_registers[register_room<Plan>]{};
    std::array<T, static_cast<std::size_t>(Plan::outputs)> outputs{};
    run_code(code_of<Plan, T>(registers), code_of<Plan, T>(far_registers), inputs, outputs.data());
    return outputs;
}

/// A symbol of the formula without value and without default.
template<fixed_string Symbol>
struct unbound_symbol {
    static_assert(Symbol.view().empty(),
                  "chainrule: this symbol of the formula has no value; give it one by name, as in "
                  "beta = 1.5, or "
                  "give the parameter a default, as in parameter<\"beta\", 1.0>");
};

/// One name with two different defaults in one formula.
template<fixed_string Symbol>
struct conflicting_defaults {
    static_assert(Symbol.view().empty(),
                  "chainrule: this parameter has two different defaults in the formula; give it a "
                  "value by name");
};

/// A value for a name that the formula does not contain.
template<fixed_string Symbol>
struct unknown_symbol {
    static_assert(Symbol.view().empty(),
                  "chainrule: the formula has no symbol of this name; correct the name or leave "
                  "the value out");
};

/// Whether a name stands in a formula as it was written: the derivative of alpha * x by x still takes a
/// value for x, though it is only alpha.
template<class E>
struct written_names {
    static constexpr bool have(std::string_view name) { return symbols_of<E>::find(name) >= 0; }
};
template<class Operation, class... A>
struct written_names<call<Operation, A...>> {
    static constexpr bool have(std::string_view name) {
        return (false || ... || written_names<A>::have(name));
    }
};
template<class F, class... R>
struct written_names<substitution<F, R...>> {
    static constexpr bool have(std::string_view name) {
        return (written_names<F>::have(name) && ((name != R::name.view()) && ...)) ||
            (false || ... || written_names<typename R::value>::have(name));
    }
};
template<int Depth, class F>
struct written_names<nesting<Depth, F>> : written_names<F> {};
template<class F, fixed_string S, int Order, kink_rule K>
struct written_names<derivative_expression<F, S, Order, K>> : written_names<F> {};

/// Every formula is a function of x, also one that turns out to be constant.
template<class E, fixed_string Name>
constexpr bool require_symbol() {
    if constexpr (Name.view() != "x" && symbols_of<E>::find(Name.view()) < 0) {
        if constexpr (!written_names<E>::have(Name.view())) (void)sizeof(unknown_symbol<Name>);
    }
    return true;
}

/// Value of symbol I of E in type T: from the bindings, else its default.
template<class E, std::size_t I, class T, class Wide = T, class Map>
constexpr Wide symbol_value(const Map& bindings) {
    constexpr const symbol_entry& symbol = symbols_of<E>::list[I];
    constexpr auto name = fix<symbol.name.size()>(symbol.name);
    if constexpr (is_bound<name, Map>) {
        return static_cast<Wide>(static_cast<T>(boost::hana::at_key(bindings, key_of<name>).value));
    } else if constexpr (!is_value(symbol.default_value.value)) {
        (void)sizeof(unbound_symbol<name>);
        return Wide();
    } else if constexpr (symbol.has_conflicting_defaults) {
        (void)sizeof(conflicting_defaults<name>);
        return T();
    } else {
        return elementary::narrow<Wide>(static_cast<long double>(symbol.default_value.value) +
                                        static_cast<long double>(symbol.default_value.residual));
    }
}

template<class B>
concept expression_binding = named_binding<B> && expression<typename B::value_type>;
template<class B>
concept number_binding = named_binding<B> && plain_number<typename B::value_type>;

/// F with the expression-valued bindings substituted.
template<class F, class... B>
struct substituted {
    using type = F;
};
template<class F, class... B>
    requires(expression_binding<B> || ...)
struct substituted<F, B...> {
    template<class Done, class... Rest>
    struct collect;
    template<class... R>
    struct collect<type_list<R...>> {
        using type = substitution<F, R...>;
    };
    template<class... R, class First, class... Rest>
    struct collect<type_list<R...>, First, Rest...> {
        using type = typename collect<type_list<R...>, Rest...>::type;
    };
    template<class... R, class First, class... Rest>
        requires expression_binding<First>
    struct collect<type_list<R...>, First, Rest...> {
        using type = typename collect<
            type_list<R...,
                      replacement<First::name, std::remove_cvref_t<typename First::value_type>>>,
            Rest...>::type;
    };
    using type = typename collect<type_list<>, B...>::type;
};

template<class T>
using floating = std::conditional_t<std::is_floating_point_v<T>, T, double>;

/// The type a formula is worked out in: the widest of the numbers given; integers count as double.
template<class... B>
struct number_value_type {
    using type = double;
};
template<class First, class... Rest>
    requires number_binding<First> &&
        (!(number_binding<Rest> || ...)) struct number_value_type<First, Rest...> {
        using type = floating<typename First::value_type>;
    };
    template<class First, class... Rest>
        requires number_binding<First> &&
            (number_binding<Rest> || ...) struct number_value_type<First, Rest...> {
            using type = std::common_type_t<floating<typename First::value_type>,
                                            typename number_value_type<Rest...>::type>;
        };
        template<class First, class... Rest>
            requires(!number_binding<First>)
        struct number_value_type<First, Rest...> : number_value_type<Rest...> {};

        template<class E, class T, class Map>
        constexpr T evaluate_bound(const Map& bindings) {
            using program_plan = plan<E, true, kink_rule::usual>;
            return [&]<std::size_t... I>(std::index_sequence<I...>) {
                using W = wider<T>;
                const W inputs[] = {symbol_value<E, I, T, W>(bindings)..., W()};
                return run_scalar<program_plan, T>(inputs)[0];
            }
            (std::make_index_sequence<symbols_of<E>::count>{});
        }

}  // namespace detail

/// The value of f with the given values: evaluate(x * x, x = 3.0) == 9.0. Unbound parameters take their
/// defaults. Worked out in a wider type than the values' (float in double, double in long double), so
/// that the result is the correctly rounded one but for rare near-ties; at infinite arguments it is the
/// limit; NaN in gives NaN out. Domain: as the primitives in the formula (log of a negative is NaN).
template<expression F, detail::named_binding... B>
constexpr auto evaluate(F, B... bindings) {
    using E = typename detail::substituted<F, B...>::type;
    detail::require_valid<E>();
    (detail::require_symbol<std::conditional_t<detail::expression_binding<B>, F, E>, B::name>(),
     ...);
    static_assert(((detail::number_binding<B> || detail::expression_binding<B>)&&...),
                  "chainrule: evaluate takes numbers, as in evaluate(f, x = 3.0); for ranges use "
                  "forward(f, in, out)");
    const auto numbers = detail::make_bindings(bindings...);
    using T = typename detail::number_value_type<B...>::type;
    return detail::evaluate_bound<E, T>(numbers);
}

namespace detail {

/// f(0.5f), f(0.5f, beta = 2.0f): x is given by position.
template<class F, class... A>
constexpr auto evaluate_call(F f, A... arguments) {
    auto named = []<class One>(One one) {
        if constexpr (plain_number<One>) {
            return x = one;
        } else if constexpr (expression<One>) {
            return x = one;
        } else {
            return one;
        }
    };
    return evaluate(f, named(arguments)...);
}

}  // namespace detail
}  // namespace chainrule
