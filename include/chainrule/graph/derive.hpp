// SPDX-License-Identifier: BSL-1.0
/// Differentiation on the graph: the chain rule (f₂∘f₁)′(x) = f₂′(f₁(x)) · f₁′(x), node by node.
/// Every node adds a bounded number of nodes, so cost is linear in the size of the formula.
#pragma once

#include <chainrule/graph/handle.hpp>
#include <chainrule/graph/registry.hpp>

namespace chainrule::detail {

/// coefficient · exponent_i · base_i^(exponent_i − 1) · (the other factors): ∂(product)/∂base_i.
constexpr handle partial_of_product(graph& g, const node& n, int i) {
    handle coefficient(g, g.constant(n.value));
    const operand chosen = g.child(n, i);
    operand_list factors;
    for (int k = 0; k < n.count; ++k) {
        if (k != i) factors.push_back(g.child(n, k));
    }
    if (chosen.weight != 1) {
        factors.push_back({chosen.node, chosen.weight - 1});
        const exact_result scale = exact_product(n.value, chosen.weight);
        if (scale.exact) {
            coefficient = coefficient.number(scale.value);
        } else {
            factors.push_back({g.constant(chosen.weight), 1});
        }
    }
    if (factors.empty()) return coefficient;
    return {g, g.put(product_node, coefficient.value(), 0, factors.data(), factors.size())};
}

/// Whether this product, or one in it, may have a pole where what it is the slope of has none: √u has, log u has not.
constexpr bool has_pole_of_its_own(const graph& g, int i) {
    const node& n = g.at(i);
    if (n.kind == first_call + primitive_index<op::pow_primitive>) return true;
    if (n.kind != product_node) return false;
    for (int k = 0; k < n.count; ++k) {
        const operand c = g.child(n, k);
        if (c.weight < 0 && c.weight > -1 && !g.is_constant(c.node)) return true;
        if (c.weight == 1 && has_pole_of_its_own(g, c.node)) return true;
    }
    return false;
}

/// The selection with a 0 to choose that is `i` or, at most three products deep, a factor of it; -1: none.
constexpr int gate_of(const graph& g, int i, int depth = 3) {
    const node& n = g.at(i);
    if (n.kind == first_call + primitive_index<op::selection<false>> ||
        n.kind == first_call + primitive_index<op::selection<true>>) {
        const bool chooses_zero =
            g.is_number(g.child(n, 2).node, 0) || g.is_number(g.child(n, 3).node, 0);
        return chooses_zero ? i : -1;
    }
    const bool is_multiple = n.kind == sum_node && n.count == 1 && n.value == 0;
    if (depth == 0 || (n.kind != product_node && !is_multiple)) return -1;
    for (int k = 0; k < n.count; ++k) {
        const operand c = g.child(n, k);
        const int gate = c.weight == 1 || is_multiple ? gate_of(g, c.node, depth - 1) : -1;
        if (gate >= 0) return gate;
    }
    return -1;
}

/// partial · slope by the chain rule. Where a selection makes the slope 0 its argument stands still and so does the
/// result, even if the partial derivative has a pole there: √max(x, 0) has the slope 0 at −1, not 0/0.
constexpr handle slope_through(handle partial, handle slope) {
    graph& g = *partial.owner;
    const int gate = has_pole_of_its_own(g, partial.node) ? gate_of(g, slope.node) : -1;
    if (gate < 0) return partial * slope;
    const node n = g.at(gate);
    int arguments[4] = {g.child(n, 0).node, g.child(n, 1).node, 0, 0};
    for (int arm = 2; arm < 4; ++arm) {
        const handle chosen(g, g.child(n, arm).node);
        arguments[arm] = chosen.is_zero() ? chosen.node
            : gate == slope.node          ? slope_through(partial, chosen).node
                                          : (partial * slope).node;
    }
    return {g, g.call(n.kind, arguments, 4)};
}

constexpr handle missing_derivative(graph& g, const primitive_info& primitive) {
    if (g.problem.kind == failure_kind::none) {
        g.problem.kind = failure_kind::no_derivative;
        g.problem.text = primitive.name;
    }
    return {g, g.constant(0)};
}

/// Forward sweep: the derivative of `root` with respect to one symbol, as a raw node of the same graph.
class derivation {
public:
    constexpr derivation(graph& target, int root_node, std::string_view name, kink_rule policy)
        : g(target), root(root_node), symbol(name), rule(policy),
          needed(static_cast<std::size_t>(root_node + 1), 0),
          tangents(static_cast<std::size_t>(root_node + 1), target.constant(0)) {}

