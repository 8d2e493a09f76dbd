// SPDX-License-Identifier: BSL-1.0
/// Whether a formula is certainly continuous everywhere, told from what it is made of.
#pragma once

#include <chainrule/analysis/curve.hpp>

#include <string_view>

namespace chainrule::detail {

/// |u|, max and min bend, but do not jump; a quotient is continuous if its divisor is never near 0.
inline bool is_continuous(const graph& g, int root) {
    for (int i = 0; i <= root; ++i) {
        const node& n = g.at(i);
        for (int k = 0; k < n.count && n.kind == product_node; ++k) {
            const operand c = g.child(n, k);
            if (c.weight > 0) continue;
            enclosure divisor;
            enclosing_program(g, {c.node}).run(everything, &divisor, 1);
            if (!(divisor.lo > 0 || divisor.hi < 0)) return false;
        }
        if (n.kind < first_call) continue;
        const std::string_view name = primitive_of(n.kind).name;
        for (const std::string_view other : {"sign", "round", "select_less", "select_less_equal",
                                             "tan", "pow", "log", "log1p", "log1mexp"}) {
            if (name == other) return false;
        }
    }
    return true;
}

/// Of the curve itself, not of a derivative.
inline bool is_continuous(const curve& f) {
    for (std::size_t p = 0; p < f.part_count(); ++p) {
        if (!is_continuous(f.part(p).nodes, f.part(p).root)) return false;
    }
    return f.order == 0;
}

}  // namespace chainrule::detail
