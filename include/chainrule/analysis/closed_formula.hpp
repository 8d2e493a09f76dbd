// SPDX-License-Identifier: BSL-1.0
/// From the type of a formula to a graph in x alone: what analysis at run time starts from.
#pragma once

#include <chainrule/program/evaluate.hpp>

#include <cstddef>
#include <vector>

namespace chainrule::detail {

/// A formula and how often it is to be differentiated: derivative<2>(f) is (f, 2), so that f's structure
/// remains visible.
template<class E>
struct differentiated {
    using base = E;
    static constexpr int order = 0;
};
template<class F, int Order>
struct differentiated<derivative_expression<F, "x", Order, kink_rule::usual>> {
    using base = typename differentiated<F>::base;
    static constexpr int order = differentiated<F>::order + Order;
};

/// Every symbol but x must have a value.
template<class E, std::size_t I>
constexpr bool require_value() {
    constexpr const symbol_entry& symbol = symbols_of<E>::list[I];
    if constexpr (symbol.name != "x") {
        constexpr auto name = fix<symbol.name.size()>(symbol.name);
        if constexpr (!is_value(symbol.default_value.value)) (void)sizeof(unbound_symbol<name>);
        if constexpr (symbol.has_conflicting_defaults) (void)sizeof(conflicting_defaults<name>);
    }
    return true;
}
template<class E>
constexpr bool require_values() {
    return []<std::size_t... I>(std::index_sequence<I...>) {
        return (require_value<E, I>() && ...);
    }
    (std::make_index_sequence<symbols_of<E>::count>{});
}

/// The graph of a formula with the defaults of its parameters in their places.
struct closed_formula {
    graph nodes;
    int root = 0;
    int order = 0;
};

/// A default like 1.0L/6 means one sixth, not the long double next to it.
inline int place_number(graph& g, extended_real v) {
    const long double exact =
        static_cast<long double>(v.value) + static_cast<long double>(v.residual);
    if (v.residual != 0 && exact > 0 && exact < 1) {
        const long double inverse = elementary::round_half_even(1 / exact);
        if (inverse <= 4096 && 1 / inverse == exact) {
            const operand divisor{g.constant(static_cast<double>(inverse)), -1};
            return g.put(product_node, 1, 0, &divisor, 1);
        }
    }
    return g.constant(v.value, v.residual);
}

inline closed_formula with_defaults(const graph& raw, int root, int order) {
    closed_formula result;
    result.order = order;
    std::vector<int> image(static_cast<std::size_t>(raw.size()), 0);
    for (int i = 0; i <= root; ++i) {
        const node& n = raw.at(i);
        int& mine = image[static_cast<std::size_t>(i)];
        if (n.kind == symbol_node) {
            const symbol_entry& s = raw.symbol_of(i);
            mine = s.name == "x" || !is_value(s.default_value.value)
                ? result.nodes.symbol(s)
                : place_number(result.nodes, s.default_value);
            continue;
        }
        operand_list children;
        for (int k = 0; k < n.count; ++k) {
            const operand c = raw.child(n, k);
            children.push_back({image[static_cast<std::size_t>(c.node)], c.weight});
        }
        mine = result.nodes.put(n.kind, n.value, n.residual, children.data(), children.size());
    }
    result.root = image[static_cast<std::size_t>(root)];
    return result;
}

template<class E>
closed_formula closed_formula_of(int further = 0) {
    using base = typename differentiated<E>::base;
    require_valid<E>();
    static_assert(require_values<base>());
    graph raw;
    lowering_scope scope{raw, {}, {}};
    const int root = lower<base>(scope);
    return with_defaults(raw, root, differentiated<E>::order + further);
}

}  // namespace chainrule::detail
