// SPDX-License-Identifier: BSL-1.0
/// Why rewriting ends: what every rule must make smaller. For those who add rules of their own.
#pragma once

#include <chainrule/graph/graph.hpp>
#include <chainrule/graph/registry.hpp>

namespace chainrule::detail {

/// The size of a formula read as a tree, compared lexicographically. Every row of the simplifier's and
/// the stabiliser's tables makes it smaller, wherever in a formula it is applied: besides the measure, no
/// symbol occurs more often after a rule than before it.
struct rule_measure {
    long long terms = 0;            ///< terms of all sums, constant terms included
    long long complementary = 0;    ///< calls of erfc, which give way to normal_cdf of a scaled argument
    long long size = 0;             ///< symbols, calls, sums, products, numbers in them

    friend constexpr bool operator<(const rule_measure& a, const rule_measure& b) {
        if (a.terms != b.terms) return a.terms < b.terms;
        if (a.complementary != b.complementary) return a.complementary < b.complementary;
        return a.size < b.size;
    }
};

constexpr rule_measure measure(const graph& g, int i) {
    const node& n = g.at(i);
    rule_measure result{0, 0, 1};
    if (n.kind == sum_node) {
        result.terms = n.count + (n.value != 0 ? 1 : 0);
        if (n.value != 0) ++result.size;
    } else if (n.kind == product_node) {
        if (n.value != 1) ++result.size;
    } else if (n.kind == first_call + primitive_index<op::erfc_primitive>) {
        result.complementary = 1;
    }
    for (int k = 0; k < n.count; ++k) {
        const operand c = g.child(n, k);
        const rule_measure inner = measure(g, c.node);
        const bool is_weighted = n.kind < first_call && c.weight != 1;
        result.terms += inner.terms;
        result.complementary += inner.complementary;
        result.size += inner.size + (is_weighted ? 1 : 0);
    }
    return result;
}

/// How often a symbol occurs in a formula read as a tree.
constexpr long long occurrences(const graph& g, int i, std::string_view symbol) {
    const node& n = g.at(i);
    if (n.kind == symbol_node) return g.symbol_of(i).name == symbol ? 1 : 0;
    long long result = 0;
    for (int k = 0; k < n.count; ++k) result += occurrences(g, g.child(n, k).node, symbol);
    return result;
}

/// Rules for comparison may make a formula larger, but never go round in a circle: they replace a
/// primitive by others, and following these replacements never leads back. (A recursive path order: an
/// atom is larger than all it is replaced by, sums and products are the smallest.) True if `from` is,
/// by the rows of a table given as pairs of nodes, in the end replaced by `to`.
template<class Pairs>
constexpr bool leads_to(const graph& g, const Pairs& rules, int from, int to, int depth = 0);

/// Whether a primitive is called anywhere in a formula.
constexpr bool calls(const graph& g, int i, int kind) {
    const node& n = g.at(i);
    if (n.kind == kind) return true;
    for (int k = 0; k < n.count; ++k) {
        if (calls(g, g.child(n, k).node, kind)) return true;
    }
    return false;
}

template<class Pairs>
constexpr bool leads_to(const graph& g, const Pairs& rules, int from, int to, int depth) {
    if (depth > static_cast<int>(primitives.size())) return true;
    for (const auto& [before, after] : rules) {
        if (!calls(g, before, from)) continue;
        for (int kind = first_call; kind < first_call + static_cast<int>(primitives.size()); ++kind) {
            if (!calls(g, after, kind)) continue;
            if (kind == to || leads_to(g, rules, kind, to, depth + 1)) return true;
        }
    }
    return false;
}

}  // namespace chainrule::detail
