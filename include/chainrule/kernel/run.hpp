// SPDX-License-Identifier: BSL-1.0
/// A program run over one group of batches of values, unrolled (one instantiation per kind of operation, none
/// per step) or from a table, and the second look at what may be wrong in its results.
#pragma once

#include <chainrule/kernel/math.hpp>
#include <chainrule/kernel/math/selection.hpp>
#include <chainrule/kernel/nan_flow.hpp>
#include <chainrule/kernel/step_table.hpp>
#include <chainrule/kernel/storage.hpp>
#include <chainrule/program/evaluate.hpp>

#include <array>
#include <initializer_list>

namespace chainrule::detail {

/// Programs longer than this call the elementary functions instead of inlining them and are compiled in
/// pieces of `piece_length` steps: compilers need quadratic time in the length of one function.
inline constexpr int longest_inlined_program = 192;
inline constexpr int piece_length = 64;

template<class Operation, class V, class... A>
[[gnu::noinline]] V call_out_of_line(A... arguments) {
    return Operation::value(arguments...);
}

template<class Operation, bool OutOfLine, unordered Unordered, class V, class... A>
[[gnu::always_inline]] inline V apply_operation(A... arguments) {
    if constexpr (Unordered != unordered::nan) {
        return Operation::template choice<Unordered == unordered::first>(arguments...);
    } else if constexpr (OutOfLine && !is_arithmetic<Operation>) {
        return call_out_of_line<Operation, V>(arguments...);
    } else {
        return Operation::value(arguments...);
    }
}

template<class Plan, class T, class V>
[[gnu::always_inline]] inline V read_operand(const V* registers, int place) {
    if (place >= 0) return registers[place];
    return V(constant_value<T, typename V::value_type, true>(
        Plan::steps.constants[static_cast<std::size_t>(-1 - place)]));
}

template<class Plan, class T, class Operation, unordered Unordered, class V>
[[gnu::always_inline]] inline void run_step(V* registers, int target, int a, int b, int c, int d) {
    constexpr bool out_of_line = Plan::steps.step_count > longest_inlined_program;
    if constexpr (Operation::arity == 1) {
        registers[target] = apply_operation<Operation, out_of_line, Unordered, V>(
            read_operand<Plan, T>(registers, a));
    } else if constexpr (Operation::arity == 2) {
        registers[target] = apply_operation<Operation, out_of_line, Unordered, V>(
            read_operand<Plan, T>(registers, a), read_operand<Plan, T>(registers, b));
    } else if constexpr (Operation::arity == 3) {
        registers[target] = apply_operation<Operation, out_of_line, Unordered, V>(
            read_operand<Plan, T>(registers, a), read_operand<Plan, T>(registers, b),
            read_operand<Plan, T>(registers, c));
    } else {
        registers[target] = apply_operation<Operation, out_of_line, Unordered, V>(
            read_operand<Plan, T>(registers, a), read_operand<Plan, T>(registers, b),
            read_operand<Plan, T>(registers, c), read_operand<Plan, T>(registers, d));
    }
}

/// The same step for every batch of a group, so that their chains of dependent steps overlap.
template<class Plan, class T, class Operation, unordered Unordered, int Group, class V>
[[gnu::always_inline]] inline void run_step_of_group(V* registers, int target, int a, int b, int c,
                                                     int d) {
    constexpr int distance = Plan::steps.registers + 1;
    run_step<Plan, T, Operation, Unordered>(registers, target, a, b, c, d);
    if constexpr (Group > 1)
        run_step_of_group<Plan, T, Operation, Unordered, Group - 1>(registers + distance, target, a,
                                                                    b, c, d);
}

template<class Plan, class T, int Group = 1, class V, std::size_t... I>
[[gnu::always_inline]] inline void run_steps(V* registers, std::index_sequence<I...>) {
    constexpr const auto& steps = Plan::steps.steps;
    (void)std::initializer_list<int>{
        (run_step_of_group<Plan, T,
                           type_at<all_primitives, static_cast<std::size_t>(steps[I].operation)>,
                           unordered_choices<Plan>[I], Group>(
             registers, steps[I].target, steps[I].arguments[0], steps[I].arguments[1],
             steps[I].arguments[2], steps[I].arguments[3]),
         0)...};
    (void)registers;
    (void)steps;
}

template<class Plan, class T, class V, std::size_t First, std::size_t... I>
[[gnu::noinline]] void run_piece(V* registers, std::index_sequence<I...>) {
    run_steps<Plan, T>(registers, std::index_sequence<First + I...>{});
}

template<class Plan, class T, class V, std::size_t... Piece>
[[gnu::always_inline]] inline void run_pieces(V* registers, std::index_sequence<Piece...>) {
    constexpr auto length = static_cast<std::size_t>(piece_length);
    constexpr auto steps = static_cast<std::size_t>(Plan::steps.step_count);
    (void)std::initializer_list<int>{
        (run_piece<Plan, T, V, Piece * length>(
             registers,
             std::make_index_sequence<(steps - Piece * length < length ? steps - Piece * length
                                                                       : length)>{}),
         0)...};
}

/// Whether four batches at a time overlap better than two: with elementary functions (measured: 5 to 25 %), but not if
/// one of them keeps so much at a time that with a second result there are too few registers (12 to 50 % the other
/// way): with sixteen registers, or with doubles, whose polynomials have more coefficients to keep.
template<class Plan, class T>
inline constexpr bool overlaps_four = [] {
    bool has_elementary = false;
    bool is_wide = false;
    for (const program_step& step : Plan::steps.steps) {
        const primitive_info& p = primitives[static_cast<std::size_t>(step.operation)];
        has_elementary = has_elementary || !p.is_arithmetic;
        is_wide = is_wide || p.is_wide;
    }
    const bool has_few_registers = simd::register_bytes == 32 || sizeof(T) == 8;
    return simd::register_bytes >= 32 && has_elementary &&
        !(is_wide && has_few_registers && Plan::outputs > 1);
}();

/// How many batches of numbers of type T a loop works on at a time. Steps that wait for each other leave a processor
/// idle; a second batch in long programs would only spill registers; programs in a table keep theirs in memory anyway.
/// Where two steps have two results stores alternate between arrays too often (measured: 8 ns in 84 for the value and
/// slope of leaky_relu, 2048 floats).
template<class Plan, class T>
inline constexpr int batches_in_group = [] {
    constexpr int steps = Plan::steps.step_count;
    if (steps > longest_program_of_pairs) return runs_from_table<Plan> ? 4 : 1;
    if (overlaps_four<Plan, T>) return 4;
    return steps <= 2 && Plan::outputs > 1 ? 1 : 2;
}();

template<class Plan, class T, int Group, class V>
[[gnu::always_inline]] inline void run_unrolled(const V* inputs, V* outputs) {
    constexpr int distance = Plan::steps.registers + 1;
    V registers[static_cast<std::size_t>(Group * distance)];
    CHAINRULE_UNROLL
    for (int g = 0; g < Group; ++g) {
        CHAINRULE_UNROLL
        for (int i = 0; i < Plan::inputs; ++i)
            registers[g * distance + i] = inputs[g * Plan::inputs + i];
    }
    constexpr int steps = Plan::steps.step_count;
    if constexpr (steps > longest_inlined_program) {
        static_assert(Group == 1);
        constexpr int pieces = (steps + piece_length - 1) / piece_length;
        run_pieces<Plan, T>(registers,
                            std::make_index_sequence<static_cast<std::size_t>(pieces)>{});
    } else {
        run_steps<Plan, T, Group>(registers,
                                  std::make_index_sequence<static_cast<std::size_t>(steps)>{});
    }
    CHAINRULE_UNROLL
    for (int g = 0; g < Group; ++g) {
        CHAINRULE_UNROLL
        for (int k = 0; k < Plan::outputs; ++k) {
            outputs[g * Plan::outputs + k] = read_operand<Plan, T>(
                registers + g * distance, Plan::steps.outputs[static_cast<std::size_t>(k)]);
        }
    }
}

/// All outputs of the program for a group of batches of inputs, batch after batch.
template<class Plan, class T, int Group = 1, class V>
[[gnu::always_inline]] inline void run_batch(const V* inputs, V* outputs) {
    if constexpr (runs_from_table<Plan>) run_table<Plan, T, Group>(inputs, outputs);
    else run_unrolled<Plan, T, Group>(inputs, outputs);
}

/// All inputs may be anything.
struct no_numbers {
    static constexpr bool at(int) { return true; }
};

/// What is known of a register where no input is NaN.
struct knowledge {
    bool is_number = false;   ///< finite and not 0
    bool has_lower = false;   ///< not below some number, which is far from overflow
    bool has_upper = false;   ///< not above such a number
    bool may_be_nan = false;  ///< for another reason than an input
    bool is_constant = false;
    [[nodiscard]] constexpr bool is_finite() const { return has_lower && has_upper; }
};

/// What may be wrong in the results of a program whose other inputs than `InputIsRange` are finite numbers and not 0.
template<class Plan, class InputIsRange = no_numbers>
struct doubts {
    static constexpr const auto& code = Plan::steps;

