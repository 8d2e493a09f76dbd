// SPDX-License-Identifier: BSL-1.0
/// A formula far out, as a ratio of sums of xᵏ·eᵘ·(factors that neither grow nor shrink like these), each sum
/// divided by its dominating term: eˣ/(2 + eˣ) is 1/(2e⁻ˣ + 1). Equal terms of numerators cancel as
/// symbols, so that the sign of a slope is known where interval arithmetic sees ∞ − ∞, ∞/∞ or 1 − 1.
#pragma once

#include <chainrule/analysis/enclosing_program.hpp>
#include <chainrule/analysis/tail_expansion.hpp>

namespace chainrule::detail {

/// The form for x → inf, or in y = −x for x → −inf, or in y = ±1/(x − c) next to a pole c. Valid for
/// y > `valid_from`.
class tail_form : tail_expansion {
public:
    /// `valid` stays false if the formula has no such form, or one that says nothing new. Adds nodes to g.
    tail_form(graph& g, int root, bool positive_side, long double pole = unlimited)
        : tail_expansion(g, root, positive_side, pole) {
        if (centre != unlimited && elementary::floor(centre * 0x1p16L) != centre * 0x1p16L) return;
        whole = expanded(root);
        if (meets_roots && centre == unlimited) {
            opens_roots = true;
            begin_again();
            whole = expanded(root);
        }
        valid = !failed && says_something(root);
        if (!valid) return;
        find_nodes(whole.numerator);
        for (divisor& d : whole.divisors) find_nodes(d.base);
        program = enclosing_program(g, nodes);
        std::vector<factor> all_outside;
        numerator = scaled(whole.numerator, 1, all_outside);
        for (const divisor& d : whole.divisors)
            bases.push_back(scaled(d.base, -d.power, all_outside));
        outside = monomial_of(all_outside);
        forget_formula();
    }

    bool valid = false;

    /// Encloses the formula on x; everything if the form says nothing there.
    [[nodiscard]] enclosure range(const enclosure& x) const {
        const bool is_far = centre == unlimited;
        const enclosure away =
            is_far ? enclosure(x.lo, x.hi) : enclosure(x.lo, x.hi) - enclosure(centre);
        const enclosure distance = positive ? away : -away;
        // Next to 0 above it, if it is the end.
        const enclosure y = is_far
            ? distance
            : reciprocal(enclosure(distance.lo, distance.hi, distance.lo == 0, false));
        if (!(y.lo > valid_from)) return everything;
        if (whole.numerator.empty()) return {0};
        std::vector<enclosure> values(nodes.size());
        if (!nodes.empty()) program.run(x, values.data(), nodes.size());
        enclosure result = value_of(numerator, y, values);
        for (std::size_t i = 0; i < bases.size(); ++i) {
            const divisor& d = whole.divisors[i];
            const enclosure base = value_of(bases[i], y, values);
            if (base.is_empty() || base.broken || !(base.lo > 0 || base.hi < 0)) return everything;
            if (!(base.lo > 0) && d.power != elementary::floor(d.power)) return everything;
            const auto power_of = static_cast<long double>(d.power);
            result =
                power_of > 0 ? result / power(base, power_of) : result * power(base, -power_of);
        }
        if (result.is_empty() || result.broken) return everything;
        // In the limit nothing may be multiplied by 0 that is not known to be finite.
        if (y.hi == unlimited && (is_infinite(result.lo) || is_infinite(result.hi)))
            return everything;
        const enclosure size = value_of(outside, y, values);
        if (size.is_empty() || size.broken) return everything;
        result = result * size;
        return {result.lo, result.hi};
    }

private:
    quotient whole;
    std::vector<int> nodes;
    enclosing_program program;

    /// A product of factors, apart by what is done with them.
    struct monomial {
        long double power = 0;             ///< of y
        long double logs = 0;              ///< the power of log y
        std::vector<factor> exponentials;  ///< of powers of y, the highest first
        std::vector<factor> others;
    };
    /// A polynomial divided by the size of its dominating term.
    struct scaled_sum {
        bool is_exact = true;
        std::vector<std::pair<double, monomial>> terms;
    };
    scaled_sum numerator;
    std::vector<scaled_sum> bases;  ///< of the divisors
    monomial outside;               ///< what all were divided by

