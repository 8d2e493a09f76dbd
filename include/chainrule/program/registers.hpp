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

/// Registers by liveness: a register is free again after the last step that reads it.
constexpr schedule allocate_registers(const graph& binary, int inputs,
                                      const growing_list<program_constant>& constants,
                                      const growing_list<int>& outputs) {
    const auto count = static_cast<std::size_t>(binary.size());
    growing_list<int> last_use(count, -1);
    for (int root : outputs) last_use.items[root] = binary.size();
    for (int i = binary.size() - 1; i >= 0; --i) {
        if (last_use.items[i] < 0) continue;
        const node& n = binary.at(i);
        for (int k = 0; k < n.count; ++k) {
            int& use = last_use.items[binary.child(n, k).node];
            if (use < 0) use = i;
        }
    }

    schedule result;
    result.constants = constants;
    result.registers = inputs;
    growing_list<short> place(count, 0);
    growing_list<short> free;
    for (int i = 0; i < binary.size(); ++i) {
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
