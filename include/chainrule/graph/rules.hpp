// SPDX-License-Identifier: BSL-1.0
/// Applies rule tables to nodes of a canonical form: patterns are matched in sums and products up to
/// order, up to a common factor and with other terms standing around them.
#pragma once

#include <chainrule/graph/canonical.hpp>
#include <chainrule/graph/parse.hpp>
#include <chainrule/graph/rule_table.hpp>

#include <array>

namespace chainrule::detail {

/// The rules' texts as patterns in one fixed-size graph, made once per translation unit.
template<int Rules>
struct compiled_rules {
    static constexpr int capacity = 24 * Rules;
    struct row {
        int before = 0;
        int after = 0;
        int root_kind = 0;
        std::uint64_t needs = 0;  ///< kinds that must be among the children of a matching sum or product
    };
    std::array<node, static_cast<std::size_t>(capacity)> nodes{};
    std::array<operand, static_cast<std::size_t>(2 * capacity)> operands{};
    std::array<row, static_cast<std::size_t>(Rules)> rows{};
    int symbols = 0;
};

constexpr std::uint64_t kind_bit(int kind) { return std::uint64_t{1} << (static_cast<unsigned>(kind) % 64U); }

template<int Rules>
constexpr compiled_rules<Rules> compile_rules(const rewrite_rule* rules) {
    graph raw;
    const environment nothing;
    std::vector<int> roots;
    for (int i = 0; i < Rules; ++i) {
        roots.push_back(parser(raw, nothing, {}, rules[i].before).parse());
        roots.push_back(parser(raw, nothing, {}, rules[i].after).parse());
    }
    graph canonical;
    canonical_form(canonical, {}).run(raw, roots);
    compiled_rules<Rules> result;
    for (std::size_t i = 0; i < canonical.nodes.size(); ++i) result.nodes[i] = canonical.nodes[i];
    for (std::size_t i = 0; i < canonical.operands.size(); ++i) result.operands[i] = canonical.operands[i];
    result.symbols = static_cast<int>(canonical.symbols.size());
    for (std::size_t i = 0; i < result.rows.size(); ++i) {
        auto& row = result.rows[i];
        row.before = roots[2 * i];
        row.after = roots[2 * i + 1];
        const node& n = canonical.at(row.before);
        row.root_kind = n.kind;
        for (int k = 0; k < n.count && n.kind < first_call; ++k) {
            const int kind = canonical.at(canonical.child(n, k).node).kind;
            if (kind != symbol_node) row.needs |= kind_bit(kind);
        }
    }
    return result;
}

/// One attempt to see a pattern in a node.
class pattern_match {
public:
    static constexpr int most_symbols = 8;

    constexpr pattern_match(canonical_form& form, const node* pattern_nodes, const operand* pattern_operands)
        : target(form), nodes(pattern_nodes), operands(pattern_operands) {}

    /// The rewritten node, or −1 if the pattern `before` is not there.
    constexpr int rewrite(int before, int after, int i) {
        const node& p = nodes[before];
        const node n = target.out.at(i);
        if (p.kind == sum_node) return rewrite_sum(p, after, n);
        if (p.kind == product_node) return rewrite_product(p, after, n);
        return match(before, i) ? build(after) : -1;
    }

private:
    canonical_form& target;
    const node* nodes;
    const operand* operands;
    std::array<int, most_symbols> bound{-1, -1, -1, -1, -1, -1, -1, -1};

    [[nodiscard]] constexpr operand pattern_child(const node& p, int i) const { return operands[p.first + i]; }
    [[nodiscard]] constexpr bool is_symbol(int p) const { return nodes[p].kind == symbol_node; }
    constexpr int& binding(int symbol) { return bound[static_cast<std::size_t>(nodes[symbol].value)]; }

    constexpr bool bind(int symbol, int i) {
        int& b = binding(symbol);
        if (b < 0) b = i;
        return b == i;
    }

    constexpr bool match(int pattern, int i) {
        const node& p = nodes[pattern];
        const node n = target.out.at(i);
        switch (p.kind) {
        case constant_node: return n.kind == constant_node && n.value == p.value && n.residual == 0;
        case symbol_node: return bind(pattern, i);
        case sum_node: return n.kind == sum_node && match_whole_sum(p, n);
        case product_node: return match_whole_product(p, i);
        default:
            if (n.kind != p.kind) return false;
            for (int k = 0; k < p.count; ++k) {
                if (!match(pattern_child(p, k).node, target.out.child(n, k).node)) return false;
            }
            return true;
        }
    }

    /// An inner sum: all terms must be used. A free symbol with coefficient 1 takes what the others leave.
    constexpr bool match_whole_sum(const node& p, const node& n) {
        std::vector<char> used(static_cast<std::size_t>(n.count), 0);
        int absorbing = -1;
        for (int k = p.count - 1; k >= 0; --k) {
            const operand want = pattern_child(p, k);
            if (is_symbol(want.node) && binding(want.node) < 0 && want.weight == 1) {
                absorbing = want.node;
                continue;
            }
            if (!use_term(want, n, used, 1)) return false;
        }
        if (absorbing < 0) {
            for (char u : used) {
                if (u == 0) return false;
            }
            return n.value == p.value;
        }
        std::vector<operand> rest;
        for (int k = 0; k < n.count; ++k) {
            if (used[static_cast<std::size_t>(k)] == 0) rest.push_back(target.out.child(n, k));
        }
        return bind(absorbing, target.sum(rest, n.value - p.value));
    }

