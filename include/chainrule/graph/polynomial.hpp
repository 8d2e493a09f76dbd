// SPDX-License-Identifier: BSL-1.0
/// Sums of products multiplied out, with exact coefficients.
#pragma once

#include <chainrule/graph/canonical.hpp>

namespace chainrule::detail {

/// Σ coefficient · Π generator^power. Generators are nodes, and −1 − u for e^u, which
/// cosh, sinh, e^u − 1 and exponentials of multiples of u become powers of.
class polynomial {
public:
    static constexpr int most_terms = 24;
    static constexpr int most_generators = 8;
    struct monomial {
        double coefficient = 0;
        small_list<operand, most_generators> powers;
    };
    small_list<monomial, most_terms> terms;
    bool fits = true;  ///< else it is too large or a number is not exact
    bool has_cancelled =
        false;                ///< whether a part has vanished or become a quarter of what went in
    bool has_shrunk = false;  ///< less than half of it

    constexpr polynomial() = default;
    constexpr explicit polynomial(double number) {
        if (number == 0) return;
        terms.resize(1);
        terms[0].coefficient = number;
        terms[0].powers.resize(0);
    }

    /// Not looked into.
    static constexpr polynomial of_factor(operand factor) {
        polynomial result(1);
        result.terms[0].powers.push_back(factor);
        return result;
    }
    static constexpr polynomial of_power(canonical_form& form, operand factor, int depth = 0) {
        const node n = form.out.at(factor.node);
        const bool is_counted =
            factor.weight >= 1 && factor.weight <= 4 && is_integer(factor.weight);
        if (n.kind == constant_node && n.residual == 0 && factor.weight == 1)
            return polynomial(n.value);
        polynomial base;
        if (n.kind == kind_of<op::exp_primitive>) return exponential(form, n, factor.weight, 1);
        if (is_counted && n.kind == kind_of<op::cosh_primitive>) {
            base = exponential(form, n, 1, 0.5);
            base.add(exponential(form, n, -1, 0.5));
        } else if (is_counted && n.kind == kind_of<op::sinh_primitive>) {
            base = exponential(form, n, 1, 0.5);
            base.add(exponential(form, n, -1, -0.5));
        } else if (is_counted && n.kind == kind_of<op::expm1_primitive>) {
            base = exponential(form, n, 1, 1);
            base.add(polynomial(-1));
        } else if (is_counted && n.kind == sum_node && depth < 4) {
            base = of_sum(form, n, depth + 1);
        } else if (is_counted && n.kind == product_node && depth < 4) {
            base = polynomial(n.value);
            for (int k = 0; k < n.count; ++k)
                base = base.times(of_power(form, form.out.child(n, k), depth + 1));
        } else {
            return of_factor(factor);
        }
        polynomial result = base;
        for (double k = 1; k < factor.weight; ++k) result = result.times(base);
        return result;
    }
    static constexpr polynomial of_sum(canonical_form& form, const node& sum, int depth = 0) {
        polynomial result(sum.value);
        for (int k = 0; k < sum.count; ++k) {
            const operand t = form.out.child(sum, k);
            result.add(of_power(form, {t.node, 1}, depth).times(polynomial(t.weight)));
        }
        return result;
    }

    [[nodiscard]] constexpr polynomial times(const polynomial& other) const {
        polynomial result;
        result.fits = fits && other.fits;
        for (const monomial& a : terms) {
            for (const monomial& b : other.terms) {
                if (result.fits) result.add_product(a, b);
            }
        }
        result.has_cancelled = result.has_shrunk = false;
        return result;
    }
    constexpr void add(const polynomial& other) {
        fits = fits && other.fits;
        for (const monomial& m : other.terms) {
            if (fits) add(m);
        }
    }

