// SPDX-License-Identifier: BSL-1.0
/// A formula far out, as a ratio of sums of xᵏ·eᵘ·(factors that neither grow nor shrink like these), each sum
/// divided by its dominating term: eˣ/(2 + eˣ) is 1/(2e⁻ˣ + 1). Equal terms of numerators cancel as
/// symbols, so that the sign of a slope is known where interval arithmetic sees ∞ − ∞, ∞/∞ or 1 − 1.
#pragma once

#include <chainrule/analysis/enclosing_program.hpp>
#include <chainrule/graph/exact.hpp>
#include <chainrule/graph/handle.hpp>

namespace chainrule::detail {

/// The form for x → inf, or in y = −x for x → −inf, or in y = ±1/(x − c) next to a pole c. Valid for
/// y > `valid_from`.
class tail_form {
public:
    /// `valid` stays false if the formula has no such form, or one that says nothing new. Adds nodes to g.
    tail_form(graph& g, int root, bool positive_side, long double pole = unlimited)
        : formula(&g), positive(positive_side), centre(pole) {
        if (centre != unlimited && elementary::floor(centre * 0x1p16L) != centre * 0x1p16L) return;
        known.resize(static_cast<std::size_t>(root) + 1);
        whole = expanded(root);
        if (meets_roots && centre == unlimited) {
            opens_roots = true;
            failed = false;
            products = 0;
            std::fill(known.begin(), known.end(), known_quotient{});
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
        known.clear();
        formula = nullptr;
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
    struct known_quotient {
        bool is_known = false;
        quotient value;
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
    std::vector<known_quotient> known;
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

    // ------------------------------------------------------------------- arithmetic of symbols

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

    // ------------------------------------------------------------------- from graph to symbols

    quotient expanded(int i) {
        if (failed) return {};
        const auto at = static_cast<std::size_t>(i);
        if (at < known.size() && known[at].is_known) return known[at].value;
        quotient result = expand(i);
        if (failed && products <= most_products) {
            failed = false;
            result = atom(i);
        }
        if (at < known.size()) known[at] = {true, result};
        return result;
    }
    static quotient atom(int i, double weight = 1) {
        return single({other, static_cast<double>(i), weight});
    }

    quotient expand(int i) {
        graph& g = *formula;
        const node n = g.at(i);
        if (n.kind == constant_node) {
            const bool is_short =
                n.residual == 0 && elementary::floor(n.value * 0x1p16) == n.value * 0x1p16;
            return is_short ? number_of(n.value) : atom(i);
        }
        if (n.kind == symbol_node) {
            const double sign = positive ? 1 : -1;
            if (centre == unlimited) return {{{sign, {{power_of_y, 0, 1}}}}, {}};
            quotient s = number_of(elementary::narrow<double>(centre));
            add_term(s.numerator, {sign, {{power_of_y, 0, -1}}});
            return s;
        }
        if (n.kind == sum_node) {
            if (n.residual != 0) return atom(i);
            quotient total = expanded(g.constant(n.value));
            for (int k = 0; k < n.count && !failed; ++k) {
                const operand c = g.child(n, k);
                total = add_weighted(total, expanded(c.node), c.weight);
            }
            return total;
        }
        if (n.kind == product_node) {
            quotient total = expanded(g.constant(n.value, n.residual));
            for (int k = 0; k < n.count && !failed; ++k) {
                const operand c = g.child(n, k);
                quotient raised = power_of(expanded(c.node), c.weight);
                if (failed && products <= most_products) {
                    failed = false;
                    raised = atom(c.node, c.weight);
                }
                total = multiply(total, raised);
            }
            return total;
        }
        if (n.count == 0) return atom(i);
        return expand_call(i, n);
    }

    quotient add_weighted(const quotient& a, const quotient& b, double weight) {
        const bool is_short = elementary::floor(weight * 0x1p16) == weight * 0x1p16;
        if (is_short) return add(a, b, weight);
        return add(a, multiply(b, atom(formula->constant(weight))), 1);
    }

    quotient expand_call(int i, const node& n) {
        graph& g = *formula;
        const std::string_view name = primitive_of(n.kind).name;
        const int u = g.child(n, 0).node;
        if (name == "exp") return exponential(u, 1);
        if (name == "log" || name == "log1p") {
            const quotient l = logarithm(add(expanded(u), number_of(name == "log" ? 0 : 1), 1));
            return l.numerator.empty() ? atom(i) : l;
        }
        if (name == "asinh") {
            // log |u| + log(1 + √(1 + 1/u²)), with the sign of u
            const int sign = far_sign(expanded(u));
            if (sign == 0) return atom(i);
            const quotient l = logarithm(multiply(expanded(u), number_of(sign)));
            if (l.numerator.empty()) return atom(i);
            const handle rest = raised(1.0 + raised(handle(g, u), -2), 0.5);
            const quotient small = atom(handle_call<op::log1p_primitive>(rest).node);
            return multiply(add(l, small, 1), number_of(sign));
        }
        if (name == "expm1") return add(exponential(u, 1), number_of(1), -1);
        if (name == "cosh" || name == "sinh") {
            const quotient both =
                add(exponential(u, 1), exponential(u, -1), name == "cosh" ? 1 : -1);
            return multiply(both, number_of(0.5));
        }
        if (name == "tanh" || name == "sigmoid" || name == "sech" || name == "softplus" ||
            name == "sech_square_product" || name == "tanh_residual" || name == "log_sigmoid") {
            const int sign = far_sign(expanded(u));
            if (sign == 0) return atom(i);
            const double s = sign;
            if (name == "tanh" || name == "tanh_residual") {
                const quotient e = exponential(u, -2 * s);
                const quotient t =
                    multiply(add(number_of(s), e, -s), power_of(add(number_of(1), e, 1), -1));
                return name == "tanh" ? t : add(expanded(u), t, -1);
            }
            if (name == "sigmoid") {
                const quotient inverse = power_of(add(number_of(1), exponential(u, -s), 1), -1);
                return sign > 0 ? inverse : multiply(exponential(u, 1), inverse);
            }
            if (name == "sech" || name == "sech_square_product") {
                const quotient e = exponential(u, -s);
                const quotient t = multiply(multiply(number_of(2), e),
                                            power_of(add(number_of(1), multiply(e, e), 1), -1));
                return name == "sech" ? t : multiply(expanded(u), multiply(t, t));
            }
            const bool negated = name == "log_sigmoid";
            if ((sign > 0) == negated) {
                // softplus(v) with v → −∞: eᵛ times a number next to 1.
                const int v = negated ? (-handle(g, u)).node : u;
                return multiply(multiply(exponential(v, 1), number_of(negated ? -1 : 1)),
                                single({softplus_rest, static_cast<double>(v), 1}));
            }
            // softplus(v) = v + softplus(−v)
            const int minus = negated ? u : (-handle(g, u)).node;
            const quotient small = multiply(exponential(minus, 1),
                                            single({softplus_rest, static_cast<double>(minus), 1}));
            return negated ? add(expanded(u), small, -1) : add(expanded(u), small, 1);
        }
        if (name == "root_sum_square" || name == "conjugate_sum") {
            const quotient v = expanded(g.child(n, 1).node), t = expanded(u);
            const quotient root = power_of(add(multiply(t, t), v, 1), 0.5);
            if (name == "root_sum_square") return root;
            const int sign = far_sign(t);
            return sign > 0 ? add(root, t, 1)
                : sign < 0  ? multiply(v, power_of(add(root, t, -1), -1))
                            : atom(i);
        }
        if (name == "erf" || name == "erfc" || name == "normal_cdf" || name == "normal_pdf")
            return error_function(i, u, name);
        if (name == "abs" || name == "sign") {
            const int sign = decided_sign(expanded(u));
            if (sign == 0) return atom(i);
            return name == "sign" ? number_of(sign) : multiply(expanded(u), number_of(sign));
        }
        if (name == "max" || name == "min" || name == "select_less" ||
            name == "select_less_equal") {
            const int v = g.child(n, 1).node;
            const int sign = decided_sign(add(expanded(u), expanded(v), -1));
            if (sign == 0) return atom(i);
            if (name == "max") return expanded(sign > 0 ? u : v);
            if (name == "min") return expanded(sign > 0 ? v : u);
            return expanded(g.child(n, sign < 0 ? 2 : 3).node);
        }
        return atom(i);
    }

    /// yᵏ as a node.
    handle power_of_y_node(double k) {
        graph& g = *formula;
        const double sign = positive || is_integer(k / 2) ? 1 : -1;
        const handle x(g, g.symbol("x"));
        if (centre == unlimited) return sign * raised(x, k);
        return sign * raised(x - elementary::narrow<double>(centre), -k);
    }

    /// log(a yᵈ + …), a polynomial in y, is d·log y and an atom next to log a. Empty if q is none.
    quotient logarithm(const quotient& q) {
        if (failed || !q.divisors.empty() || q.numerator.empty()) return {};
        const term& first = q.numerator[dominating(q.numerator)];
        double degree = 0;
        if (!is_power(first, degree) || degree == 0 || !(first.number > 0)) return {};
        handle inside(*formula, formula->constant(first.number));
        for (const term& t : q.numerator) {
            double k = 0;
            if (!is_power(t, k) || !is_integer(k - degree)) return {};
            if (k != degree) inside = inside + t.number * power_of_y_node(k - degree);
        }
        valid_from = std::max(valid_from, 2.0L);
        const quotient grows{{{degree, {{log_of_y, 0, 1}}}}, {}};
        if (q.numerator.size() == 1 && first.number == 1) return grows;
        return add(grows, atom(handle_call<op::log_primitive>(inside).node), 1);
    }

    quotient error_function(int i, int u, std::string_view name) {
        graph& g = *formula;
        if (name == "normal_pdf") return multiply(normal_exponential(u, 0.5), normal_scale());
        const int sign = far_sign(expanded(u));
        if (sign == 0) return atom(i);
        // erfc v = e^−v²/(√π v)·(1 − r/v²), v → ∞, r next to ½; Φ(−v) = e^(−v²/2)/(√(2π) v)·(1 − r/v²), r next to 1.
        const bool is_normal = name == "normal_cdf";
        const int v = sign > 0 ? u : (-handle(g, u)).node;
        const double id = is_normal ? v : -1.0 - v;
        const quotient inverse = power_of(expanded(v), -1);
        const quotient rest =
            add(number_of(1), multiply(multiply(inverse, inverse), single({erfc_rest, id, 1})), -1);
        const quotient scale =
            is_normal ? normal_scale() : atom(number_pi(handle(g, u)).node, -0.5);
        const quotient small = multiply(multiply(normal_exponential(u, is_normal ? 0.5 : 1), scale),
                                        multiply(inverse, rest));
        valid_from = std::max(valid_from, 1.0L);
        if (failed) return {};
        if (name == "erf") {
            const quotient t = add(number_of(1), small, -1);
            return sign > 0 ? t : multiply(t, number_of(-1));
        }
        const bool is_small = is_normal ? sign < 0 : sign > 0;
        return is_small ? small : add(number_of(is_normal ? 1 : 2), small, -1);
    }

    /// e^(−times·u²), and 1/√(2π).
    quotient normal_exponential(int u, double times) {
        const quotient q = expanded(u);
        if (!q.divisors.empty() || q.numerator.size() > 4) failed = true;
        if (failed) return {};
        const quotient e = exponential_of(multiply(q.numerator, q.numerator), -times);
        if (!failed || products > most_products) return e;
        failed = false;
        const handle square = raised(handle(*formula, u), 2);
        return single({exp_of_node, static_cast<double>(square.node), -times});
    }
    quotient normal_scale() {
        return atom(
            handle_call<op::normal_pdf_primitive>(handle(*formula, formula->constant(0))).node);
    }

    /// exp of a polynomial in y alone.
    quotient exponential_of(const polynomial& p, double times) {
        std::vector<factor> factors;
        for (const term& t : p) {
            double k = 0;
            if (!is_power(t, k)) failed = true;
            factors = merged(factors, {{exp_of_power, k, product(t.number, times)}});
        }
        return failed ? quotient{} : quotient{{{1, factors}}, {}};
    }
    static bool is_power(const term& t, double& k) {
        k = 0;
        if (t.factors.empty()) return true;
        k = t.factors[0].weight;
        return t.factors.size() == 1 && t.factors[0].kind == power_of_y;
    }

    /// e^(times · node)
    quotient exponential(int i, double times) {
        graph& g = *formula;
        const node n = g.at(i);
        if (failed) return {};
        if (n.kind == sum_node && n.residual == 0) {
            quotient total = number_of(1);
            if (n.value != 0) total = single({exp_of_power, 0, product(n.value, times)});
            for (int k = 0; k < n.count && !failed; ++k)
                total = multiply(
                    total, exponential(g.child(n, k).node, product(times, g.child(n, k).weight)));
            return total;
        }
        if (n.kind == product_node && n.count == 1 && g.child(n, 0).weight == 1 && n.residual == 0)
            return exponential(g.child(n, 0).node, product(times, n.value));
        if (n.kind >= first_call && n.count == 1) {
            const std::string_view name = primitive_of(n.kind).name;
            const int u = g.child(n, 0).node;
            if (name == "softplus" && is_integer(times))
                return power_of(add(number_of(1), exponential(u, 1), 1), times);
            if (name == "log_sigmoid" && is_integer(times))
                return power_of(add(number_of(1), exponential(u, -1), 1), -times);
            if (name == "log1mexp" && is_integer(times))
                return power_of(add(number_of(1), exponential(u, -1), -1), times);
        }
        const quotient q = expanded(i);
        if (q.divisors.empty()) {
            quotient result = exponential_of(q.numerator, times);
            if (!failed || products > most_products) return result;
            failed = false;
        }
        return single({exp_of_node, static_cast<double>(i), times});
    }

    // ------------------------------------------------------------------- what dominates far out

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
    /// ±1 if the dominating term is a number times what is positive, and grows.
    int far_sign(const quotient& q) {
        if (failed || q.numerator.empty() || !q.divisors.empty()) return 0;
        const term& t = q.numerator[dominating(q.numerator)];
        int sign = t.number > 0 ? 1 : -1;
        for (const factor& f : t.factors) {
            if (f.kind < other) continue;
            const int of_factor = f.kind == other ? sign_of_constant(static_cast<int>(f.id)) : 0;
            sign *= of_factor < 0 && !is_integer(f.weight / 2) ? -1 : of_factor == 0 ? 0 : 1;
        }
        return grows_faster(size_of(t), {}) ? sign : 0;
    }
    /// Of a node that is a number, as √(2/π); else 0.
    [[nodiscard]] int sign_of_constant(int i) const {
        const graph& g = *formula;
        const node& n = g.at(i);
        if (n.kind == constant_node) return n.value > 0 ? 1 : n.value < 0 ? -1 : 0;
        const bool is_pi = n.kind >= first_call && n.count == 0;
        if (is_pi) return 1;
        if (n.kind != product_node) return 0;
        int sign = n.value > 0 ? 1 : -1;
        for (int k = 0; k < n.count; ++k) {
            const operand c = g.child(n, k);
            const int of_factor = sign_of_constant(c.node);
            sign *= of_factor < 0 && is_integer(c.weight / 2) ? 1 : of_factor;
        }
        return sign;
    }
    static bool is_positive_far_out(const polynomial& p) {
        if (p.empty()) return false;
        const term& t = p[dominating(p)];
        return t.number > 0 && std::all_of(t.factors.begin(), t.factors.end(), [](const factor& f) {
                   return f.kind != other;
               });
    }
    /// The sign of a polynomial in y of degree 1 beyond its zero, which moves `valid_from`.
    int decided_sign(const quotient& q) {
        if (failed || !q.divisors.empty() || q.numerator.empty()) return 0;
        double slope = 0, constant = 0, power = 0;
        if (q.numerator.size() == 1 && is_power(q.numerator[0], power))
            return q.numerator[0].number > 0 ? 1 : -1;
        for (const term& t : q.numerator) {
            double k = 0;
            if (!is_power(t, k) || (k != 0 && k != 1)) return 0;
            (k == 1 ? slope : constant) = t.number;
        }
        if (slope == 0) return 0;
        const double zero = -constant / slope;
        valid_from = std::max(valid_from, static_cast<long double>(zero) * (1 + 0x1p-40L));
        return slope > 0 ? 1 : -1;
    }

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

    // ------------------------------------------------------------------- ranges

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
