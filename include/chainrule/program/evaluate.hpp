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
    using function = W (*)(const W*);
    static constexpr int size = all_primitives::size;

    template<int I>
    static constexpr function find() {
        if constexpr (used_primitives<Plan>[static_cast<std::size_t>(I)]) {
            return &primitive_functions<
                type_at<all_primitives, static_cast<std::size_t>(I)>>::template value<W>;
        } else {
            return nullptr;
        }
    }
    static constexpr std::array<function, static_cast<std::size_t>(size)> list =
        []<std::size_t... I>(std::index_sequence<I...>) {
        return std::array<function, static_cast<std::size_t>(size)>{find<static_cast<int>(I)>()...};
    }
    (std::make_index_sequence<static_cast<std::size_t>(size)>{});
};

/// Runs a program on scalars of type W; user constants are those of element type T. Returns whether a step
/// gave ±∞.
template<class Plan, class T, class W>
constexpr bool interpret(const W* inputs, W* outputs) {
    bool has_infinity = false;
    constexpr const auto& code = Plan::steps;
    W registers[static_cast<std::size_t>(code.registers) + 1]{};
    for (int i = 0; i < Plan::inputs; ++i) registers[i] = inputs[i];
    auto read = [&](int place) {
        return place >= 0
            ? registers[place]
            : constant_value<T, W>(code.constants[static_cast<std::size_t>(-1 - place)]);
    };
    for (const program_step& step : code.steps) {
        // Unused arguments read register 0 or whatever stands there: four reads are cheaper than asking.
        const W arguments[4] = {read(step.arguments[0]), read(step.arguments[1]),
                                read(step.arguments[2]), read(step.arguments[3])};
        const W value =
            value_functions<Plan, W>::list[static_cast<std::size_t>(step.operation)](arguments);
        has_infinity = has_infinity || (value == value && elementary::own::is_unusual(value, W(0)));
        registers[step.target] = value;
    }
    for (int i = 0; i < Plan::outputs; ++i)
        outputs[i] = read(code.outputs[static_cast<std::size_t>(i)]);
    return has_infinity;
}

/// The limit of output `which` as the infinite inputs go to infinity, seen from far out; NaN if the
/// values there neither settle, grow nor vanish. Infinities on the way (inf − inf, 0·inf) say nothing
/// about the formula, values at 1e500 do.
template<class Plan, class T>
constexpr long double limit_at_infinity(const long double* inputs, int which) {
    constexpr long double not_a_number = std::numeric_limits<long double>::quiet_NaN();
    if constexpr (std::numeric_limits<long double>::max_exponent10 < 4000) {
        return not_a_number;
    } else {
        constexpr long double scales[2] = {1e500L, 1e1000L};
        constexpr long double factors[8] = {1.0L, 1.75L, 3.1L, 4.3L, 5.9L, 6.1L, 7.7L, 8.3L};
        long double seen[2][8]{};
        for (int s = 0; s < 2; ++s) {
            for (int f = 0; f < 8; ++f) {
                long double moved[static_cast<std::size_t>(Plan::inputs) + 1]{};
                for (int i = 0; i < Plan::inputs; ++i) {
                    const bool infinite = elementary::own::is_unusual(inputs[i], 0.0L);
                    moved[i] =
                        infinite ? (inputs[i] < 0 ? -1 : 1) * scales[s] * factors[f] : inputs[i];
                }
                long double outputs[static_cast<std::size_t>(Plan::outputs)]{};
                interpret<Plan, T, long double>(moved, outputs);
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
/// settled to already where the overflow begins, an infinity if it is about to overflow itself, else NaN. The
/// large inputs are moved towards 0 together to find that place. Examples: (x·tanh(eˣ))″ is 0 for x > 11356,
/// where eˣ is beyond long double; (erf(x)·eˣ)′ is infinite there.
template<class Plan, class T, class W>
constexpr W value_beyond_overflow(const W* inputs, int which) {
    constexpr W large = 64;
    W largest = 0;
    for (int i = 0; i < Plan::inputs; ++i) {
        const W size = inputs[i] < 0 ? -inputs[i] : inputs[i];
        if (size > largest) largest = size;
    }
    bool overflows = false;
    auto output_at = [&](W share) {
        W moved[static_cast<std::size_t>(Plan::inputs) + 1]{};
        for (int i = 0; i < Plan::inputs; ++i) {
            const bool is_large = inputs[i] > large || inputs[i] < -large;
            moved[i] = is_large ? inputs[i] * share : inputs[i];
        }
        W outputs[static_cast<std::size_t>(Plan::outputs)]{};
        overflows = interpret<Plan, T, W>(moved, outputs);
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
    return std::numeric_limits<W>::quiet_NaN();
}

/// All outputs of a program for one set of inputs of type T. At infinite inputs the value is the limit.
template<class Plan, class T, class Input>
constexpr std::array<T, static_cast<std::size_t>(Plan::outputs)> run_scalar(const Input* inputs) {
    using W = wider<T>;
    W wide[static_cast<std::size_t>(Plan::inputs) + 1]{};
    bool has_infinity = false;
    bool has_nan = false;
    for (int i = 0; i < Plan::inputs; ++i) {
        wide[i] = static_cast<W>(inputs[i]);
        has_nan = has_nan || wide[i] != wide[i];
        has_infinity = has_infinity || elementary::own::is_unusual(wide[i], W(0));
    }
    W results[static_cast<std::size_t>(Plan::outputs)]{};
    interpret<Plan, T, W>(wide, results);
    std::array<T, static_cast<std::size_t>(Plan::outputs)> narrowed{};
    for (std::size_t k = 0; k < narrowed.size(); ++k) {
        const int which = static_cast<int>(k);
        if (results[k] != results[k] && has_infinity && !has_nan) {
            long double far[static_cast<std::size_t>(Plan::inputs) + 1]{};
            for (int i = 0; i < Plan::inputs; ++i) far[i] = static_cast<long double>(inputs[i]);
            results[k] = static_cast<W>(limit_at_infinity<Plan, T>(far, which));
        }
        if (results[k] != results[k] && !has_nan) {
            W finite[static_cast<std::size_t>(Plan::inputs) + 1]{};
            constexpr W most = std::numeric_limits<W>::max();
            for (int i = 0; i < Plan::inputs; ++i)
                finite[i] = wide[i] > most ? most : wide[i] < -most ? -most : wide[i];
            results[k] = value_beyond_overflow<Plan, T>(finite, which);
        }
        narrowed[k] = elementary::narrow<T>(results[k]);
    }
    return narrowed;
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
