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

    /// base^exponent by multiplications and a root, else by pow
    constexpr int emit_power(int base, double exponent) {
        if (exponent == 1) return base;
        const double whole = elementary::floor(exponent);
        if ((exponent == whole || exponent == whole + 0.5) && exponent <= 64) {
            int result = exponent == whole ? -1 : step<op::sqrt_primitive>(base);
            int square = base;
            for (int bits = static_cast<int>(whole); bits > 0; bits /= 2) {
                if (bits % 2 == 1)
                    result = result < 0 ? square : step<op::multiply_primitive>(result, square);
                if (bits > 1) square = step<op::multiply_primitive>(square, square);
            }
            return result;
        }
        return step<op::pow_primitive>(base, number(exponent));
    }
};

}  // namespace chainrule::detail