    static constexpr const primitive_info& primitive(const program_step& step) {
        return primitives[static_cast<std::size_t>(step.operation)];
    }
    static constexpr bool is_zero(int place) {
        return place < 0 && code.constants[static_cast<std::size_t>(-1 - place)].for_double == 0;
    }

    /// Whether a step keeps what it keeps `when`, with arguments of which `is_number` are finite and not 0.
    template<class IsNumber>
    static constexpr bool is_kept(keeps when, const program_step& step, IsNumber is_number) {
        const int arity = primitive(step).arity;
        if (when == keeps::with_last_number) return is_number(step.arguments[arity - 1]);
        int others = 0;
        for (int a = 0; a < arity; ++a) others += is_number(step.arguments[a]) ? 0 : 1;
        return when == keeps::everything || (when == keeps::with_numbers && others <= 1);
    }

    static constexpr bool loses_digits() {
        for (const program_step& step : code.steps) {
            auto is_constant = [](short place) { return place < 0 && !is_zero(place); };
            if (!is_kept(primitive(step).digits, step, is_constant)) return true;
        }
        return false;
    }
    /// Whether a step gives an exact zero on purpose, as max(x, 0).
    static constexpr bool chooses_zero() {
        for (const program_step& step : code.steps) {
            const primitive_info& p = primitive(step);
            if (p.is_step) return true;
            for (int a = p.chooses_from; a < p.arity; ++a) {
                if (is_zero(step.arguments[a])) return true;
            }
        }
        return false;
    }

