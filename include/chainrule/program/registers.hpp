// SPDX-License-Identifier: BSL-1.0
/// Straight-line steps in registers: steps that nothing needs are left out, registers are reused.
#pragma once

#include <chainrule/graph/graph.hpp>
#include <chainrule/program/constant.hpp>

namespace chainrule::detail {

/// Registers count from 0; −1 − k is constant k.
struct program_step {
    short operation;  ///< position in the registry
    short target;
    short arguments[4];
};

struct schedule {
    growing_list<program_step> steps;
    growing_list<program_constant> constants;
    growing_list<short> outputs;
    int registers = 0;
};

/// Short programs run in the order they were written down. In long ones, each step runs as soon as it
/// can: in the derivative of a chain that keeps a few registers alive instead of two for each level.
constexpr growing_list<int> step_order(const graph& binary) {
    const auto count = static_cast<std::size_t>(binary.size());
    growing_list<int> order(count, 0);
    if (binary.size() <= 256) {
        for (std::size_t i = 0; i < count; ++i) order.items[i] = static_cast<int>(i);
        return order;
    }
    growing_list<int> level(count, 0);
    growing_list<int> first_of_level(count + 2, 0);
    for (int i = 0; i < binary.size(); ++i) {
        const node& n = binary.at(i);
        int& mine = level.items[i];
        for (int k = 0; k < n.count; ++k) {
            const int below = level.items[binary.child(n, k).node];
            if (below >= mine) mine = below + 1;
        }
        ++first_of_level.items[mine + 1];
    }
    for (std::size_t l = 1; l < first_of_level.size(); ++l)
        first_of_level.items[l] += first_of_level.items[l - 1];
    for (std::size_t i = 0; i < count; ++i) {
        order.items[first_of_level.items[level.items[i]]++] = static_cast<int>(i);
    }
    return order;
}

/// Registers by liveness: a register is free again after the last step that reads it.
constexpr schedule allocate_registers(const graph& binary, int inputs,
                                      const growing_list<program_constant>& constants,
                                      const growing_list<int>& outputs) {
    const auto count = static_cast<std::size_t>(binary.size());
    const growing_list<int> order = step_order(binary);
    growing_list<int> last_use(count, -1);
    growing_list<char> is_live(count, 0);
    for (int root : outputs) is_live.items[root] = 1;
    for (int i = binary.size() - 1; i >= 0; --i) {
        const node& n = binary.at(i);
        for (int k = 0; k < n.count && is_live.items[i] != 0; ++k) {
            is_live.items[binary.child(n, k).node] = 1;
        }
    }
    for (int i : order) {
        const node& n = binary.at(i);
        if (is_live.items[i] == 0) continue;
        for (int k = 0; k < n.count; ++k) last_use.items[binary.child(n, k).node] = i;
    }
    for (int root : outputs) last_use.items[root] = binary.size();

    schedule result;
    result.constants = constants;
    result.registers = inputs;
    growing_list<short> place(count, 0);
    growing_list<short> free;
    for (int position = 0; position < binary.size(); ++position) {
        const int i = order.items[position];
        const node& n = binary.at(i);
        short& mine = place.items[i];
        if (n.kind == constant_node) mine = static_cast<short>(-1 - static_cast<int>(n.value));
        if (n.kind == symbol_node) mine = static_cast<short>(n.value);
        if (n.kind < first_call || last_use.items[i] < 0) continue;
        program_step step{};
        step.operation = static_cast<short>(n.kind - first_call);
        for (int k = 0; k < n.count; ++k) {
            const int c = binary.child(n, k).node;
            step.arguments[k] = place.items[c];
            // An argument may appear twice; it is freed once. Inputs stay: another step may start with them.
            if (last_use.items[c] == i && place.items[c] >= 0 && binary.at(c).kind >= first_call) {
                free.push_back(place.items[c]);
                last_use.items[c] = -2;
            }
        }
        if (free.empty()) {
            mine = static_cast<short>(result.registers++);
        } else {
            mine = free.back();
            free.pop_back();
        }
        step.target = mine;
        result.steps.push_back(step);
    }
    for (int root : outputs) result.outputs.push_back(place.items[root]);
    return result;
}

}  // namespace chainrule::detail
