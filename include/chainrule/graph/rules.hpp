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
    static constexpr int capacity = 8 + 8 * Rules;
    struct row {
        int before = 0;
        int after = 0;
        int root_kind = 0;
        int lead = 0;  ///< sums: the term looked for first, the smallest one
        std::uint64_t needs =
            0;  ///< kinds that must be among the children of a matching sum or product
    };
    std::array<node, static_cast<std::size_t>(capacity)> nodes{};
    std::array<operand, static_cast<std::size_t>(2 * capacity)> operands{};
    std::array<row, static_cast<std::size_t>(Rules)> rows{};  ///< by root_kind
    /// rows[first_row[kind] .. first_row[kind + 1]) have that root_kind.
    std::array<short, static_cast<std::size_t>(first_call + all_primitives::size + 2)> first_row{};
    int symbols = 0;
};

constexpr std::uint64_t kind_bit(int kind) {
    return std::uint64_t{1} << (static_cast<unsigned>(kind) % 64U);
}

/// Nodes of a formula read as a tree.
constexpr int tree_size(const graph& g, int i) {
    const node& n = g.at(i);
    int result = 1;
    for (int k = 0; k < n.count; ++k) result += tree_size(g, g.child(n, k).node);
    return result;
}

/// The smallest term of a sum that is not a symbol: its match decides what the symbols stand for. Odd
/// and even functions hide the sign of their argument, so they come last.
constexpr int find_lead(const graph& g, const node& n) {
    int best = 0;
    int best_cost = 1000000;
    for (int k = 0; k < n.count; ++k) {
        const node& term = g.at(g.child(n, k).node);
        if (term.kind == symbol_node) continue;
        const bool hides_sign =
            term.kind >= first_call && primitive_of(term.kind).symmetry != parity::none;
        const int cost = tree_size(g, g.child(n, k).node) + (hides_sign ? 1000 : 0);
        if (cost < best_cost) best = k, best_cost = cost;
    }
    return best;
}

template<class, int Rules>
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
    if (canonical.size() > result.capacity)
        throw "chainrule: the rule table needs a larger capacity";
    for (std::size_t i = 0; i < canonical.nodes.size(); ++i) result.nodes[i] = canonical.nodes[i];
    for (std::size_t i = 0; i < canonical.operands.size(); ++i)
        result.operands[i] = canonical.operands[i];
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
        if (n.kind == sum_node) row.lead = find_lead(canonical, n);
    }
    for (std::size_t i = 1; i < result.rows.size(); ++i) {
        const auto moving = result.rows[i];
        std::size_t j = i;
        for (; j > 0 && moving.root_kind < result.rows[j - 1].root_kind; --j)
            result.rows[j] = result.rows[j - 1];
        result.rows[j] = moving;
    }
    std::size_t row = 0;
    for (std::size_t kind = 0; kind < result.first_row.size(); ++kind) {
        while (row < result.rows.size() && result.rows[row].root_kind < static_cast<int>(kind))
            ++row;
        result.first_row[kind] = static_cast<short>(row);
    }
    return result;
}

/// One attempt to see a pattern in a node.
class pattern_match {
public:
    static constexpr int most_symbols = 8;

    constexpr pattern_match(canonical_form& form, const node* pattern_nodes,
                            const operand* pattern_operands)
        : target(form), nodes(pattern_nodes), operands(pattern_operands) {}

    /// The rewritten node, or −1 if the pattern `before` is not there.
    constexpr int rewrite(int before, int after, int lead, int i) {
        const node& p = nodes[before];
        const node n = target.out.at(i);
        if (p.kind == sum_node) return rewrite_sum(p, after, lead, n);
        if (p.kind == product_node) return rewrite_product(p, after, n);
        return match(before, i) ? build(after) : -1;
    }

private:
    canonical_form& target;
    const node* nodes;
    const operand* operands;
    std::array<int, most_symbols> bound{-1, -1, -1, -1, -1, -1, -1, -1};

    [[nodiscard]] constexpr operand pattern_child(const node& p, int i) const {
        return operands[p.first + i];
    }
    [[nodiscard]] constexpr bool is_symbol(int p) const { return nodes[p].kind == symbol_node; }
    constexpr int& binding(int symbol) {
        return bound[static_cast<std::size_t>(nodes[symbol].value)];
    }

