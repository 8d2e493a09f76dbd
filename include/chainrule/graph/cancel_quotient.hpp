// SPDX-License-Identifier: BSL-1.0
/// What the quotient rule and the product rule leave: terms over powers of one divisor, or with powers of one factor,
/// that nearly cancel where something is large or small.
///
///     a·(u + v)^p − a·u·(u + v)^(p − 1)     is   a·v·(u + v)^(p − 1)
///     a·r^p − a·u²·r^(p − 2)                is   a·v·r^(p − 2),    r = √(u² + v)
///     a·(u + 1) − a                         is   a·u
///     2·a·(u + 1)·σ(v) − a                  is   a·tanh(v/2) + 2·a·u·σ(v)
///
/// and so on for any number of terms: they are brought over the lowest power of their divisor and multiplied out
/// (polynomial.hpp), and where parts cancel, entirely or to a small part, what is left stands for them. Powers may be any
/// numbers, 1/3 too, as long as they differ by whole ones. A function and not rows of a table, because patterns have
/// no symbol for a power. Where both sides have a value they are the same number; the new one has the limit where the
/// old one is ∞/∞ − ∞/∞.
#pragma once

#include <chainrule/graph/polynomial.hpp>

namespace chainrule::detail {

/// One term of a sum as coefficient · Π factors. Products among the factors, which programs share, are taken
/// apart.
class quotient_term {
public:
    constexpr quotient_term() = default;
    constexpr quotient_term(const canonical_form& form, operand term) : coefficient(term.weight) {
        if (form.out.at(term.node).kind == product_node) add(form, {term.node, 1});
        else factors.push_back({term.node, 1});
    }

    double coefficient = 1;  ///< 0 if it is not exact
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

/// Whether something is divided by in a term or a sum is a factor of it, or a product among its factors may hide that.
constexpr bool may_have_divisor(const canonical_form& form, operand term) {
    const node& n = form.out.at(term.node);
    for (int k = 0; k < n.count && n.kind == product_node; ++k) {
        const operand f = form.out.child(n, k);
        const int kind = form.out.at(f.node).kind;
        if (f.weight < 0 || kind == product_node || kind == sum_node ||
            kind == kind_of<op::pow_primitive>)
            return true;
    }
    return n.kind == kind_of<op::pow_primitive>;
}

/// Looks through the divisors of one sum for terms that cancel.
class quotient_cancellation {
public:
    constexpr explicit quotient_cancellation(canonical_form& target) : form(target) {}

    constexpr int run(int i) {
        const node n = form.out.at(i);
        if (n.kind != sum_node || n.count > most_terms) return -1;
        bool divides = false;
        for (int k = 0; k < n.count; ++k)
            divides = divides || may_have_divisor(form, form.out.child(n, k));
        if (!divides) return -1;
        const operand_list all = form.children(n);
        for (int k = 0; k < all.size(); ++k) terms.push_back(quotient_term(form, all[k]));
        for (int k = 0; k < all.size(); ++k) {
            for (const operand& f : terms[k].factors) {
                divisor = base_of(f.node);
                if (divisor < 0) continue;
                const bool multiplies = power_of(f) >= 1;
                if (multiplies && form.out.at(f.node).kind != sum_node) continue;
                int others = 0;
                for (int j = 0; j < all.size(); ++j) {
                    has_divisor[j] = has_power(terms[j]);
                    powers[j] = has_divisor[j] ? total_power(terms[j]) : 0;
                    if (multiplies && has_common_factor(terms[j], terms[k])) has_divisor[j] = true;
                }
                for (int j = 0; j < all.size(); ++j)
                    others += has_divisor[j] && powers[j] != powers[k] ? 1 : 0;
                if (others == 0) continue;
                // Pairs first: what stands beside them stays as it is.
                for (int j = 0; j < all.size(); ++j) {
                    if (!has_divisor[j] || powers[j] == powers[k]) continue;
                    taken.fill(all.size(), 0);
                    taken[j] = taken[k] = 1;
                    const int pair = cancelled();
                    if (pair >= 0) return with(pair, all, n.value);
                }
                if (others < 2) continue;
                taken.resize(0);
                for (int j = 0; j < all.size(); ++j)
                    taken.push_back(static_cast<char>(has_divisor[j]));
                const int together = cancelled();
                if (together >= 0) return with(together, all, n.value);
            }
        }
        return -1;
    }

private:
    static constexpr int most_terms = 12;
    canonical_form& form;  // NOLINT(cppcoreguidelines-avoid-const-or-ref-data-members)
    small_list<quotient_term, most_terms> terms;
    int divisor = -1;  ///< a sum, or √(u² + v) for u² + v
    bool has_divisor[most_terms]{};
    double powers[most_terms]{};  ///< of the divisor
    flag_list taken;

