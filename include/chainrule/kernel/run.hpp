// SPDX-License-Identifier: BSL-1.0
/// A program unrolled over one batch of values: one instantiation per kind of operation, none per step.
#pragma once

#include <chainrule/kernel/math.hpp>
#include <chainrule/kernel/math/selection.hpp>
#include <chainrule/program/evaluate.hpp>

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

template<class Operation, bool OutOfLine, class V, class... A>
[[gnu::always_inline]] inline V apply_operation(A... arguments) {
    if constexpr (OutOfLine && !requires { Operation::is_arithmetic; }) {
        return call_out_of_line<Operation, V>(arguments...);
    } else {
        return Operation::value(arguments...);
    }
}

template<class Plan, class T, class V>
[[gnu::always_inline]] inline V read_operand(const V* registers, int place) {
    if (place >= 0) return registers[place];
    return V(constant_value<T, T>(Plan::steps.constants[static_cast<std::size_t>(-1 - place)]));
}

template<class Plan, class T, class Operation, class V>
[[gnu::always_inline]] inline void run_step(V* registers, int target, int a, int b, int c, int d) {
    constexpr bool out_of_line = Plan::steps.step_count > longest_inlined_program;
    if constexpr (Operation::arity == 1) {
        registers[target] = apply_operation<Operation, out_of_line, V>(read_operand<Plan, T>(registers, a));
    } else if constexpr (Operation::arity == 2) {
        registers[target] = apply_operation<Operation, out_of_line, V>(read_operand<Plan, T>(registers, a),
                                                                       read_operand<Plan, T>(registers, b));
    } else if constexpr (Operation::arity == 3) {
        registers[target] = apply_operation<Operation, out_of_line, V>(read_operand<Plan, T>(registers, a),
                                                                       read_operand<Plan, T>(registers, b),
                                                                       read_operand<Plan, T>(registers, c));
    } else {
        registers[target] = apply_operation<Operation, out_of_line, V>(
            read_operand<Plan, T>(registers, a), read_operand<Plan, T>(registers, b),
            read_operand<Plan, T>(registers, c), read_operand<Plan, T>(registers, d));
    }
}

template<class Plan, class T, class V, std::size_t... I>
[[gnu::always_inline]] inline void run_steps(V* registers, std::index_sequence<I...>) {
    constexpr const auto& steps = Plan::steps.steps;
    (void)std::initializer_list<int>{
        (run_step<Plan, T, type_at<all_primitives, static_cast<std::size_t>(steps[I].operation)>>(
             registers, steps[I].target, steps[I].arguments[0], steps[I].arguments[1], steps[I].arguments[2],
             steps[I].arguments[3]),
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
             registers, std::make_index_sequence<(steps - Piece * length < length ? steps - Piece * length : length)>{}),
         0)...};
}

/// All outputs of the program for one batch of inputs.
template<class Plan, class T, class V>
[[gnu::always_inline]] inline void run_batch(const V* inputs, V* outputs) {
    V registers[static_cast<std::size_t>(Plan::steps.registers) + 1];
    for (int i = 0; i < Plan::inputs; ++i) registers[i] = inputs[i];
    constexpr int steps = Plan::steps.step_count;
    if constexpr (steps > longest_inlined_program) {
        constexpr int pieces = (steps + piece_length - 1) / piece_length;
        run_pieces<Plan, T>(registers, std::make_index_sequence<static_cast<std::size_t>(pieces)>{});
    } else {
        run_steps<Plan, T>(registers, std::make_index_sequence<static_cast<std::size_t>(steps)>{});
    }
    for (int k = 0; k < Plan::outputs; ++k) {
        outputs[k] = read_operand<Plan, T>(registers, Plan::steps.outputs[static_cast<std::size_t>(k)]);
    }
}

/// Lanes that came out NaN though no input is NaN (inf − inf or 0·inf on the way) get their value, at
/// infinite inputs the limit, from the scalar evaluator.
template<class Plan, class T, class V>
[[gnu::cold, gnu::noinline]] void repair_limits(const V* inputs, V* outputs, int lanes) {
    for (int lane = 0; lane < lanes; ++lane) {
        T values[static_cast<std::size_t>(Plan::inputs) + 1]{};
        bool has_nan = false;
        for (int i = 0; i < Plan::inputs; ++i) {
            values[i] = inputs[i][lane];
            has_nan = has_nan || values[i] != values[i];
        }
        if (has_nan) continue;
        const auto exact = run_scalar<Plan, T>(values);
        for (int k = 0; k < Plan::outputs; ++k) {
            T all[V::lane_count];
            store(all, outputs[k]);
            if (all[lane] == all[lane]) continue;
            all[lane] = exact[static_cast<std::size_t>(k)];
            outputs[k] = simd::load<V>(all);
        }
    }
}

}  // namespace chainrule::detail
