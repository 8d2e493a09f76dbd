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
    long long terms = 0;  ///< terms of all sums, constant terms included
    long long calls = 0;  ///< calls of primitives
    long long complementary =
        0;               ///< calls of erfc, which give way to normal_cdf of a scaled argument
    long long size = 0;  ///< symbols, calls, sums, products, and numbers in them but 1 and -1

    friend constexpr bool operator<(const rule_measure& a, const rule_measure& b) {
        if (a.terms != b.terms) return a.terms < b.terms;
        if (a.calls != b.calls) return a.calls < b.calls;
        if (a.complementary != b.complementary) return a.complementary < b.complementary;
        return a.size < b.size;
    }
};

constexpr rule_measure measure(const graph& g, int i) {
    const node& n = g.at(i);
    rule_measure result{0, n.kind >= first_call ? 1 : 0, 0, 1};
    if (n.kind == sum_node) {
        result.terms = n.count + (n.value != 0 ? 1 : 0);
        if (n.value != 0) ++result.size;
    } else if (n.kind == product_node) {
        if (n.value != 1 && n.value != -1) ++result.size;
    } else if (n.kind == first_call + primitive_index<op::erfc_primitive>) {
        result.complementary = 1;
    }
    for (int k = 0; k < n.count; ++k) {
        const operand c = g.child(n, k);
        const rule_measure inner = measure(g, c.node);
        const bool is_weighted = n.kind < first_call && c.weight != 1 && c.weight != -1;
        result.terms += inner.terms;
        result.calls += inner.calls;
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

/// Whether a primitive is called in a formula with an argument of the given sign: f(-u) or f(u).
constexpr bool calls(const graph& g, int i, int kind, bool negative) {
    const node& n = g.at(i);
    if (n.kind == kind) {
        const node& argument = n.count > 0 ? g.at(g.child(n, 0).node) : n;
        if ((argument.kind == product_node && argument.value < 0) == negative) return true;
    }
    for (int k = 0; k < n.count; ++k) {
        if (calls(g, g.child(n, k).node, kind, negative)) return true;
    }
    return false;
}

/// Rules for comparison may make a formula larger, but must not go round in a circle: each replaces a
/// primitive by others, and following the replacements never leads back to it. (A recursive path order:
/// a primitive is larger than all that replaces it; sums and products are smallest; f(-u) is larger than
/// f(u).) The answer is a primitive that comes back, by its node kind, or -1; `rules` are pairs of nodes,
/// before and after.
template<class Pairs>
constexpr int find_circle(const graph& g, const Pairs& rules) {
    const std::size_t count =
        2 * primitives.size();  // with a positive and with a negative argument
    const auto kind_of = [](std::size_t i) { return first_call + static_cast<int>(i / 2); };
    std::vector<char> leads(count * count, 0);
    for (const auto& [before, after] : rules) {
        for (std::size_t from = 0; from < count; ++from) {
            // A rule for f(u) applies to f(-u), too.
            if (!calls(g, before, kind_of(from), false) &&
                !(from % 2 == 1 && calls(g, before, kind_of(from), true)))
                continue;
            for (std::size_t to = 0; to < count; ++to) {
                if (calls(g, after, kind_of(to), to % 2 == 1)) leads[from * count + to] = 1;
            }
        }
    }
    for (std::size_t through = 0; through < count; ++through) {
        for (std::size_t from = 0; from < count; ++from) {
            for (std::size_t to = 0; to < count && leads[from * count + through] != 0; ++to) {
                if (leads[through * count + to] != 0) leads[from * count + to] = 1;
            }
        }
    }
    for (std::size_t i = 0; i < count; ++i) {
        if (leads[i * count + i] != 0) return kind_of(i);
    }
    return -1;
}

}  // namespace chainrule::detail