    constexpr int with(int replacement, const operand_list& all, double constant) {
        operand_list rest{operand{replacement, 1}};
        for (int k = 0; k < all.size(); ++k) {
            if (taken[k] == 0) rest.push_back(all[k]);
        }
        return form.sum(rest, constant);
    }

    /// The sum that a factor is a power of; −1 for others.
    [[nodiscard]] constexpr int base_of(int factor) const {
        const node& n = form.out.at(factor);
        if (n.kind == sum_node || n.kind == kind_of<op::root_sum_square_primitive>) return factor;
        if (n.kind != kind_of<op::pow_primitive>) return -1;
        const int base = form.out.child(n, 0).node;
        const bool is_number = !has_symbol(form.out.child(n, 1).node);
        return form.out.at(base).kind == sum_node && is_number ? base : -1;
    }
    /// Its power; that of u² + v where it is a power of √(u² + v).
    [[nodiscard]] constexpr double power_of(const operand& factor) const {
        const node& n = form.out.at(factor.node);
        if (n.kind == kind_of<op::root_sum_square_primitive>) return factor.weight / 2;
        if (n.kind == sum_node) return factor.weight;
        return factor.weight * number_of(form.out.child(n, 1).node);
    }
    [[nodiscard]] constexpr bool has_symbol(int i) const {
        const node& n = form.out.at(i);
        if (n.kind != constant_node && n.kind != sum_node && n.kind != product_node) return true;
        for (int k = 0; k < n.count; ++k) {
            const operand c = form.out.child(n, k);
            if (has_symbol(c.node) || (n.kind == product_node && magnitude(c.weight) != 1))
                return true;
        }
        return false;
    }
    [[nodiscard]] constexpr double number_of(int i) const {
        const node& n = form.out.at(i);
        double result = n.value;
        for (int k = 0; k < n.count; ++k) {
            const operand c = form.out.child(n, k);
            const double value = number_of(c.node);
            if (n.kind == sum_node) result += c.weight * value;
            else result = c.weight > 0 ? result * value : result / value;
        }
        return result;
    }
    [[nodiscard]] constexpr bool has_power(const quotient_term& t) const {
        for (const operand& f : t.factors) {
            if (base_of(f.node) == divisor) return true;
        }
        return false;
    }
    [[nodiscard]] constexpr double total_power(const quotient_term& t) const {
        double result = 0;
        for (const operand& f : t.factors) {
            if (base_of(f.node) == divisor) result += power_of(f);
        }
        return result;
    }

    static constexpr double power_in(const quotient_term& t, int factor) {
        for (const operand& f : t.factors) {
            if (f.node == factor) return f.weight;
        }
        return 0;
    }

    [[nodiscard]] constexpr bool has_common_factor(const quotient_term& a,
                                                   const quotient_term& b) const {
        for (const operand& f : a.factors) {
            if (form.out.at(f.node).kind != constant_node && base_of(f.node) != divisor &&
                power_in(b, f.node) != 0)
                return true;
        }
        return false;
    }

