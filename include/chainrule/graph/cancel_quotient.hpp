// SPDX-License-Identifier: BSL-1.0
/// What the quotient rule leaves of u/(u + v): a difference of nearly equal terms where u is large. With any
/// common factor a and any power p
///
///     a·(u + v)^p − a·u·(u + v)^(p − 1)     is   a·v·(u + v)^(p − 1)
///     a·r^p − a·u²·r^(p − 2)                is   a·v·r^(p − 2),    r = √(u² + v)
///
/// A function and not rows of a table, because patterns have no symbol for a power. Where both sides have a value
/// they are the same number; the right one has the limit where the left is ∞/∞ − ∞/∞.
#pragma once

#include <chainrule/graph/canonical.hpp>

namespace chainrule::detail {

/// One term of a sum as coefficient · Π factors. Products among the factors, which programs share, are taken
/// apart.
class quotient_term {
public:
    constexpr quotient_term(const canonical_form& form, operand term) : coefficient(term.weight) {
        if (form.out.at(term.node).kind == product_node) add(form, {term.node, 1});
    }

    /// The position of s among the factors, or −1.
    [[nodiscard]] constexpr int find(int s, double power) const {
        for (int k = 0; k < factors.size(); ++k) {
            if (factors[k].node == s && factors[k].weight == power) return k;
        }
        return -1;
    }
    [[nodiscard]] constexpr operand_list without(int position) const {
        operand_list others;
        for (int k = 0; k < factors.size(); ++k) {
            if (k != position) others.push_back(factors[k]);
        }
        return others;
    }

    double coefficient;  ///< 0 if it is not exact
    operand_list factors;

private:
    constexpr void add(const canonical_form& form, operand factor) {
        const node& n = form.out.at(factor.node);
        if (n.kind != product_node || factor.weight != 1) {
            for (operand& known : factors) {
                if (known.node != factor.node) continue;
                known.weight += factor.weight;
                return;
            }
            factors.push_back(factor);
            return;
        }
        const exact_result scale = exact_product(coefficient, n.value);
        coefficient = scale.exact ? scale.value : 0;
        for (int k = 0; k < n.count; ++k) add(form, form.out.child(n, k));
    }
};

/// coefficient · Π factors, its number apart; weight 0 if that number is not exact.
constexpr operand exact_term(canonical_form& form, const operand_list& factors,
                             double coefficient) {
    operand result = form.split_coefficient(form.product(factors, 1));
    const exact_result weight = exact_product(result.weight, coefficient);
    result.weight = weight.exact ? weight.value : 0;
    return result;
}

/// Whether something is divided by in a term, or a product among its factors may hide that.
constexpr bool may_divide(const canonical_form& form, operand term) {
    const node& n = form.out.at(term.node);
    for (int k = 0; k < n.count && n.kind == product_node; ++k) {
        const operand f = form.out.child(n, k);
        if (f.weight < 0 || form.out.at(f.node).kind == product_node) return true;
    }
    return false;
}

/// a + b as one term, where a's factor number `position` is s^p; −1 if b is not what it loses.
constexpr int cancelled_pair(canonical_form& form, const quotient_term& a, int position,
                             const quotient_term& b) {
    const operand divisor = a.factors[position];
    const node s = form.out.at(divisor.node);
    const bool is_root = s.kind == kind_of<op::root_sum_square_primitive>;
    const double lower = divisor.weight - (is_root ? 2 : 1);
    const int below = b.find(divisor.node, lower);
    if (below < 0) return -1;
    operand_list parts = form.children(s);  // what s or, for a root, its square is the sum of
    if (is_root) parts[0].node = form.power(parts[0].node, 2);
    if (is_root) parts[0].weight = parts[1].weight = 1;
    if (s.value != 0) parts.push_back({form.out.constant(s.value), 1});
    if (parts.size() != 2) return -1;
    const operand subtracted = exact_term(form, b.without(below), -b.coefficient);
    for (int u = 0; u < 2; ++u) {
        operand_list factors = a.without(position);
        factors.push_back({parts[u].node, 1});
        const exact_result scale = exact_product(a.coefficient, parts[u].weight);
        const operand made = exact_term(form, factors, scale.exact ? scale.value : 0);
        if (made.weight == 0 || made.node != subtracted.node || made.weight != subtracted.weight)
            continue;
        factors[factors.size() - 1] = {parts[1 - u].node, 1};
        factors.push_back({divisor.node, lower});
        factors.push_back({form.out.constant(parts[1 - u].weight), 1});
        return form.product(factors, a.coefficient);
    }
    return -1;
}

/// The sum `i` without such a pair of terms; −1 if it has none.
constexpr int cancel_quotient(canonical_form& form, int i) {
    const node n = form.out.at(i);
    if (n.kind != sum_node) return -1;
    bool divides = false;
    for (int k = 0; k < n.count; ++k) divides = divides || may_divide(form, form.out.child(n, k));
    if (!divides) return -1;
    const operand_list terms = form.children(n);
    for (int first = 0; first < terms.size(); ++first) {
        const quotient_term a(form, terms[first]);
        for (int position = 0; position < a.factors.size(); ++position) {
            const int kind = form.out.at(a.factors[position].node).kind;
            if ((kind != sum_node && kind != kind_of<op::root_sum_square_primitive>) ||
                a.factors[position].weight >= 1)
                continue;
            for (int second = 0; second < terms.size(); ++second) {
                if (second == first) continue;
                const int pair =
                    cancelled_pair(form, a, position, quotient_term(form, terms[second]));
                if (pair < 0) continue;
                operand_list rest{operand{pair, 1}};
                for (int k = 0; k < terms.size(); ++k) {
                    if (k != first && k != second) rest.push_back(terms[k]);
                }
                return form.sum(rest, n.value);
            }
        }
    }
    return -1;
}

}  // namespace chainrule::detail