    [[nodiscard]] constexpr handle tangent_of(int i) const {
        return {g, tangents[static_cast<std::size_t>(i)]};
    }

    /// Finds the nodes to visit; `shortcut(i, need)` may name others than the children of node i.
    template<class Shortcut>
    constexpr void mark_needed(Shortcut shortcut) {
        auto need = [&](int i) { needed[static_cast<std::size_t>(i)] = 1; };
        if (root < 0) return;  // never; gcc 12 warns otherwise
        need(root);
        for (int i = root; i >= 0; --i) {
            if (needed[static_cast<std::size_t>(i)] == 0 || shortcut(i, need)) continue;
            const node& n = g.at(i);
            for (int k = 0; k < n.count; ++k) need(g.child(n, k).node);
        }
    }

    /// The sweep; `shortcut(i, d)` may give the tangent of node i itself.
    template<class Shortcut>
    constexpr int run(Shortcut shortcut) {
        for (int i = 0; i <= root; ++i) {
            if (needed[static_cast<std::size_t>(i)] == 0) continue;
            handle d(g, g.constant(0));
            if (!shortcut(i, d)) visit(i, d);
            tangents[static_cast<std::size_t>(i)] = d.node;
        }
        return tangents[static_cast<std::size_t>(root)];
    }

private:
    graph& g;  // NOLINT(cppcoreguidelines-avoid-const-or-ref-data-members): a short-lived worker
    int root;
    std::string_view symbol;
    kink_rule rule;
    growing_list<char> needed;
    growing_list<int> tangents;

