// SPDX-License-Identifier: BSL-1.0
/// f == g: whether two formulas are the same after canonical simplification.
#pragma once

#include <chainrule/graph/failure.hpp>
#include <chainrule/graph/lower.hpp>

namespace chainrule {

namespace detail {

/// Whether two nodes of a raw graph are the same formula.
template<class = void>
constexpr bool same_nodes(const graph& raw, int f, int g) {
    std::vector<int> roots{f, g};
    graph flat = simplified(raw, roots, for_text);
    if (roots[0] == roots[1]) return true;
    graph atoms = simplified(flat, roots, for_comparison<>);
    if (roots[0] == roots[1]) return true;
    // Once more: expansion brings terms together that were apart before.
    simplified(atoms, roots, for_comparison<>);
    return roots[0] == roots[1];
}

template<class F, class G>
constexpr bool same_formula() {
    graph raw;
    lowering_scope scope{raw, {}, {}, true};
    const int f = lower<F>(scope);
    return same_nodes(raw, f, lower<G>(scope));
}

}  // namespace detail

/// Structural equality: commuted, re-associated, expanded or otherwise rewritten forms of the same sums
/// and products compare equal, and so do related atoms (1 − σ(u) and σ(−u), Φ and erf). Defaults of
/// parameters do not matter. true is a proof of equality up to the values at ±inf, NaN and removable
/// singularities; false only says that no proof was found.
template<expression F, expression G>
constexpr bool operator==(F, G) {
    detail::require_valid<F>();
    detail::require_valid<G>();
    constexpr bool same = detail::same_formula<F, G>();
    return same;
}

}  // namespace chainrule