    /// 2·m·σ(u) − m is m·tanh(u/2): parts that cancel, too.
    constexpr void pair_sigmoids(canonical_form& form) {
        for (int k = 0; k < terms.size(); ++k) {
            for (int g = 0; g < terms[k].powers.size(); ++g) {
                const operand p = terms[k].powers[g];
                if (p.node < 0 || p.weight != 1 ||
                    form.out.at(p.node).kind != kind_of<op::sigmoid_primitive>)
                    continue;
                monomial half = terms[k];
                half.coefficient /= -2;
                half.powers.erase(g);
                int j = 0;
                while (
                    j < terms.size() &&
                    (terms[j].coefficient != half.coefficient || !has_same_powers(terms[j], half)))
                    ++j;
                if (j == terms.size()) continue;
                const int u = form.scaled(form.out.child(form.out.at(p.node), 0).node, 0.5);
                const operand tanh =
                    form.split_coefficient(form.call(kind_of<op::tanh_primitive>, &u, 1));
                polynomial pair(-half.coefficient);
                pair.terms[0].powers = half.powers;
                terms.erase(k < j ? j : k);
                terms.erase(k < j ? k : j);
                add(pair.times(of_factor({tanh.node, 1})).times(polynomial(tanh.weight)));
                has_cancelled = true;
                return;
            }
        }
    }

    [[nodiscard]] constexpr bool has_one_generator() const {
        bool is_first = true;
        int found = 0;
        for (const monomial& m : terms) {
            if (m.powers.empty()) continue;
            if (m.powers.size() > 1 || (!is_first && m.powers[0].node != found)) return false;
            found = m.powers[0].node;
            is_first = false;
        }
        return !is_first;
    }

    /// The polynomial as a node. What all its terms have in common stands in front, and where it vanishes at u = 0 as a
    /// polynomial of e^u, the factor e^u − 1.
    constexpr int to_node(canonical_form& form) {
        if (terms.empty()) return form.out.constant(0);
        monomial common = terms[0];
        for (int g = 0; g < common.powers.size();) {
            double least = common.powers[g].weight;
            for (const monomial& m : terms) {
                const double power = power_in(m, common.powers[g].node);
                if (power < least) least = power;
            }
            for (monomial& m : terms) divide(m, common.powers[g].node, least);
            common.powers[g].weight = least;
            if (least == 0) common.powers.erase(g);
            else ++g;
        }
        // Others are in some terms only; negative powers of e^u are common, too, where e^u is all there is: beside
        // x, e^-u times e^u would be 0 times infinity far out.
        const bool is_of_one = has_one_generator();
        for (const monomial& m : terms) {
            if (!is_of_one) break;
            for (const operand& p : m.powers) {
                if (p.node >= 0 || p.weight >= 0) continue;
                double least = 0;
                for (const monomial& other : terms) {
                    const double power = power_in(other, p.node);
                    if (power < least) least = power;
                }
                const int generator = p.node;
                for (monomial& other : terms) divide(other, generator, least);
                common.powers.push_back({generator, least});
                break;
            }
        }
        operand_list factors;
        for (const operand& p : common.powers) factors.push_back(factor_of(form, p));
        divide_by_expm1(form, factors);
        operand_list parts;
        double number = 0;
        for (const monomial& m : terms) {
            operand_list powers;
            for (const operand& p : m.powers) powers.push_back(factor_of(form, p));
            if (powers.empty()) number += m.coefficient;
            else parts.push_back({form.product(powers, 1), m.coefficient});
        }
        factors.push_back({form.sum(parts, number), 1});
        return form.product(factors, 1);
    }

private:
    static constexpr double power_in(const monomial& m, int generator) {
        for (const operand& p : m.powers) {
            if (p.node == generator) return p.weight;
        }
        return 0;
    }
    static constexpr void divide(monomial& m, int generator, double power) {
        for (int k = 0; k < m.powers.size(); ++k) {
            if (m.powers[k].node != generator) continue;
            m.powers[k].weight -= power;
            if (m.powers[k].weight == 0) m.powers.erase(k);
            return;
        }
        if (power != 0) m.powers.push_back({generator, -power});
    }
    static constexpr operand factor_of(canonical_form& form, const operand& power) {
        if (power.node >= 0) return power;
        const int argument = form.scaled(-1 - power.node, power.weight);
        return {form.call(kind_of<op::exp_primitive>, &argument, 1), 1};
    }
    static constexpr polynomial exponential(canonical_form& form, const node& call, double power,
                                            double coefficient) {
        const operand u = form.split_coefficient(form.out.child(call, 0).node);
        const exact_result weight = exact_product(u.weight, power);
        polynomial result(coefficient);
        result.terms[0].powers.push_back({-1 - u.node, weight.value});
        result.fits = weight.exact;
        return result;
    }
    constexpr void add_product(const monomial& a, const monomial& b) {
        const exact_result c = exact_product(a.coefficient, b.coefficient);
        monomial m = a;
        m.coefficient = c.value;
        fits = fits && c.exact;
        for (const operand& p : b.powers) {
            int k = 0;
            while (k < m.powers.size() && m.powers[k].node < p.node) ++k;
            if (k < m.powers.size() && m.powers[k].node == p.node) {
                m.powers[k].weight += p.weight;
                if (m.powers[k].weight == 0) m.powers.erase(k);
                continue;
            }
            if (m.powers.size() == most_generators) fits = false;
            if (!fits) return;
            m.powers.push_back(p);
            for (int j = m.powers.size() - 1; j > k; --j) m.powers[j] = m.powers[j - 1];
            m.powers[k] = p;
        }
        add(m);
    }
    constexpr void add(const monomial& m) {
        for (int k = 0; k < terms.size(); ++k) {
            if (!has_same_powers(terms[k], m)) continue;
            const exact_result sum = exact_sum(terms[k].coefficient, m.coefficient);
            fits = fits && sum.exact;
            const double before = magnitude(terms[k].coefficient) + magnitude(m.coefficient);
            has_cancelled = has_cancelled || 4 * magnitude(sum.value) <= before;
            has_shrunk = has_shrunk || 2 * magnitude(sum.value) < before;
            terms[k].coefficient = sum.value;
            if (sum.value == 0) terms.erase(k);
            return;
        }
        if (terms.size() == most_terms) fits = false;
        else terms.push_back(m);
    }
    static constexpr bool has_same_powers(const monomial& a, const monomial& b) {
        if (a.powers.size() != b.powers.size()) return false;
        for (int k = 0; k < a.powers.size(); ++k) {
            if (a.powers[k].node != b.powers[k].node || a.powers[k].weight != b.powers[k].weight)
                return false;
        }
        return true;
    }

