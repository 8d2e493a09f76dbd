// SPDX-License-Identifier: BSL-1.0
/// A formula as a quotient of tail terms: what its functions are far out, node by node.
#pragma once

#include <chainrule/analysis/tail_terms.hpp>
#include <chainrule/graph/registry.hpp>

#include <string_view>

namespace chainrule::detail {

class tail_expansion : public tail_terms {
protected:
    tail_expansion(graph& g, int root, bool positive_side, long double pole)
        : tail_terms(g, positive_side, pole), known(static_cast<std::size_t>(root) + 1) {}

    /// The formula at a node; an atom where no better is known. In vain if `failed` is set.
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
    /// When all is known: nodes and the formula are not needed any more.
    void forget_formula() {
        known.clear();
        formula = nullptr;
    }
    /// Forgets what failed, to begin again.
    void begin_again() {
        failed = false;
        products = 0;
        std::fill(known.begin(), known.end(), known_quotient{});
    }

private:
    struct known_quotient {
        bool is_known = false;
        quotient value;
    };

    std::vector<known_quotient> known;

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

    /// ±1 if the dominating term is a number times what is positive, and grows.
    int far_sign(const quotient& q) {
        if (failed || q.numerator.empty() || !q.divisors.empty()) return 0;
        const term& t = q.numerator[dominating(q.numerator)];
        return grows_faster(size_of(t), {}) ? sign_of(t) : 0;
    }
    /// Far out; 0 if it is not known.
    [[nodiscard]] int sign_of(const term& t) const {
        int sign = t.number > 0 ? 1 : -1;
        for (const factor& f : t.factors) {
            if (f.kind < other) continue;
            const int of_factor = f.kind == other ? sign_of_constant(static_cast<int>(f.id)) : 0;
            sign *= of_factor < 0 && !is_integer(f.weight / 2) ? -1 : of_factor == 0 ? 0 : 1;
        }
        return sign;
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
    /// The sign of a single term, or of a polynomial in y of degree 1 beyond its zero, which moves `valid_from`.
    int decided_sign(const quotient& q) {
        if (failed || !q.divisors.empty() || q.numerator.empty()) return 0;
        if (q.numerator.size() == 1) return sign_of(q.numerator[0]);
        double slope = 0, constant = 0;
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
};

}  // namespace chainrule::detail