    template<class Operation>
    static constexpr bool is(const program_step& step) {
        return step.operation == static_cast<short>(primitive_index<Operation>);
    }

    static constexpr knowledge known_of(const program_step& step, const knowledge* u) {
        const primitive_info& p = primitive(step);
        const bool chooses = p.chooses_from < p.arity;
        knowledge all{chooses, chooses, chooses};
        knowledge some;
        int others = 0;
        for (int a = 0; a < p.arity; ++a) {
            others += u[a].is_number ? 0 : 1;
            all.may_be_nan = all.may_be_nan || u[a].may_be_nan;
            if (a < p.chooses_from) continue;
            all.is_number = all.is_number && u[a].is_number;
            all.has_lower = all.has_lower && u[a].has_lower;
            all.has_upper = all.has_upper && u[a].has_upper;
            some.has_lower = some.has_lower || u[a].has_lower;
            some.has_upper = some.has_upper || u[a].has_upper;
        }
        if (is<op::max_primitive>(step)) all.has_lower = some.has_lower;
        if (is<op::min_primitive>(step)) all.has_upper = some.has_upper;
        bool is_safe = p.numbers == keeps::everything ||
            (p.numbers == keeps::with_numbers && others <= 1) ||
            (p.numbers == keeps::with_last_number && u[p.arity - 1].is_number);
        if (is<op::add_primitive>(step)) {
            is_safe = is_safe || u[0].is_finite() || u[1].is_finite();
            const bool shifts = u[0].is_constant || u[1].is_constant;
            all.has_lower = shifts && u[0].has_lower && u[1].has_lower;
            all.has_upper = shifts && u[0].has_upper && u[1].has_upper;
        }
        if (is<op::multiply_add_primitive>(step))
            is_safe = is_safe || ((u[0].is_number || u[1].is_number) && u[2].is_finite());
        all.may_be_nan = all.may_be_nan || !is_safe;
        return all;
    }

    static constexpr bool is_deep = code.step_count > longest_inlined_program;