    /// Takes out e^u − 1, u the smallest multiple there, as often as it divides a polynomial of one exponential.
    constexpr void divide_by_expm1(canonical_form& form, operand_list& factors) {
        constexpr int largest_degree = 12;
        int generator = 0;
        double unit = 0;
        for (const monomial& m : terms) {
            if (m.powers.empty()) continue;
            const operand& p = m.powers[0];
            if (m.powers.size() > 1 || p.node >= 0 || (generator != 0 && p.node != generator))
                return;
            generator = p.node;
            if (unit == 0 || p.weight < unit) unit = p.weight;
        }
        if (generator == 0) return;
        double dense[largest_degree + 1]{};
        int degree = 0;
        for (const monomial& m : terms) {
            const double power = m.powers.empty() ? 0 : m.powers[0].weight / unit;
            if (!is_integer(power) || power > largest_degree) return;
            dense[static_cast<int>(power)] = m.coefficient;
            if (static_cast<int>(power) > degree) degree = static_cast<int>(power);
        }
        double power = 0;
        while (degree > 0) {
            double quotient[largest_degree + 1]{};
            double carried = 0;
            bool is_exact = true;
            for (int k = degree; k > 0; --k) {
                const exact_result sum = exact_sum(carried, dense[k]);
                is_exact = is_exact && sum.exact;
                quotient[k - 1] = carried = sum.value;
            }
            if (!is_exact || carried + dense[0] != 0) break;
            for (int k = 0; k < degree; ++k) dense[k] = quotient[k];
            --degree;
            ++power;
        }
        if (power == 0) return;
        const int u = form.scaled(-1 - generator, unit);
        factors.push_back({form.call(kind_of<op::expm1_primitive>, &u, 1), power});
        terms.resize(0);
        for (int k = 0; k <= degree; ++k) {
            if (dense[k] == 0) continue;
            monomial m;
            m.coefficient = dense[k];
            if (k > 0) m.powers.push_back({generator, k * unit});
            terms.push_back(m);
        }
    }
};

}  // namespace chainrule::detail
