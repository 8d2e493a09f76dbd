// SPDX-License-Identifier: BSL-1.0
/// Long programs, as chains of some dozen layers have them: a loop over their steps, each done for several
/// batches at once. Straight-line code for them takes seconds to compile, finds no room in the instruction
/// cache, and one batch at a time leaves the processor waiting for one elementary function after another.
#pragma once

#include <chainrule/kernel/math.hpp>
#include <chainrule/kernel/math/selection.hpp>
#include <chainrule/program/evaluate.hpp>

#include <array>

namespace chainrule::detail {

/// Whether a program runs from a table. Measured with chains of tanh, gelu, swish and softplus: from 48 steps
/// on that is 1.05 to 2.3 times faster than straight-line code. Without elementary functions it is ten times
/// slower: a step costs some 18 cycles for its loads, stores and call.
inline constexpr int longest_program_of_pairs =
    48;  ///< with two batches of everything in registers
template<class Plan>
inline constexpr bool runs_from_table = [] {
    constexpr const auto& code = Plan::steps;
    constexpr int most_places = 64;  // of `Group` batches: more would not stay in the L1 cache
    if (code.step_count <= longest_program_of_pairs ||
        code.registers + code.constant_count > most_places)
        return false;
    int elementary = 0;
    for (const program_step& step : code.steps)
        elementary += primitives[static_cast<std::size_t>(step.operation)].is_arithmetic ? 0 : 1;
    return 8 * elementary >= code.step_count;
}();

/// One kind of step, for `Group` batches, of which every register and constant holds as many.
template<class Operation, int Group, class V>
[[gnu::noinline]] void run_table_step(V* registers, const program_step& step) {
    V* const target = registers + Group * step.target;
    const V* arguments[Operation::arity];
    for (int a = 0; a < Operation::arity; ++a) arguments[a] = registers + Group * step.arguments[a];
    auto run_batch_number = [&](int g) {
        if constexpr (Operation::arity == 1) {
            target[g] = Operation::value(arguments[0][g]);
        } else if constexpr (Operation::arity == 2) {
            target[g] = Operation::value(arguments[0][g], arguments[1][g]);
        } else if constexpr (Operation::arity == 3) {
            target[g] = Operation::value(arguments[0][g], arguments[1][g], arguments[2][g]);
        } else {
            target[g] = Operation::value(arguments[0][g], arguments[1][g], arguments[2][g],
                                         arguments[3][g]);
        }
    };
    if constexpr (is_arithmetic<Operation>) {
        CHAINRULE_UNROLL
        for (int g = 0; g < Group; ++g) run_batch_number(g);
    } else {
        for (int g = 0; g < Group; ++g) run_batch_number(g);
    }
}

/// The functions of the steps that a program has, by registry position; the others are null.
template<class Plan, int Group, class V>
struct step_table {
    using function = void (*)(V*, const program_step&);
    template<int I>
    static constexpr function find() {
        if constexpr (used_primitives<Plan>[static_cast<std::size_t>(I)]) {
            return &run_table_step<type_at<all_primitives, static_cast<std::size_t>(I)>, Group, V>;
        } else {
            return nullptr;
        }
    }
    static constexpr auto functions = []<std::size_t... I>(std::index_sequence<I...>) {
        return std::array{find<static_cast<int>(I)>()...};
    }
    (std::make_index_sequence<static_cast<std::size_t>(all_primitives::size)>{});
};

/// All outputs of the program for a group of batches of inputs, batch after batch.
template<class Plan, class T, int Group, class V>
void run_table(const V* inputs, V* outputs) {
    constexpr const auto& code = Plan::steps;
    using functions = step_table<Plan, Group, V>;
    using W = typename V::value_type;
    // Constants stand before the registers: place -1 - k is constant k.
    V places[static_cast<std::size_t>(Group * (code.constant_count + code.registers + 1))];
    V* const registers = places + Group * code.constant_count;
    for (int k = 0; k < code.constant_count; ++k) {
        const V constant(constant_value<T, W, true>(code.constants[static_cast<std::size_t>(k)]));
        for (int g = 0; g < Group; ++g) registers[Group * (-1 - k) + g] = constant;
    }
    for (int i = 0; i < Plan::inputs; ++i) {
        for (int g = 0; g < Group; ++g) registers[Group * i + g] = inputs[g * Plan::inputs + i];
    }
    for (const program_step& step : code.steps) {
        functions::functions[static_cast<std::size_t>(step.operation)](registers, step);
    }
    for (int k = 0; k < Plan::outputs; ++k) {
        const int place = code.outputs[static_cast<std::size_t>(k)];
        for (int g = 0; g < Group; ++g)
            outputs[g * Plan::outputs + k] = registers[Group * place + g];
    }
}

}  // namespace chainrule::detail