    /// Whether a step can make NaN of numbers and infinities, one that output k depends on; −1: any.
    /// In deep programs any: what each register holds would cost a second of compile time.
    static constexpr bool makes_nan(int k) {
        knowledge known[static_cast<std::size_t>(code.registers) + 1]{};
        for (int i = 0; i < Plan::inputs; ++i) known[i].is_number = !InputIsRange::at(i);
        auto at = [&](short place) {
            if (place >= 0) return known[place];
            const auto c = code.constants[static_cast<std::size_t>(-1 - place)].for_double;
            const bool is_small = c < 0x1p100 && c > -0x1p100;
            return knowledge{c != 0, is_small, is_small, false, true};
        };
        bool found = false;
        for (const program_step& step : code.steps) {
            knowledge arguments[most_arguments];
            for (int a = 0; a < primitive(step).arity; ++a) arguments[a] = at(step.arguments[a]);
            known[step.target] = known_of(step, arguments);
            found = found || known[step.target].may_be_nan;
            if (found && (k < 0 || is_deep)) return true;
        }
        return k < 0 ? found : at(code.outputs[static_cast<std::size_t>(k)]).may_be_nan;
    }

    /// Whether output k is a faithful function of an input: then there is nothing to doubt.
    static constexpr bool is_faithful(int k) {
        enum : char { unknown, input, shared, result };  // what a register holds
        char holds[static_cast<std::size_t>(code.registers) + 1]{};
        for (int i = 0; i < Plan::inputs; ++i) holds[i] = input;
        auto held = [&](short place) { return place < 0 ? char{input} : holds[place]; };
        for (const program_step& step : code.steps) {
            const primitive_info& p = primitive(step);
            bool from_inputs = true;
            bool from_known = true;
            for (int a = 0; a < p.arity; ++a) {
                const char what = held(step.arguments[a]);
                from_inputs = from_inputs && (what == input || what == shared);
                from_known = from_known && what != unknown;
            }
            char now = unknown;
            if (p.is_faithful && from_inputs) now = p.is_shared ? shared : result;
            else if (p.chooses_from < p.arity && from_known) now = result;
            holds[step.target] = now;
        }
        return held(code.outputs[static_cast<std::size_t>(k)]) != unknown;
    }
    /// The outputs of a group of `Count / Plan::outputs` batches that need a look.
    template<int Count>
    struct looked_at {
        int places[Count > 0 ? Count : 1]{};
        int count = 0;
        constexpr looked_at() {
            for (int k = 0; k < Count; ++k) {
                const int output = k % Plan::outputs;
                if (!is_faithful(output) && (about_size || makes_nan(output))) places[count++] = k;
            }
        }
    };
    static constexpr bool all_faithful() {
        for (int k = 0; k < Plan::outputs; ++k) {
            if (!is_faithful(k)) return false;
        }
        return true;
    }

    /// Not in programs of deep chains, where nothing but the scalar evaluator is left to ask: gradients
    /// that vanish would cost a hundred times as much as others.
    static constexpr bool about_size = !is_deep && loses_digits();
    static constexpr bool any = (about_size || makes_nan(-1)) && !all_faithful();
    /// Whether a result becomes NaN or infinite only with an exception.
    static constexpr bool raises_exceptions() {
        for (const program_step& step : code.steps) {
            if (!primitive(step).raises_exceptions) return false;
        }
        return true;
    }
    static constexpr bool about_zero = about_size && !chooses_zero();
};

/// Whether output k is 0 where input i is and the others are ordinary numbers: the program itself is asked.
template<class Plan>
struct vanishing_outputs {
    static constexpr const auto& code = Plan::steps;
    bool is_zero[static_cast<std::size_t>(Plan::outputs)]
                [static_cast<std::size_t>(Plan::inputs) + 1]{};