    constexpr void visit(int i, handle& d) {
        const node n = g.at(i);
        if (n.kind == symbol_node) {
            if (g.symbol_of(i).name == symbol) d = d.number(1);
            return;
        }
        bool moves = false;
        for (int k = 0; k < n.count; ++k)
            moves = moves || !tangent_of(g.child(n, k).node).is_zero();
        if (!moves) return;
        if (n.kind == sum_node) {
            operand_list terms;
            for (int k = 0; k < n.count; ++k) {
                const operand c = g.child(n, k);
                const handle t = tangent_of(c.node);
                if (!t.is_zero()) terms.push_back({t.node, c.weight});
            }
            d = terms.size() == 1 && terms[0].weight == 1
                ? handle(g, terms[0].node)
                : handle(g, g.put(sum_node, 0, 0, terms.data(), terms.size()));
        } else if (n.kind == product_node) {
            for (int k = 0; k < n.count; ++k) {
                const handle t = tangent_of(g.child(n, k).node);
                if (!t.is_zero()) d = d + slope_through(partial_of_product(g, n, k), t);
            }
        } else {
            const primitive_info& primitive = primitive_of(n.kind);
            handle u[4];
            handle du[4];
            for (int k = 0; k < n.count; ++k) {
                u[k] = handle(g, g.child(n, k).node);
                du[k] = tangent_of(u[k].node);
            }
            const handle f(g, i);
            if (primitive.has_tangent) {
                d = primitive.tangent(rule, u, du, f);
            } else if (primitive.has_partial) {
                for (int k = 0; k < n.count; ++k) {
                    if (!du[k].is_zero()) d = d + slope_through(primitive.partial(k, u, f), du[k]);
                }
            } else {
                d = missing_derivative(g, primitive);
            }
        }
    }
};

constexpr int derive(graph& g, int root, std::string_view symbol, kink_rule rule) {
    derivation sweep(g, root, symbol, rule);
    sweep.mark_needed([](int, auto&) { return false; });
    return sweep.run([](int, handle&) { return false; });
}

/// The derivative under a kink policy. mid is the mean of the two one-sided derivatives.
constexpr int derive_with_policy(graph& g, int root, std::string_view symbol, kink_rule rule) {
    if (rule != kink_rule::mid) return derive(g, root, symbol, rule);
    const int left = derive(g, root, symbol, kink_rule::left);
    const int right = derive(g, root, symbol, kink_rule::right);
    if (left == right) return left;
    return (0.5 * handle(g, left) + 0.5 * handle(g, right)).node;
}

/// Reverse sweep: the derivatives of `root` with respect to all `symbols` at once, sharing the forward
/// values and all common factors. Where a tie rule depends on the symbol (max and min of two operands
/// that both move) the answer comes from forward sweeps, so that both modes always agree; likewise in
/// short formulas that choose between two arms: select(c, 0, x) and not select(c, 0, 1)·x.
constexpr std::vector<int> derive_all(graph& g, int root,
                                      const std::vector<std::string_view>& symbols) {
    const auto count = static_cast<std::size_t>(root + 1);
    std::vector<char> moves(count, 0);
    constexpr int longest_swept_forward = 64;
    bool goes_forward = symbols.size() < 2;
    for (int i = 0; i <= root; ++i) {
        const node& n = g.at(i);
        char& mine = moves[static_cast<std::size_t>(i)];
        int moving = 0;
        for (int k = 0; k < n.count; ++k)
            moving += moves[static_cast<std::size_t>(g.child(n, k).node)];
        mine = static_cast<char>(moving > 0);
        if (n.kind == symbol_node) {
            for (std::string_view s : symbols) {
                if (g.symbol_of(i).name == s) mine = 1;
            }
        }
        if (n.kind == first_call + primitive_index<op::max_primitive> ||
            n.kind == first_call + primitive_index<op::min_primitive>) {
            goes_forward = goes_forward || moving > 1;
        }
        if (n.kind == first_call + primitive_index<op::selection<false>> ||
            n.kind == first_call + primitive_index<op::selection<true>>) {
            goes_forward = goes_forward || (moving > 0 && root < longest_swept_forward);
        }
    }
    std::vector<int> result;
    if (goes_forward) {
        for (std::string_view s : symbols) result.push_back(derive(g, root, s, kink_rule::usual));
        return result;
    }
    const handle zero(g, g.constant(0));
    const handle one(g, g.constant(1));
    std::vector<handle> adjoint(count, zero);
    adjoint[static_cast<std::size_t>(root)] = one;
    for (int i = root; i >= 0; --i) {
        const node n = g.at(i);
        const handle mine = adjoint[static_cast<std::size_t>(i)];
        if (n.count == 0 || mine.is_zero()) continue;
        handle u[4];
        for (int k = 0; k < n.count && k < 4; ++k) u[k] = handle(g, g.child(n, k).node);
        for (int k = 0; k < n.count; ++k) {
            const operand c = g.child(n, k);
            if (moves[static_cast<std::size_t>(c.node)] == 0) continue;
            handle partial = zero;
            if (n.kind == sum_node) {
                partial = one.number(c.weight);
            } else if (n.kind == product_node) {
                partial = partial_of_product(g, n, k);
            } else {
                const primitive_info& primitive = primitive_of(n.kind);
                if (primitive.has_tangent) {
                    handle unit[4] = {zero, zero, zero, zero};
                    unit[k] = one;
                    partial = primitive.tangent(kink_rule::usual, u, unit, handle(g, i));
                } else if (primitive.has_partial) {
                    partial = primitive.partial(k, u, handle(g, i));
                } else {
                    partial = missing_derivative(g, primitive);
                }
            }
            handle& theirs = adjoint[static_cast<std::size_t>(c.node)];
            theirs = theirs +
                (gate_of(g, partial.node) >= 0 ? slope_through(mine, partial)
                                               : slope_through(partial, mine));
        }
    }
    for (std::string_view s : symbols) {
        int node = zero.node;
        for (int i = 0; i <= root; ++i) {
            if (g.at(i).kind == symbol_node && g.symbol_of(i).name == s)
                node = adjoint[static_cast<std::size_t>(i)].node;
        }
        result.push_back(node);
    }
    return result;
}

}  // namespace chainrule::detail
