// SPDX-License-Identifier: BSL-1.0
/// Writes steps: a graph of calls of primitives with one or two arguments, in which equal steps are shared.
#pragma once

#include <chainrule/graph/registry.hpp>
#include <chainrule/program/constant.hpp>

namespace chainrule::detail {

class step_writer {
protected:
    graph binary;  // symbols, constants (value = position in `constants`) and calls of primitives
    growing_list<program_constant> constants;

    template<class Operation>
    constexpr int step(int a) {
        return binary.call(kind_of<Operation>, &a, 1);
    }
    template<class Operation>
    constexpr int step(int a, int b) {
        const int arguments[] = {a, b};
        return binary.call(kind_of<Operation>, arguments, 2);
    }
    template<class Operation>
    constexpr int step(int a, int b, int c) {
        const int arguments[] = {a, b, c};
        return binary.call(kind_of<Operation>, arguments, 3);
    }
    template<class Operation>
    constexpr int step(int a, int b, int c, int d) {
        const int arguments[] = {a, b, c, d};
        return binary.call(kind_of<Operation>, arguments, 4);
    }

    constexpr int number(const program_constant& c) {
        std::size_t k = 0;
        while (k < constants.size() && constants[k] != c) ++k;
        if (k == constants.size()) constants.push_back(c);
        return binary.put(constant_node, static_cast<double>(k), 0, nullptr, 0);
    }
    constexpr int number(double v) { return number(user_constant(v)); }
    constexpr int number(const coefficient& c) {
        if (!c.has_rest) return number(c.plain);
        return number(c.plain == 1 ? c.rest : times(c.rest, user_constant(c.plain)));
    }
};

}  // namespace chainrule::detail