    constexpr vanishing_outputs() {
        for (int i = 0; i < Plan::inputs; ++i) ask(i);
    }
    constexpr bool at(int output, int input) const {
        return is_zero[output % Plan::outputs][input];
    }

private:
    constexpr void ask(int input) {
        long double registers[static_cast<std::size_t>(code.registers) + 1]{};
        auto operand = [&](int place) -> long double {
            if (place >= 0) return registers[place];
            return code.constants[static_cast<std::size_t>(-1 - place)].for_double;
        };
        for (int i = 0; i < Plan::inputs; ++i) registers[i] = i == input ? 0 : 0.7L + 0.11L * i;
        for (const program_step& step : code.steps) {
            const primitive_info& p = primitives[static_cast<std::size_t>(step.operation)];
            if (!p.has_long_value) return;
            long double arguments[most_arguments]{};
            for (int a = 0; a < p.arity; ++a) arguments[a] = operand(step.arguments[a]);
            registers[step.target] = p.long_value(arguments);
        }
        for (int k = 0; k < Plan::outputs; ++k)
            is_zero[k][input] = operand(code.outputs[static_cast<std::size_t>(k)]) == 0;
    }
};

/// Which inputs that differ from lane to lane give an exact 0, no doubtful one: zeros are common in arrays.
template<class Plan, class InputIsRange>
constexpr bool excuses(int output, int input) {
    if constexpr (doubts<Plan>::about_zero) {
        constexpr vanishing_outputs<Plan> vanishing;
        return InputIsRange::at(input) && vanishing.at(output, input);
    }
    return false;
}

/// A result may be this power of something on the way: 1, or the least of 1/2 for roots and the exponents of powers, but
/// not below 1/4, as ordinary results would be worked out twice.
template<class Plan>
inline constexpr long double least_power = [] {
    long double result = 1;
    for (const program_step& step : Plan::steps.steps) {
        const primitive_info& p = primitives[static_cast<std::size_t>(step.operation)];
        if (!p.takes_roots) continue;
        long double power = 0.5L;
        if (p.arity > 1 && step.arguments[1] < 0)
            power =
                Plan::steps.constants[static_cast<std::size_t>(-1 - step.arguments[1])].for_double;
        if (power > 0 && power < result) result = power < 0.25L ? 0.25L : power;
    }
    return result;
}();

/// From here on a result is so small that something on the way may have been subnormal.
template<class Plan, class T>
inline constexpr T small_result = static_cast<T>(elementary::own::power_of_two(
    static_cast<int>((sizeof(T) == 4 ? -100 : -960) * least_power<Plan>)));

/// The lanes of a result that may be wrong: NaN, infinite, or small.
template<class Plan, class V>
[[gnu::always_inline]] inline auto doubtful_one(V y) {
    using T = typename V::value_type;
    constexpr T smallest = small_result<Plan, T>;
    if constexpr (!doubts<Plan>::about_size) {
        return is_nan(y);
    } else {
        const V size = absolute(y);
        auto result = (!(size >= V(smallest))) | (size > V(std::numeric_limits<T>::max()));
        if constexpr (!doubts<Plan>::about_zero) result = result & (y != V(T(0)));
        return result;
    }
}
template<class Plan, class V>
[[gnu::always_inline]] inline auto doubtful(const V* outputs) {
    auto result = doubtful_one<Plan>(outputs[0]);
    for (int k = 1; k < Plan::outputs; ++k) result = result | doubtful_one<Plan>(outputs[k]);
    return result;
}

/// Whether any lane of `count` outputs may be doubtful; exact zeros count too. The hot test, as short as
/// it can be.
template<class Plan, int Count, class V>
[[gnu::always_inline]] inline bool any_suspect(const V* all_outputs) {
    using T [[maybe_unused]] = typename V::value_type;
    constexpr typename doubts<Plan>::template looked_at<Count> looked;
    constexpr int count = looked.count;
    auto output = [&](int k) { return all_outputs[looked.places[k]]; };
    bool result = false;
    if constexpr (!doubts<Plan>::about_size) {
        CHAINRULE_UNROLL
        for (int k = 0; k + 1 < count; k += 2) result |= simd::any_nan(output(k), output(k + 1));
        if constexpr (count % 2 == 1) result |= simd::any_nan(output(count - 1), output(count - 1));
        return result;
    }
#if defined(CHAINRULE_SIMD_AVX512)
    if constexpr (simd::has_scale_instruction<T, V::lane_count>) {
        // Small numbers become subnormal.
        constexpr T drop = std::numeric_limits<T>::min() / small_result<Plan, T>;
        CHAINRULE_UNROLL
        for (int k = 0; k + 1 < count; k += 2) {
            result |= simd::instruction::any_unusual((output(k) * drop).lanes,
                                                     (output(k + 1) * drop).lanes);
        }
        if constexpr (count % 2 == 1) {
            result |= simd::instruction::any_unusual((output(count - 1) * drop).lanes);
        }
        return result;
    }
#endif
    if constexpr (doubts<Plan>::about_zero) {
        // The least magnitude of all, and their sum, which is NaN or infinite where one of them is.
        V least = absolute(output(0));
        V sum = least;
        CHAINRULE_UNROLL
        for (int k = 1; k < count; ++k) {
            const V size = absolute(output(k));
            least = smaller_or_second(least, size);
            sum += size;
        }
        return any((least < V(small_result<Plan, T>)) | is_nan(sum * T(0)));
    }
    auto lanes = doubtful_one<Plan>(output(0));
    CHAINRULE_UNROLL
    for (int k = 1; k < count; ++k) lanes = lanes | doubtful_one<Plan>(output(k));
    return any(lanes);
}

/// The smaller of |smallest| and the magnitudes of the outputs that need a look, lane by lane, for a group of batches.
/// Those that are 0 because an input is are left out.
template<class Plan, class InputIsRange, int Group, class V>
[[gnu::always_inline]] inline V smallest_of(V smallest, [[maybe_unused]] const V* inputs,
                                            const V* outputs) {
    constexpr typename doubts<Plan>::template looked_at<Group * Plan::outputs> looked;
    if constexpr (!doubts<Plan>::about_size || looked.count == 0) return smallest;
#if defined(CHAINRULE_SIMD_AVX512)
    CHAINRULE_UNROLL
    for (int k = 0; k < looked.count; ++k) {
        const int place = looked.places[k];
        V nearer = simd::smaller_magnitude(outputs[place], smallest);
        CHAINRULE_UNROLL
        for (int i = 0; i < Plan::inputs; ++i) {
            const V& u = inputs[place / Plan::outputs * Plan::inputs + i];
            if (excuses<Plan, InputIsRange>(place, i))
                nearer = select(u != V(typename V::value_type(0)), nearer, smallest);
        }
        smallest = nearer;
    }
    return smallest;
#else
    // Magnitudes compared as integers: to order NaN would raise an exception. For an output left out all bits are set,
    // which no number is above.
    using bit_type = typename V::bits_type;
    auto bits_if_zero = [](V u) {
        return bit_type((typename bit_type::vector_type)(u == V(typename V::value_type(0))).lanes);
    };
    auto least = bits(smallest);
    CHAINRULE_UNROLL
    for (int k = 0; k < looked.count; ++k) {
        const int place = looked.places[k];
        auto size = bits(outputs[place]);
        CHAINRULE_UNROLL
        for (int i = 0; i < Plan::inputs; ++i) {
            if (excuses<Plan, InputIsRange>(place, i))
                size = size | bits_if_zero(inputs[place / Plan::outputs * Plan::inputs + i]);
        }
        least = smaller_of(bits(absolute(from_bits(size))), least);
    }
    return from_bits(least);
#endif
}

/// One lane by the scalar evaluator, at infinite inputs the limit.
template<class Plan, class T, class V>
[[gnu::cold, gnu::noinline]] void repair_lane(const V* inputs, V* outputs, int lane) {
    using W = typename V::value_type;
    T values[static_cast<std::size_t>(Plan::inputs) + 1]{};
    for (int i = 0; i < Plan::inputs; ++i) values[i] = static_cast<T>(inputs[i][lane]);
    const auto exact = run_scalar<Plan, T>(values);
    for (int k = 0; k < Plan::outputs; ++k) {
        W all[static_cast<std::size_t>(V::lane_count)];
        store(all, outputs[k]);
        all[lane] = static_cast<W>(exact[static_cast<std::size_t>(k)]);
        outputs[k] = simd::load<V>(all);
    }
}

/// Works doubtful lanes out again: floats in double; doubles, and what is still NaN, by the scalar
/// evaluator. No lane sees its neighbours. Lanes from `lanes` on do not count.
template<class Plan, class T, class V>
[[gnu::cold, gnu::noinline]] void repair(const V* inputs, V* outputs, int lanes) {
    using W = typename V::value_type;
    constexpr int n = V::lane_count;
    auto suspects = doubtful<Plan>(outputs);
    for (int i = 0; i < Plan::inputs; ++i) suspects = suspects & !is_nan(inputs[i]);
    auto missing = suspects;
    if constexpr (sizeof(W) == 4 && Plan::steps.step_count <= longest_inlined_program) {
        constexpr int part = n < simd::native_lanes<double> ? n : simd::native_lanes<double>;
        using D = simd::batch<double, part>;
        W at[static_cast<std::size_t>(Plan::inputs) + 1][static_cast<std::size_t>(n)];
        W refined[static_cast<std::size_t>(Plan::outputs)][static_cast<std::size_t>(n)];
        for (int i = 0; i < Plan::inputs; ++i) store(at[i], inputs[i]);
        for (int first = 0; first < n; first += part) {
            D wide_inputs[static_cast<std::size_t>(Plan::inputs) + 1];
            D wide_outputs[static_cast<std::size_t>(Plan::outputs)];
            for (int i = 0; i < Plan::inputs; ++i) wide_inputs[i] = simd::load_as<D>(at[i] + first);
            run_batch<Plan, T>(wide_inputs, wide_outputs);
            for (int k = 0; k < Plan::outputs; ++k)
                simd::store_as(refined[k] + first, wide_outputs[k]);
        }
        missing = suspects & !suspects;
        for (int k = 0; k < Plan::outputs; ++k) {
            outputs[k] = select(suspects, simd::load<V>(refined[k]), outputs[k]);
            missing = missing | (suspects & is_nan(outputs[k]));
        }
    }
    if (!any(missing)) return;
    for (int lane = 0; lane < lanes; ++lane) {
        if (missing[lane]) repair_lane<Plan, T>(inputs, outputs, lane);
    }
}

/// A second look at a batch of which `lanes` lanes count. `InputIsRange` says which inputs differ from
/// lane to lane.
template<class Plan, class T, class InputIsRange, class V>
[[gnu::always_inline]] inline void check_batch(const V* inputs, V* outputs, int lanes) {
    auto counted = is_nan(V(typename V::value_type(0)));
    CHAINRULE_UNROLL
    for (int k = 0; k < Plan::outputs; ++k) {
        const auto suspects = doubtful_one<Plan>(outputs[k]);
        auto left = suspects;
        CHAINRULE_UNROLL
        for (int i = 0; i < Plan::inputs; ++i) {
            if (excuses<Plan, InputIsRange>(k, i))
                left = left & (inputs[i] != V(typename V::value_type(0)));
        }
        counted = counted | left | (suspects & is_nan(outputs[k]));
    }
    if (any(counted)) repair<Plan, T>(inputs, outputs, lanes);
}

/// The same for a group of batches.
template<class Plan, class T, class InputIsRange, int Group, class V>
[[gnu::noinline]] void check_group(const V* inputs, V* outputs, int lanes) {
    for (int g = 0; g < Group; ++g) {
        const int left = lanes - g * V::lane_count;
        check_batch<Plan, T, InputIsRange>(inputs + g * Plan::inputs, outputs + g * Plan::outputs,
                                           left < V::lane_count ? left : V::lane_count);
    }
}

/// All outputs of the program for a group of batches, of which the first `lanes` lanes count.
/// `plain`: the inputs that are one number for all elements are finite and not 0.
template<class Plan, class T, class InputIsRange, int Group = 1, class V>
[[gnu::always_inline]] inline void run_checked(const V* inputs, V* outputs, int lanes,
                                               bool plain = false) {
    run_batch<Plan, T, Group>(inputs, outputs);
    if constexpr (Plan::steps.step_count > 0 && doubts<Plan>::any) {
        bool look = !plain;
        if constexpr (doubts<Plan, InputIsRange>::any)
            look = any_suspect<Plan, Group * Plan::outputs>(outputs);
        if (look) [[unlikely]] {
            // Copies: the ordinary path keeps its values in registers.
            constexpr int all_inputs = Group * Plan::inputs;
            constexpr int all_outputs = Group * Plan::outputs;
            V slow_inputs[static_cast<std::size_t>(all_inputs) + 1];
            V slow_outputs[static_cast<std::size_t>(all_outputs)];
            CHAINRULE_UNROLL
            for (int i = 0; i < all_inputs; ++i) slow_inputs[i] = inputs[i];
            CHAINRULE_UNROLL
            for (int k = 0; k < all_outputs; ++k) slow_outputs[k] = outputs[k];
            check_group<Plan, T, InputIsRange, Group>(slow_inputs, slow_outputs, lanes);
            CHAINRULE_UNROLL
            for (int k = 0; k < all_outputs; ++k) outputs[k] = slow_outputs[k];
        }
    }
}

}  // namespace chainrule::detail
