// SPDX-License-Identifier: BSL-1.0
/// Sums and quotients of terms number·yᵏ·eᵘ·(atoms), with exact numbers and weights, and which of them dominates for
/// y → ∞. Equal terms cancel as symbols.
#pragma once

#include <chainrule/core/interval.hpp>
#include <chainrule/graph/exact.hpp>
#include <chainrule/graph/handle.hpp>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <vector>

namespace chainrule::detail {

class tail_terms {
protected:
    /// y is x, −x, or ±1/(x − c) next to a pole c. Adds nodes to g.
    tail_terms(graph& g, bool positive_side, long double pole)
        : formula(&g), positive(positive_side), centre(pole) {}

    /// yᵏ, (log y)ᵏ, exp(w·yᵏ), exp(w·node), node^w, the quotient beside the exponential in softplus and what erfc
    /// has beside it.
    enum factor_kind {
        power_of_y,
        log_of_y,
        exp_of_power,
        exp_of_node,
        other,
        softplus_rest,
        erfc_rest
    };
    struct factor {
        int kind;
        double id;  ///< the power in exp_of_power, else a node
        double weight;
        [[nodiscard]] bool same_base(const factor& f) const { return kind == f.kind && id == f.id; }
        [[nodiscard]] bool before(const factor& f) const {
            return kind != f.kind ? kind < f.kind : id < f.id;
        }
    };
    struct term {
        double number = 1;
        std::vector<factor> factors;  ///< ascending
    };
    using polynomial = std::vector<term>;
    struct divisor {
        polynomial base;
        double power;
    };
    struct quotient {
        polynomial numerator;
        std::vector<divisor> divisors;
    };

    static constexpr std::size_t most_terms = 64;
    static constexpr int most_products = 12000;

    graph* formula;
    bool positive;
    long double centre;
    bool failed = false;
    bool meets_roots = false;  ///< a sum has terms under different roots
    bool opens_roots = false;  ///< √(y² + c) is y and a rest, so that such sums can be worked out
    int products = 0;          ///< of terms, so far
    bool has_divided = false;  ///< a sum by itself
    long double valid_from = 0x1p-4L;

    [[nodiscard]] double product(double a, double b) {
        const exact_result p = exact_product(a, b);
        failed = failed || !p.exact;
        return p.value;
    }
    [[nodiscard]] double sum(double a, double b) {
        const exact_result s = exact_sum(a, b);
        failed = failed || !s.exact;
        return s.value;
    }

    static int order(const std::vector<factor>& a, const std::vector<factor>& b) {
        std::size_t i = 0, j = 0;
        while (i < a.size() || j < b.size()) {
            const bool left = j == b.size() || (i < a.size() && a[i].before(b[j]));
            const bool right = i == a.size() || (j < b.size() && b[j].before(a[i]));
            const double u = right ? 0 : a[i].weight, v = left ? 0 : b[j].weight;
            if (u != v) return u < v ? -1 : 1;
            i += right ? 0 : 1;
            j += left ? 0 : 1;
        }
        return 0;
    }

    /// a · b^times
    std::vector<factor> merged(const std::vector<factor>& a, const std::vector<factor>& b,
                               double times = 1) {
        std::vector<factor> result;
        std::size_t i = 0, j = 0;
        while (i < a.size() || j < b.size()) {
            if (j == b.size() || (i < a.size() && a[i].before(b[j]))) {
                result.push_back(a[i++]);
            } else if (i == a.size() || b[j].before(a[i])) {
                result.push_back({b[j].kind, b[j].id, product(b[j].weight, times)});
                ++j;
            } else {
                const double weight = sum(a[i].weight, product(b[j].weight, times));
                if (weight != 0) result.push_back({a[i].kind, a[i].id, weight});
                ++i, ++j;
            }
        }
        return result;
    }