    constexpr bool bind(int symbol, int i) {
        int& b = binding(symbol);
        if (b < 0) b = i;
        return b == i;
    }

    constexpr bool match(int pattern, int i) {
        const node& p = nodes[pattern];
        const node n = target.out.at(i);
        switch (p.kind) {
        case constant_node:
            return n.kind == constant_node && n.value == p.value && n.residual == 0;
        case symbol_node:
            return bind(pattern, i);
        case sum_node:
            return n.kind == sum_node && match_whole_sum(p, n);
        case product_node:
            return match_whole_product(p, i);
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
        flag_list used;
        used.fill(n.count, 0);
        int absorbing = -1;
        for (int k = p.count - 1; k >= 0; --k) {
            const operand want = pattern_child(p, k);
            if (p.value != 0 && n.value != p.value)
                return false;  // log(y + z) is no log1p(y + z - 1)
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
        operand_list rest;
        for (int k = 0; k < n.count; ++k) {
            if (used[k] == 0) rest.push_back(target.out.child(n, k));
        }
        return bind(absorbing, target.sum(rest, n.value - p.value));
    }

    /// Finds a term scale·want among the unused ones.
    constexpr bool use_term(const operand& want, const node& n, flag_list& used, double scale) {
        for (int k = 0; k < n.count; ++k) {
            const operand have = target.out.child(n, k);
            if (used[k] != 0 || have.weight != scale * want.weight) continue;
            const auto saved = bound;
            if (match(want.node, have.node)) {
                used[k] = 1;
                return true;
            }
            bound = saved;
        }
        return use_instance(want, n, used, scale);
    }

    /// The same for a term whose symbols are known by now: what the pattern becomes with their values may
    /// look different, as −tanh(x) for tanh(u) with u = −x, or 2·x in a sum, where 2 is a weight.
    constexpr bool use_instance(const operand& want, const node& n, flag_list& used, double scale) {
        if (!may_look_different(want.node)) return false;
        const operand instance = target.split_coefficient(build(want.node));
        const exact_result weight = exact_product(scale * want.weight, instance.weight);
        for (int k = 0; k < n.count && weight.exact; ++k) {
            const operand have = target.out.child(n, k);
            if (used[k] != 0 || have.node != instance.node || have.weight != weight.value) continue;
            used[k] = 1;
            return true;
        }
        return false;
    }

    [[nodiscard]] constexpr bool may_look_different(int pattern) {
        const node& p = nodes[pattern];
        if (p.kind == symbol_node) {
            return binding(pattern) >= 0 && target.out.at(binding(pattern)).kind == product_node;
        }
        const bool symmetric =
            p.kind >= first_call && primitive_of(p.kind).symmetry != parity::none;
        return (symmetric || p.kind == product_node) && is_bound(pattern);
    }

    /// Whether all symbols of a pattern are known.
    [[nodiscard]] constexpr bool is_bound(int pattern) {
        const node& p = nodes[pattern];
        if (p.kind == symbol_node) return binding(pattern) >= 0;
        for (int k = 0; k < p.count; ++k) {
            if (!is_bound(pattern_child(p, k).node)) return false;
        }
        return true;
    }

    /// An inner product. A single symbol with a coefficient, as in −u or u/2, is solved for.
    constexpr bool match_whole_product(const node& p, int i) {
        const node n = target.out.at(i);
        const operand first = pattern_child(p, 0);
        if (p.count == 1 && is_symbol(first.node) && first.weight == 1) {
            if (binding(first.node) >= 0) return target.scaled(binding(first.node), p.value) == i;
            const bool sign_fits = p.value < 0 ? target.has_negative_sign(i) : n.value == p.value;
            if (n.kind != product_node || !sign_fits) return false;
            const int rest = target.scaled(i, 1 / p.value);
            // −(−1)^¼ has a sign that never goes away.
            return !(p.value < 0 && target.has_negative_sign(rest)) && bind(first.node, rest);
        }
        if (n.kind != product_node || n.value != p.value || n.count != p.count) return false;
        flag_list used;
        used.fill(n.count, 0);
        for (int k = p.count - 1; k >= 0; --k) {
            if (!use_term(pattern_child(p, k), n, used, 1)) return false;
        }
        return true;
    }

    /// At the root of a sum the pattern may be scaled and other terms may stand around it.
    constexpr int rewrite_sum(const node& p, int after, int lead, const node& n) {
        for (int k = 0; k < n.count; ++k) {
            bound.fill(-1);
            const operand have = target.out.child(n, k);
            const double scale = have.weight / pattern_child(p, lead).weight;
            if (p.value != 0 && p.value * scale != n.value) continue;
            if (!match(pattern_child(p, lead).node, have.node)) continue;
            flag_list used;
            used.fill(n.count, 0);
            used[k] = 1;
            bool all = true;
            for (int j = p.count - 1; j >= 0 && all; --j) {
                if (j != lead && !is_symbol(pattern_child(p, j).node))
                    all = use_term(pattern_child(p, j), n, used, scale);
            }
            for (int j = p.count - 1; j >= 0 && all; --j) {
                if (j == lead || !is_symbol(pattern_child(p, j).node)) continue;
                all = use_term(pattern_child(p, j), n, used, scale);
            }
            if (!all) continue;
            operand_list terms;
            for (int j = 0; j < n.count; ++j) {
                if (used[j] == 0) terms.push_back(target.out.child(n, j));
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
        double coefficient = n.value / p.value;
        operand_list factors = target.children(n);
        for (int pass = 0; pass < 2; ++pass) {  // symbols last: they would take anything
            for (int j = p.count - 1; j >= 0; --j) {
                const operand want = pattern_child(p, j);
                if (is_symbol(want.node) != (pass == 1)) continue;
                if (!use_factor(want, factors) && !use_instance(want, factors, coefficient))
                    return -1;
            }
        }
        factors.push_back({build(after), 1});
        return target.product(factors, coefficient);
    }

    static constexpr bool contains_power(double have, double want) {
        const double rest = have - want;
        return rest == 0 ||
            (is_integer(rest) && is_integer(have) && (have > 0) == (want > 0) &&
             magnitude(have) > magnitude(want));
    }

    /// The same for a factor whose symbols are known by now; its own factors stand among the others.
    constexpr bool use_instance(const operand& want, operand_list& factors, double& coefficient) {
        if (!may_look_different(want.node)) return false;
        const operand instance = target.split_coefficient(build(want.node));
        const exact_result scale = exact_power(instance.weight, want.weight);
        const exact_result rest =
            scale.exact ? exact_quotient(coefficient, scale.value) : exact_result{};
        if (!rest.exact) return false;
        const node parts = target.out.at(instance.node);
        operand_list wanted{operand{instance.node, 1}};
        if (parts.kind == product_node) wanted = target.children(parts);
        for (const operand& part : wanted) {
            const double power = part.weight * want.weight;
            int k = 0;
            while (k < factors.size() &&
                   (factors[k].node != part.node || !contains_power(factors[k].weight, power)))
                ++k;
            if (k == factors.size()) return false;
            factors[k].weight -= power;
        }
        coefficient = rest.value;
        return true;
    }

    constexpr bool use_factor(const operand& want, operand_list& factors) {
        for (operand& have : factors) {
            if (!contains_power(have.weight, want.weight)) continue;
            const double rest = have.weight - want.weight;
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
        operand_list parts;
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
        for (int k = 0; k < n.count; ++k)
            present |= kind_bit(form.out.at(form.out.child(n, k).node).kind);
    }
    const auto kind = static_cast<std::size_t>(n.kind);
    for (int k = table.first_row[kind]; k < table.first_row[kind + 1]; ++k) {
        const auto& row = table.rows[static_cast<std::size_t>(k)];
        if ((row.needs & ~present) != 0) continue;
        const int better = pattern_match(form, table.nodes.data(), table.operands.data())
                               .rewrite(row.before, row.after, row.lead, i);
        if (better >= 0 && better != i) return better;
    }
    return -1;
}

}  // namespace chainrule::detail