    /// A product says nothing that its factors do not, unless an exponential in one of them has met another;
    /// a sum does, even if only a product is left of it.
    [[nodiscard]] bool says_something(int root) const {
        const bool is_product = whole.divisors.empty() && whole.numerator.size() == 1;
        const bool is_sum = formula->at(root).kind == sum_node;
        if (!is_product || has_divided)
            return is_sum || !whole.numerator.empty() || !whole.divisors.empty();
        const std::vector<factor>& factors = whole.numerator[0].factors;
        if (std::any_of(factors.begin(), factors.end(),
                        [](const factor& f) { return f.kind > other; }))
            return true;
        return is_sum && !(factors.size() == 1 && factors[0].kind == other);
    }

    void find_nodes(polynomial& p) {
        for (term& t : p) {
            for (factor& f : t.factors) {
                if (f.kind < exp_of_node) continue;
                const bool is_erfc = f.kind == erfc_rest && f.id < 0;
                const int node = static_cast<int>(is_erfc ? -1 - f.id : f.id);
                auto place = std::find(nodes.begin(), nodes.end(), node);
                const auto index = static_cast<double>(place - nodes.begin());
                if (place == nodes.end()) nodes.push_back(node);
                f.id = is_erfc ? -1 - index : index;
            }
        }
    }

    /// p divided by the size of its dominating term, which goes into `all_outside` with the given weight.
    [[nodiscard]] static scaled_sum scaled(const polynomial& p, double weight,
                                           std::vector<factor>& all_outside) {
        scaled_sum result;
        if (p.empty()) return result;
        const term& largest = p[dominating(p)];
        std::vector<factor> size = size_of(largest);
        // What all terms share, as e^(−eʸ), stays beside what it must be seen with.
        for (const factor& f : largest.factors) {
            const bool is_shared =
                f.kind == exp_of_node && std::all_of(p.begin(), p.end(), [&](const term& t) {
                    return weight_of(t.factors, f.kind, f.id) == f.weight;
                });
            if (is_shared) size.push_back(f);
        }
        for (const factor& f : size)
            result.is_exact = multiply_into(all_outside, f, weight) && result.is_exact;
        for (const term& t : p) {
            std::vector<factor> ratio = t.factors;
            for (const factor& f : size)
                result.is_exact = multiply_into(ratio, f, -1) && result.is_exact;
            result.terms.push_back({t.number, monomial_of(ratio)});
        }
        return result;
    }
    static enclosure value_of(const scaled_sum& p, const enclosure& y,
                              const std::vector<enclosure>& values) {
        if (!p.is_exact) return broken(everything);
        enclosure total{0};
        for (const auto& [number, m] : p.terms) {
            const enclosure value = value_of(m, y, values);
            if (value.is_empty() || value.broken) return broken(everything);
            total = total + enclosure(static_cast<long double>(number)) * value;
        }
        return total;
    }
    /// list · f^times; false if a weight would be rounded.
    static bool multiply_into(std::vector<factor>& list, const factor& f, double times) {
        const exact_result weight = exact_product(f.weight, times);
        for (factor& mine : list) {
            if (!mine.same_base(f)) continue;
            const exact_result total = exact_sum(mine.weight, weight.value);
            mine.weight = total.value;
            return weight.exact && total.exact;
        }
        list.push_back({f.kind, f.id, weight.value});
        return weight.exact;
    }

    /// yᵏ·e^(−s·y) with k, s > 0 rises to y = k/s and falls behind it.
    static enclosure hump(const enclosure& y, long double k, long double s) {
        auto at = [&](long double v) {
            return v == unlimited
                ? enclosure(0)
                : power(enclosure(v), k) * op::exp_primitive::range(enclosure(-s) * enclosure(v));
        };
        const long double top = k / s;
        enclosure result = hull(at(y.lo), at(y.hi));
        if (y.lo < top * (1 + 0x1p-50L) && y.hi > top * (1 - 0x1p-50L)) {
            const enclosure near{top * (1 - 0x1p-50L), top * (1 + 0x1p-50L)};
            result = hull(result, power(near, k) * op::exp_primitive::range(enclosure(-s) * near));
        }
        return result;
    }