    void add_term(polynomial& p, term t) {
        if (t.number == 0) return;
        auto place = std::lower_bound(p.begin(), p.end(), t, [](const term& a, const term& b) {
            return order(a.factors, b.factors) < 0;
        });
        if (place != p.end() && order(place->factors, t.factors) == 0) {
            place->number = sum(place->number, t.number);
            if (place->number == 0) p.erase(place);
            return;
        }
        failed = failed || p.size() >= most_terms;
        if (!failed) p.insert(place, std::move(t));
    }
    polynomial add(const polynomial& a, const polynomial& b, double weight) {
        polynomial result = a;
        for (const term& t : b) add_term(result, {product(t.number, weight), t.factors});
        return result;
    }
    /// Whole powers of numbers among the factors, as √2·√2 has one, go into the term's number.
    void take_numbers_out(term& t) {
        for (factor& f : t.factors) {
            const double times = elementary::floor(f.weight);
            if (f.kind != other || times == 0 || times > 8 || times < -8) continue;
            const node n = formula->at(static_cast<int>(f.id));
            const bool is_short =
                n.residual == 0 && elementary::floor(n.value * 0x1p16) == n.value * 0x1p16;
            if (n.kind != constant_node || !is_short || !(n.value > 0)) continue;
            const double inverse = 1 / n.value;
            if (times < 0 && !(exact_product(inverse, n.value).exact && inverse * n.value == 1))
                continue;
            for (double k = 0; k < (times < 0 ? -times : times); ++k)
                t.number = product(t.number, times < 0 ? inverse : n.value);
            f.weight -= times;
        }
        t.factors.erase(std::remove_if(t.factors.begin(), t.factors.end(),
                                       [](const factor& f) { return f.weight == 0; }),
                        t.factors.end());
    }
    polynomial multiply(const polynomial& a, const polynomial& b) {
        polynomial result;
        for (const term& u : a) {
            for (const term& v : b) {
                failed = failed || ++products > most_products;
                if (failed) return {};
                term both{product(u.number, v.number), merged(u.factors, v.factors)};
                take_numbers_out(both);
                add_term(result, std::move(both));
            }
        }
        return result;
    }
    polynomial raised_to(const polynomial& a, double times) {
        polynomial result{{1, {}}};
        failed = failed || times > 12;
        for (double k = 0; k < times && !failed; ++k) result = multiply(result, a);
        return result;
    }
    static bool same(const polynomial& a, const polynomial& b) {
        return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const term& u, const term& v) {
            return u.number == v.number && order(u.factors, v.factors) == 0;
        });
    }

    static quotient number_of(double v) { return v == 0 ? quotient{} : quotient{{{v, {}}}, {}}; }
    static quotient single(factor f) { return {{{1, {f}}}, {}}; }

    quotient multiply(const quotient& a, const quotient& b) {
        quotient result{multiply(a.numerator, b.numerator), a.divisors};
        for (const divisor& d : b.divisors) add_divisor(result.divisors, d);
        cancel(result);
        return result;
    }
    void add_divisor(std::vector<divisor>& list, const divisor& d) {
        for (divisor& mine : list) {
            if (same(mine.base, d.base)) {
                mine.power = sum(mine.power, d.power);
                return;
            }
        }
        list.push_back(d);
    }
    /// Divisors with a power that is a negative integer are factors; those of which the numerator is a multiple by
    /// one term are gone.
    void cancel(quotient& q) {
        for (divisor& d : q.divisors) {
            while (d.power >= 1 && divide(q.numerator, d.base)) d.power -= 1;
            if (d.power < 0 && is_integer(d.power)) {
                q.numerator = multiply(q.numerator, raised_to(d.base, -d.power));
                d.power = 0;
            }
        }
        q.divisors.erase(std::remove_if(q.divisors.begin(), q.divisors.end(),
                                        [](const divisor& d) { return d.power == 0; }),
                         q.divisors.end());
    }

    bool divide(polynomial& p, const polynomial& by) {
        if (p.size() != by.size() || p.size() < 2 || failed) return false;
        const term ratio{p[0].number / by[0].number, merged(p[0].factors, by[0].factors, -1)};
        polynomial product{ratio};
        if (failed || !same(p, multiply(product, by))) {
            failed = false;
            return false;
        }
        p = product;
        has_divided = true;
        return true;
    }

    quotient add(const quotient& a, const quotient& b, double weight) {
        quotient result{{}, a.divisors};
        for (const divisor& d : b.divisors) {
            bool found = false;
            for (divisor& mine : result.divisors) {
                if (!same(mine.base, d.base)) continue;
                found = true;
                note_roots(mine.power - d.power);
                mine.power = std::max(mine.power, d.power);
            }
            if (!found) {
                note_roots(d.power);
                result.divisors.push_back(d);
            }
        }
        auto widened = [&](const quotient& q) {
            polynomial n = q.numerator;
            for (const divisor& d : result.divisors) {
                double there = 0;
                for (const divisor& mine : q.divisors) {
                    if (same(mine.base, d.base)) there = mine.power;
                }
                note_roots(d.power - there);
                if (failed) return polynomial{};
                n = multiply(n, raised_to(d.base, d.power - there));
            }
            return n;
        };
        result.numerator = add(widened(a), widened(b), weight);
        if (result.numerator.empty()) result.divisors.clear();
        return result;
    }

    void note_roots(double power) {
        if (is_integer(power)) return;
        failed = meets_roots = true;
    }

    /// 1/p^times
    quotient divided_by(const polynomial& p, double times) {
        quotient result = number_of(1);
        if (p.empty()) failed = true;
        if (failed) return {};
        if (!is_integer(times)) {
            result.divisors.push_back({p, times});
            return result;
        }
        // Not by what vanishes: e^−v + 1 is a number next to 1.
        const auto vanishes = [](const term& t) {
            return std::any_of(t.factors.begin(), t.factors.end(), [](const factor& f) {
                return f.kind == exp_of_node && f.weight < 0;
            });
        };
        const auto chosen = std::find_if_not(p.begin(), p.end(), vanishes);
        const term first = chosen == p.end() ? p[0] : *chosen;
        // Sums that are multiples of one another become one, if their numbers stay exact.
        const double inverse = 1 / first.number;
        bool divides = exact_product(inverse, first.number).exact && inverse * first.number == 1;
        for (const term& t : p) divides = divides && exact_product(t.number, inverse).exact;
        polynomial base;
        for (const term& t : p)
            base.push_back(
                {divides ? t.number * inverse : t.number, merged(t.factors, first.factors, -1)});
        double number = 1;
        for (double k = 0; divides && k < times; ++k) number = product(number, inverse);
        result.numerator = {{number, merged({}, first.factors, -times)}};
        if (base.size() > 1 || base[0].number != 1) result.divisors.push_back({base, times});
        return result;
    }

    /// p^(m/n), n a power of 2, for p = a yᵈ + r and c = a^(1/n) a short number: with t = (a + r y^−d)^(1/n) it is
    /// y^(d m/n)·(cᵐ + r y^−d·s), where s = (tᵐ − cᵐ)/(tⁿ − cⁿ) divided out is an atom. Empty if p is not like that.
    quotient root_of(const polynomial& p, double m, double n) {
        graph& g = *formula;
        const term& first = p[dominating(p)];
        double degree = 0;
        if (!is_power(first, degree)) return {};
        double root = first.number;
        for (double k = n; k > 1; k /= 2) {
            const double square = root;
            root = elementary::narrow<double>(
                elementary::square_root(static_cast<long double>(square)));
            if (!exact_product(root, root).exact || root * root != square) return {};
        }
        double power_of_root = 1;
        for (double k = 0; k < m; ++k) power_of_root = product(power_of_root, root);
        quotient result{{{power_of_root, {{power_of_y, 0, degree * m / n}}}}, {}};
        handle inside = handle(g, g.constant(first.number));
        polynomial rest;
        for (const term& t : p) {
            double k = 0;
            if (!is_power(t, k)) return {};
            if (k == degree) continue;
            if (!is_integer(k - degree)) return {};
            inside = inside + t.number * power_of_y_node(k - degree);
            add_term(rest, {t.number, {{power_of_y, 0, k - degree + degree * m / n}}});
        }
        if (rest.empty() || failed) return result;
        // tᵏ⁻¹ + c tᵏ⁻² + … + cᵏ⁻¹
        auto quotient_sum = [&](double terms) {
            handle sum = handle(g, g.constant(1));
            for (double k = 1; k < terms; ++k) sum = raised(inside, k / n) + root * sum;
            return sum;
        };
        quotient secant = atom(quotient_sum(n).node, -1);
        if (m > 1) secant = multiply(secant, atom(quotient_sum(m).node));
        return add(result, multiply({rest, {}}, secant), 1);
    }

    quotient power_of(const quotient& q, double weight) {
        quotient result = number_of(1);
        if (opens_roots && q.divisors.empty() && !is_integer(weight) && is_integer(8 * weight) &&
            is_positive_far_out(q.numerator)) {
            const double whole_weight = elementary::floor(weight);
            double m = weight - whole_weight, n = 1;
            while (!is_integer(m)) m *= 2, n *= 2;
            const quotient root = root_of(q.numerator, m, n);
            if (!root.numerator.empty()) return multiply(power_of(q, whole_weight), root);
        }
        if (weight > 0 && is_integer(weight)) {
            result.numerator = raised_to(q.numerator, weight);
        } else {
            // A power of y is one whatever the exponent.
            double k = 0;
            if (q.divisors.empty() && q.numerator.size() == 1 && q.numerator[0].number == 1 &&
                is_power(q.numerator[0], k))
                return {{{1, merged({}, q.numerator[0].factors, weight)}}, {}};
            // √2 is an atom.
            if (!is_integer(weight) && q.divisors.empty() && q.numerator.size() == 1 &&
                q.numerator[0].factors.empty() && q.numerator[0].number != 1)
                failed = true;
            // (1/d²)^½ is 1/|d|: powers that are no integers are left to plain sums.
            if (!is_integer(weight) && (!q.divisors.empty() || !is_positive_far_out(q.numerator)))
                failed = true;
            result = divided_by(q.numerator, -weight);
        }
        for (const divisor& d : q.divisors)
            add_divisor(result.divisors, {d.base, product(d.power, weight)});
        cancel(result);
        return result;
    }

    static quotient atom(int i, double weight = 1) {
        return single({other, static_cast<double>(i), weight});
    }

    /// yᵏ as a node.
    handle power_of_y_node(double k) {
        graph& g = *formula;
        const double sign = positive || is_integer(k / 2) ? 1 : -1;
        const handle x(g, g.symbol("x"));
        if (centre == unlimited) return sign * raised(x, k);
        return sign * raised(x - elementary::narrow<double>(centre), -k);
    }

    /// Whether a term is number·yᵏ.
    static bool is_power(const term& t, double& k) {
        k = 0;
        if (t.factors.empty()) return true;
        k = t.factors[0].weight;
        return t.factors.size() == 1 && t.factors[0].kind == power_of_y;
    }

    static double weight_of(const std::vector<factor>& factors, int kind, double id) {
        for (const factor& f : factors) {
            if (f.kind == kind && f.id == id) return f.weight;
        }
        return 0;
    }
    /// Whether a grows faster than b: by exponentials of high powers first, then by the power.
    static bool grows_faster(const std::vector<factor>& a, const std::vector<factor>& b) {
        std::vector<double> ids;
        for (const auto* list : {&a, &b}) {
            for (const factor& f : *list) {
                if (f.kind == exp_of_power && f.id > 0) ids.push_back(f.id);
            }
        }
        std::sort(ids.begin(), ids.end());
        for (std::size_t k = ids.size(); k-- > 0;) {
            const double u = weight_of(a, exp_of_power, ids[k]),
                         v = weight_of(b, exp_of_power, ids[k]);
            if (u != v) return u > v;
        }
        const double u = weight_of(a, power_of_y, 0), v = weight_of(b, power_of_y, 0);
        return u != v ? u > v : weight_of(a, log_of_y, 0) > weight_of(b, log_of_y, 0);
    }
    static std::vector<factor> size_of(const term& t) {
        std::vector<factor> result;
        for (const factor& f : t.factors) {
            if (f.kind < exp_of_power || (f.kind == exp_of_power && f.id > 0)) result.push_back(f);
        }
        return result;
    }
    static std::size_t dominating(const polynomial& p) {
        std::size_t best = 0;
        for (std::size_t k = 1; k < p.size(); ++k) {
            if (grows_faster(size_of(p[k]), size_of(p[best]))) best = k;
        }
        return best;
    }
    static bool is_positive_far_out(const polynomial& p) {
        if (p.empty()) return false;
        const term& t = p[dominating(p)];
        return t.number > 0 && std::all_of(t.factors.begin(), t.factors.end(), [](const factor& f) {
                   return f.kind != other;
               });
    }
};

}  // namespace chainrule::detail