    /// The factors of the terms taken, but for the divisor, each with the lowest of its powers there.
    [[nodiscard]] constexpr operand_list common_factors() const {
        operand_list result;
        for (int k = 0; k < terms.size(); ++k) {
            if (taken[k] == 0) continue;
            for (const operand& f : terms[k].factors) {
                bool is_known = base_of(f.node) == divisor;
                for (const operand& c : result) is_known = is_known || c.node == f.node;
                if (is_known) continue;
                operand lowest = f;
                for (int j = 0; j < terms.size(); ++j) {
                    const double power = power_in(terms[j], f.node);
                    if (taken[j] != 0 && power < lowest.weight) lowest.weight = power;
                }
                result.push_back(lowest);
            }
        }
        return result;
    }

    /// The terms taken as one, if parts of them cancel; else −1.
    constexpr int cancelled() {
        int lowest = -1;
        for (int k = 0; k < terms.size(); ++k) {
            if (taken[k] != 0 && (lowest < 0 || powers[k] < powers[lowest])) lowest = k;
        }
        const node base = form.out.at(divisor);
        polynomial sum;
        if (base.kind == sum_node) {
            sum = polynomial::of_sum(form, base);
        } else {
            sum = polynomial::of_power(form, {form.out.child(base, 0).node, 2});
            sum.add(polynomial::of_power(form, {form.out.child(base, 1).node, 1}));
        }
        const operand_list common = common_factors();
        operand_list result;
        for (const operand& f : terms[lowest].factors) {
            if (base_of(f.node) == divisor) result.push_back(f);
        }
        for (const operand& c : common) {
            if (c.weight != 0) result.push_back(c);
        }
        polynomial total;
        double most = 0;
        for (int k = 0; k < terms.size(); ++k) {
            if (taken[k] == 0) continue;
            const double steps = powers[k] - powers[lowest];
            const double whole = elementary::floor(steps + 0.5);
            if (magnitude(steps - whole) > 1e-12 || whole > 4 || terms[k].coefficient == 0)
                return -1;
            if (whole > most) most = whole;
            polynomial term(terms[k].coefficient);
            for (const operand& c : common) {
                const double rest = power_in(terms[k], c.node) - c.weight;
                if (rest == 0) continue;
                // A number here is one that others are divided by: kept as a factor, it cancels exactly.
                const bool is_number = form.out.at(c.node).kind == constant_node;
                term = term.times(is_number ? polynomial::of_factor({c.node, rest})
                                            : polynomial::of_power(form, {c.node, rest}));
            }
            for (double k_left = whole; k_left > 0; --k_left) term = term.times(sum);
            total.add(term);
            if (!total.fits) return -1;
        }
        total.pair_sigmoids(form);
        // Higher powers of the sum overflow earlier: only for digits that are lost otherwise.
        if (!total.has_cancelled && !(total.has_shrunk && most <= 1)) return -1;
        result.push_back({total.to_node(form), 1});
        return form.product(result, 1);
    }
};

/// A sum of multiples of exponentials that vanishes where they are 1, as e^(2u) − e^(−u), without that difference;
/// −1 for others.
constexpr int cancel_exponentials(canonical_form& form, int i) {
    const node n = form.out.at(i);
    if (n.kind != sum_node || n.count > polynomial::most_terms) return -1;
    double total = n.value;
    for (int k = 0; k < n.count; ++k) {
        const operand term = form.out.child(n, k);
        if (form.out.at(term.node).kind != kind_of<op::exp_primitive>) return -1;
        total += term.weight;
    }
    if (total != 0) return -1;
    polynomial sum = polynomial::of_sum(form, n);
    return sum.fits && sum.has_one_generator() ? sum.to_node(form) : -1;
}

/// The sum `i` with the terms over powers of one divisor that cancel as one; −1 if it has none.
constexpr int cancel_quotient(canonical_form& form, int i) {
    return quotient_cancellation(form).run(i);
}

}  // namespace chainrule::detail