    /// Finds a term scale·want among the unused ones.
    constexpr bool use_term(const operand& want, const node& n, std::vector<char>& used, double scale) {
        for (int k = 0; k < n.count; ++k) {
            const operand have = target.out.child(n, k);
            if (used[static_cast<std::size_t>(k)] != 0 || have.weight != scale * want.weight) continue;
            const auto saved = bound;
            if (match(want.node, have.node)) {
                used[static_cast<std::size_t>(k)] = 1;
                return true;
            }
            bound = saved;
        }
        return false;
    }

    /// An inner product. A single symbol with a coefficient, as in −u or u/2, is solved for.
    constexpr bool match_whole_product(const node& p, int i) {
        const node n = target.out.at(i);
        const operand first = pattern_child(p, 0);
        if (p.count == 1 && is_symbol(first.node) && first.weight == 1) {
            if (binding(first.node) >= 0) return target.scaled(binding(first.node), p.value) == i;
            const bool sign_fits = p.value < 0 ? target.has_negative_sign(i) : n.value == p.value;
            return n.kind == product_node && sign_fits && bind(first.node, target.scaled(i, 1 / p.value));
        }
        if (n.kind != product_node || n.value != p.value || n.count != p.count) return false;
        std::vector<char> used(static_cast<std::size_t>(n.count), 0);
        for (int k = p.count - 1; k >= 0; --k) {
            if (!use_term(pattern_child(p, k), n, used, 1)) return false;
        }
        return true;
    }

    /// At the root of a sum the pattern may be scaled and other terms may stand around it.
    constexpr int rewrite_sum(const node& p, int after, const node& n) {
        int lead = p.count - 1;
        while (lead > 0 && is_symbol(pattern_child(p, lead).node)) --lead;
        for (int k = 0; k < n.count; ++k) {
            bound.fill(-1);
            const operand have = target.out.child(n, k);
            const double scale = have.weight / pattern_child(p, lead).weight;
            if (p.value != 0 && p.value * scale != n.value) continue;
            if (!match(pattern_child(p, lead).node, have.node)) continue;
            std::vector<char> used(static_cast<std::size_t>(n.count), 0);
            used[static_cast<std::size_t>(k)] = 1;
            bool all = true;
            for (int j = p.count - 1; j >= 0 && all; --j) {
                if (j != lead && !is_symbol(pattern_child(p, j).node)) all = use_term(pattern_child(p, j), n, used, scale);
            }
            for (int j = p.count - 1; j >= 0 && all; --j) {
                if (j == lead || !is_symbol(pattern_child(p, j).node)) continue;
                all = use_term(pattern_child(p, j), n, used, scale);
            }
            if (!all) continue;
            std::vector<operand> terms;
            for (int j = 0; j < n.count; ++j) {
                if (used[static_cast<std::size_t>(j)] == 0) terms.push_back(target.out.child(n, j));
            }
            terms.push_back({build(after), scale});
            return target.sum(terms, p.value != 0 ? 0 : n.value);
        }
        return -1;
    }


    /// At the root of a product powers may be left over: a·b² contains a·b.
    constexpr int rewrite_product(const node& p, int after, const node& n) {
        if (p.value != 1) {
            const exact_result rest = exact_quotient(n.value, p.value);
            if (!rest.exact || (n.value < 0) != (p.value < 0)) return -1;
        }
        bound.fill(-1);
        std::vector<operand> factors = target.children(n);
        for (int pass = 0; pass < 2; ++pass) {  // symbols last: they would take anything
            for (int j = p.count - 1; j >= 0; --j) {
                const operand want = pattern_child(p, j);
                if (is_symbol(want.node) != (pass == 1)) continue;
                if (!use_factor(want, factors)) return -1;
            }
        }
        factors.push_back({build(after), 1});
        return target.product(factors, n.value / p.value);
    }

    constexpr bool use_factor(const operand& want, std::vector<operand>& factors) {
        for (operand& have : factors) {
            const double rest = have.weight - want.weight;
            const bool contained = rest == 0 || (is_integer(rest) && is_integer(have.weight) &&
                                                 (have.weight > 0) == (want.weight > 0) &&
                                                 magnitude(have.weight) > magnitude(want.weight));
            if (!contained) continue;
            const auto saved = bound;
            if (match(want.node, have.node)) {
                have.weight = rest;
                return true;
            }
            bound = saved;
        }
        return false;
    }

    constexpr int build(int pattern) {
        const node& p = nodes[pattern];
        if (p.kind == constant_node) return target.out.constant(p.value);
        if (p.kind == symbol_node) return binding(pattern);
        if (p.kind >= first_call) {
            int arguments[4]{};
            for (int k = 0; k < p.count; ++k) arguments[k] = build(pattern_child(p, k).node);
            return target.call(p.kind, arguments, p.count);
        }
        std::vector<operand> parts;
        for (int k = 0; k < p.count; ++k) {
            const operand c = pattern_child(p, k);
            parts.push_back({build(c.node), c.weight});
        }
        return p.kind == sum_node ? target.sum(parts, p.value) : target.product(parts, p.value);
    }
};

/// Tries the rules of one table in order; the first that fits is applied.
template<int Rules>
constexpr int apply_rules(const compiled_rules<Rules>& table, canonical_form& form, int i) {
    const node& n = form.out.at(i);
    if (n.kind == constant_node || n.kind == symbol_node) return -1;
    std::uint64_t present = 0;
    if (n.kind < first_call) {
        for (int k = 0; k < n.count; ++k) present |= kind_bit(form.out.at(form.out.child(n, k).node).kind);
    }
    const int kind = n.kind;  // n may move while rules build nodes
    for (const auto& row : table.rows) {
        if (row.root_kind != kind || (row.needs & ~present) != 0) continue;
        const int better = pattern_match(form, table.nodes.data(), table.operands.data()).rewrite(row.before, row.after, i);
        if (better >= 0 && better != i) return better;
    }
    return -1;
}

}  // namespace chainrule::detail