    /// u·v; what is 0·∞ stays unknown whatever else it is multiplied by.
    static enclosure times(const enclosure& u, const enclosure& v) {
        const enclosure result = u * v;
        const bool is_unknown = result.lo == -unlimited && result.hi == unlimited;
        return {result.lo, result.hi, false, false, u.broken || v.broken || is_unknown};
    }

    static monomial monomial_of(const std::vector<factor>& factors) {
        monomial result;
        for (const factor& f : factors) {
            if (f.weight == 0) continue;
            if (f.kind == power_of_y) result.power = static_cast<long double>(f.weight);
            if (f.kind == log_of_y) result.logs = static_cast<long double>(f.weight);
            if (f.kind == exp_of_power) result.exponentials.push_back(f);
            if (f.kind >= exp_of_node) result.others.push_back(f);
        }
        std::sort(result.exponentials.begin(), result.exponentials.end(),
                  [](const factor& a, const factor& b) { return a.id > b.id; });
        return result;
    }

    static enclosure value_of(const monomial& m, const enclosure& y,
                              const std::vector<enclosure>& values) {
        long double k = m.power, logs = m.logs;
        const std::vector<factor>& powers = m.exponentials;
        const bool has_powers = !powers.empty() && powers[0].id > 0;
        enclosure result{1}, exponent{0};
        bool has_exponent = false;
        if (logs != 0 && has_powers) {
            const enclosure t = op::log_primitive::range(y);
            const bool is_last = logs > 0 && y.hi == unlimited;  // log y is y·(log y)/y
            result = is_last ? power(hump(t, 1, 1), logs) : power_and_log(y, 0, logs);
            if (is_last) k += logs;
            logs = 0;
        }
        for (const factor& f : m.others) {
            const auto weight = static_cast<long double>(f.weight);
            const bool is_erfc = f.kind == erfc_rest && f.id < 0;
            const enclosure& u = values[static_cast<std::size_t>(is_erfc ? -1 - f.id : f.id)];
            if (u.is_empty() || u.broken) return broken(everything);
            if (y.hi == unlimited && f.kind == other && (is_infinite(u.lo) || is_infinite(u.hi)))
                return broken(everything);
            if (f.kind == exp_of_node) {
                has_exponent = true;
                exponent = exponent + enclosure(weight) * u;
            } else {
                const enclosure v = f.kind == softplus_rest ? softplus_beside_exp(u)
                    : f.kind == erfc_rest                   ? erfc_beside_exp(u, !is_erfc)
                                                            : u;
                result =
                    times(result, weight > 0 ? power(v, weight) : reciprocal(power(v, -weight)));
            }
        }
        const enclosure plain = result;
        const bool has_both = has_exponent && has_powers;
        if (!has_powers) {
            if (k != 0 || logs != 0) result = times(result, power_and_log(y, k, logs));
            for (const factor& f : powers) {
                has_exponent = true;
                exponent = exponent +
                    enclosure(static_cast<long double>(f.weight)) *
                        (f.id == 0 ? enclosure(1) : power_bound(y, static_cast<long double>(f.id)));
            }
        } else {
            // The exponent is y^top·(w + …); it is at most −s·y, or at least s·y.
            const auto top = static_cast<long double>(powers[0].id);
            enclosure inner{0};
            for (const factor& f : powers) {
                const auto id = static_cast<long double>(f.id);
                inner = inner +
                    enclosure(static_cast<long double>(f.weight)) *
                        (id == top ? enclosure(1) : power_bound(y, id - top));
            }
            const enclosure steepness = top == 1 ? inner : inner * power_bound(y, top - 1);
            enclosure value = op::exp_primitive::range(steepness * y);
            if (k != 0 && powers.size() == 1 && top == 1) {
                const auto w = static_cast<long double>(powers[0].weight);
                if (k > 0 && w < 0) {
                    value = hump(y, k, -w);
                } else if (k < 0 && w > 0) {
                    const enclosure falls = hump(y, -k, w);
                    value = reciprocal(enclosure(falls.lo, falls.hi, true, false));
                } else {
                    value = times(value, power_bound(y, k));
                }
            } else if (k != 0) {
                value = times(value, power_bound(y, k));
                if (k > 0 && steepness.hi < 0)
                    value = both(value, {0, hump(y, k, -steepness.hi).hi});
            }
            result = times(result, value);
        }
        if (has_exponent) result = times(result, op::exp_primitive::range(exponent));
        if (!has_both) return result;
        // All in one exponential: e^(2y) may overflow where e^(2y − e^y) vanishes.
        for (const factor& f : powers) {
            exponent = exponent +
                enclosure(static_cast<long double>(f.weight)) *
                    power_bound(y, static_cast<long double>(f.id));
        }
        enclosure other_form = times(plain, op::exp_primitive::range(exponent));
        if (k != 0) other_form = times(other_form, power_bound(y, k));
        if (other_form.is_empty() || other_form.broken) return result;
        return result.broken ? other_form : both(result, other_form);
    }
    /// yᵏ for y > 0; at ∞ the limit.
    static enclosure power_bound(const enclosure& y, long double k) { return power(y, k); }
    /// yᵏ·(log y)ᵐ for y > 1: with y = eᵗ a hump if one of the two falls.
    static enclosure power_and_log(const enclosure& y, long double k, long double m) {
        if (m == 0) return power_bound(y, k);
        const enclosure t = op::log_primitive::range(y);
        const enclosure logs = m > 0 ? power(t, m) : reciprocal(power(t, -m));
        if (k == 0) return logs;
        const enclosure product = times(power_bound(y, k), logs);
        if ((k > 0) == (m > 0)) return product;
        enclosure result = hump(t, m > 0 ? m : -m, k > 0 ? k : -k);
        if (k > 0) result = reciprocal(enclosure(result.lo, result.hi, true, false));
        return product.broken ? result : both(result, product);
    }

    /// log1p(eᵘ)/eᵘ falls from 1.
    static enclosure softplus_beside_exp(const enclosure& u) {
        auto at = [](long double v) {
            if (v < -5000) return enclosure(1 - 0x1p-62L, 1);
            if (v > 5000) return enclosure(0, 0x1p-60L);
            return op::softplus_primitive::range(enclosure(v)) /
                op::exp_primitive::range(enclosure(v));
        };
        return {std::max(at(u.hi).lo, 0.0L), std::min(at(u.lo).hi, 1.0L)};
    }
    /// r in erfc(u) = e^(−u²)/(√π u)·(1 − r/u²), or in Φ(−u) = e^(−u²/2)/(√(2π) u)·(1 − r/u²), u > 0: it is
    /// ∫ e^−s·u²(1 − e^(−c s²/u²)) ds with c = ¼ or ½, and rises from 0 to 2c.
    static enclosure erfc_beside_exp(const enclosure& u, bool is_normal) {
        if (!(u.lo > 0)) return broken(everything);
        const enclosure limit(is_normal ? 1 : 0.5L);
        auto at = [&](long double v) {
            if (v == unlimited) return limit;
            const enclosure square = power(enclosure(v), 2);
            if (v > 12) {
                // limit·(1 − 3t + 3·5t² − …), t = limit/v²: what is left out lies between 0 and the next term.
                const enclosure t = limit / square;
                enclosure sum{0}, term = limit;
                for (int n = 1; n <= 30 && term.hi > 0x1p-70L; ++n) {
                    sum = n % 2 == 1 ? sum + term : sum - term;
                    term = term * enclosure(2.0L * n + 1) * t;
                }
                return sum + enclosure(-term.hi, term.hi);
            }
            const enclosure scale = power(enclosure(is_normal ? 2 : 1) * enclosed_pi, 0.5L);
            const enclosure ratio = is_normal
                ? op::normal_cdf_primitive::range(enclosure(-v)) *
                    op::exp_primitive::range(enclosure(0.5L) * square)
                : op::erfc_primitive::range(enclosure(v)) * op::exp_primitive::range(square);
            return square * (enclosure(1) - scale * enclosure(v) * ratio);
        };
        return {std::max(at(u.lo).lo, 0.0L), std::min(at(u.hi).hi, limit.hi)};
    }
};

}  // namespace chainrule::detail
