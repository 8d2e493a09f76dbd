// SPDX-License-Identifier: BSL-1.0
/// Sums and logarithms that would lose their digits, or overflow, if they were worked out as they are written.
#pragma once

#include <chainrule/program/gate_difference_writer.hpp>

namespace chainrule::detail {

class cancellation_writer : public gate_difference_writer {
protected:
    using gate_difference_writer::gate_difference_writer;
    cancellation_writer(const cancellation_writer&) = delete;
    cancellation_writer& operator=(const cancellation_writer&) = delete;
    ~cancellation_writer() = default;

    virtual constexpr int emit_sum(const node& n) = 0;

    /// Logarithms of what overflows long before they do, and of what is 1 + u²/2 − …; −1 for others:
    ///     log(expm1(u))   u + log1mexp(u)
    ///     log(c + eᵘ)     softplus(u − log c) + log c, c > 0
    ///     log(cosh(u))    log1p(2 sinh²(u/2)) for |u| < 1, else |u| − log 2 + log1p(e^−2|u|)
    /// of sums of exponentials, and of what underflows.
    constexpr int emit_logarithm(const node& n) {
        if (n.kind == kind_of<op::log1p_primitive>) return emit_logarithm_of_exponentials(n);
        if (n.kind != kind_of<op::log_primitive>) return -1;
        const int tail = emit_logarithm_in_tail(n);
        if (tail >= 0) return tail;
        const node& inner = in.at(in.child(n, 0).node);
        const int cosine = scaled_cosh(in.child(n, 0).node);
        if (cosine >= 0) {
            const int value = logarithm_of_cosh(cosine);
            if (inner.kind != product_node) return value;
            return step<op::add_primitive>(value, number(logarithm(user_constant(inner.value))));
        }
        if (inner.count > 1) return emit_logarithm_of_exponentials(n);
        if (inner.count != 1) return -1;
        const operand part = in.child(inner, 0);
        if (inner.kind == kind_of<op::expm1_primitive>) {
            const int u = emit(part.node);
            return step<op::add_primitive>(u, step<op::log1mexp_primitive>(u));
        }
        if (inner.kind == sum_node && inner.value > 0 && part.weight == 1 &&
            in.at(part.node).kind == kind_of<op::exp_primitive>) {
            const int c = number(logarithm(user_constant(inner.value)));
            const int u = emit(in.child(in.at(part.node), 0).node);
            return step<op::add_primitive>(
                step<op::softplus_primitive>(step<op::subtract_primitive>(u, c)), c);
        }
        return -1;
    }

    /// c ± c·u/√(u² + v) as c·(√(u² + v) ± u)/√(u² + v), `t` being its term in u; −1 for others.
    constexpr int emit_algebraic_step(const node& n, operand t) {
        const node& quotient = in.at(t.node);
        if (quotient.kind != product_node || n.value == 0) return -1;
        int root = -1;
        for (int k = 0; k < quotient.count; ++k) {
            const operand f = in.child(quotient, k);
            if (f.weight == -1 && in.at(f.node).kind == kind_of<op::root_sum_square_primitive>)
                root = k;
        }
        if (root < 0) return -1;
        const operand divisor = in.child(quotient, root);
        const int argument = in.child(in.at(divisor.node), 0).node;
        // The other factors have to be u, which may be a product itself.
        const node& u = in.at(argument);
        const bool is_product = u.kind == product_node;
        if (quotient.count - 1 != (is_product ? u.count : 1)) return -1;
        for (int k = 0, at = 0; k < quotient.count; ++k) {
            if (k == root) continue;
            const operand want = is_product ? in.child(u, at) : operand{argument, 1};
            const operand have = in.child(quotient, k);
            if (have.node != want.node || have.weight != want.weight) return -1;
            ++at;
        }
        const double height = n.value * (is_product ? u.value : 1);
        const double slope = t.weight * quotient.value;
        if (slope != height && slope != -height) return -1;
        int signed_u = emit(argument);
        if (slope != height) signed_u = step<op::negate_primitive>(signed_u);
        const int below = emit(divisor.node);
        const int above = step<op::conjugate_sum_primitive>(
            signed_u, emit(in.child(in.at(divisor.node), 1).node));
        const int total = step<op::divide_primitive>(above, below);
        return n.value == 1 ? total : step<op::multiply_primitive>(number(n.value), total);
    }

    /// Terms of a sum that vanish together, at 0 or far out: their positions, −1 for the constant of the sum, and w times
    ///     √(u² + c²) − c            as  u·(u/(√(u² + c²) + c))
    ///     √(c² + u) − c             as  u/(√(c² + u) + c)
    ///     log(c·cosh(u)) − log c    as  log(cosh(u))
    ///     softplus(u) − log 2       as  max(u, 0) + log1p((e^−|u| − 1)/2)
    ///     1 − σ(u)ⁿ                 as  σ(−u)·(1 + σ(u) + … + σ(u)ⁿ⁻¹), and so for Φ
    /// and differences of gates.
    constexpr vanishing_terms emit_vanishing_terms(const node& n) {
        const vanishing_terms gates = emit_gate_difference(n);
        if (gates.first >= 0) return gates;
        for (int k = 0; k < n.count; ++k) {
            const operand t = in.child(n, k);
            if (is_known(t.node)) continue;
            const int algebraic = emit_algebraic_step(n, t);
            if (algebraic >= 0) return {k, -1, algebraic};
            const int complement = emit_complement_of_power(n, t);
            if (complement >= 0) return {k, -1, complement};
            const node& call = in.at(t.node);
            int total = -1;
            int second = -1;
            if (call.kind == kind_of<op::root_sum_square_primitive> && n.value != 0) {
                const int v = in.child(call, 1).node;
                const exact_result root = exact_product(n.value, -1 / t.weight);
                if (!is_known(v) || !root.exact || root.value < 0) continue;
                const exact_result square = exact_product(root.value, root.value);
                if (!square.exact || number_of(v) != user_constant(square.value)) continue;
                const int u = emit(in.child(call, 0).node);
                const int sum = step<op::add_primitive>(emit(t.node), number(root.value));
                total = step<op::multiply_primitive>(u, step<op::divide_primitive>(u, sum));
            } else if (call.kind == product_node && call.count == 1 && call.value == 1 &&
                       in.child(call, 0).weight == 0.5 && n.value != 0) {
                node u = in.at(in.child(call, 0).node);
                const exact_result root = exact_product(n.value, -1 / t.weight);
                if (u.kind != sum_node || !root.exact || root.value < 0) continue;
                const exact_result square = exact_product(root.value, root.value);
                if (!square.exact || u.value != square.value) continue;
                u.value = 0;
                const int sum = step<op::add_primitive>(emit(t.node), number(root.value));
                total = step<op::divide_primitive>(emit_sum(u), sum);
            } else if (call.kind == kind_of<op::softplus_primitive>) {
                second = opposite_logarithm(n, t.weight, 2);
                if (second < 0) continue;
                const int u = emit(in.child(call, 0).node);
                const int below = step<op::negate_primitive>(step<op::abs_primitive>(u));
                const int half = step<op::multiply_primitive>(
                    number(0.5), step<op::expm1_below_zero_primitive>(below));
                total = step<op::add_primitive>(step<op::max_primitive>(u, number(0.0)),
                                                step<op::log1p_primitive>(half));
            } else if (call.kind == kind_of<op::log_primitive>) {
                const int product = in.child(call, 0).node;
                const int cosh = scaled_cosh(product);
                if (cosh < 0 || cosh == product) continue;
                second = opposite_logarithm(n, t.weight, in.at(product).value);
                if (second < 0) continue;
                total = logarithm_of_cosh(cosh);
            }
            if (total < 0) continue;
            if (t.weight != 1) total = step<op::multiply_primitive>(number(t.weight), total);
            return {k, second, total};
        }
        return {};
    }

private:
    /// c − c·sᵐ as c·(1 − s)·(1 + s + … + sᵐ⁻¹), s = σ(u) or Φ(u), `t` being its term in s; −1 for others.
    constexpr int emit_complement_of_power(const node& n, operand t) {
        const node& power = in.at(t.node);
        if (power.kind != product_node || power.count != 1 || power.value != 1 || n.value == 0 ||
            t.weight != -n.value)
            return -1;
        const operand f = in.child(power, 0);
        const int kind = in.at(f.node).kind;
        const bool is_sigmoid = kind == kind_of<op::sigmoid_primitive>;
        if (!is_sigmoid && kind != kind_of<op::normal_cdf_primitive>) return -1;
        if (f.weight < 2 || f.weight > 8 || !is_integer(f.weight)) return -1;
        const int argument = in.child(in.at(f.node), 0).node;
        const int s = emit(f.node);
        int complement = -1;
        if (is_sigmoid) {
            const exponential x = exponential_of(argument);
            complement = sided<op::sigmoid_shared_primitive>(
                !x.is_opposite, x.u, step<op::sigmoid_below_zero_primitive>(x.e));
        } else {
            complement = step<op::normal_cdf_primitive>(step<op::negate_primitive>(emit(argument)));
        }
        int sum = step<op::add_primitive>(s, number(1.0));
        for (double k = 2; k < f.weight; ++k)
            sum = step<op::multiply_add_primitive>(sum, s, number(1.0));
        const int total = step<op::multiply_primitive>(complement, sum);
        return n.value == 1 ? total : step<op::multiply_primitive>(number(n.value), total);
    }
    /// The position of −weight·log(value) in a sum, or −1.
    [[nodiscard]] constexpr int opposite_logarithm(const node& n, double weight,
                                                   double value) const {
        for (int j = 0; j < n.count; ++j) {
            const operand c = in.child(n, j);
            const node& log = in.at(c.node);
            if (log.kind == kind_of<op::log_primitive> && c.weight == -weight &&
                is_known(in.child(log, 0).node) &&
                number_of(in.child(log, 0).node) == user_constant(value))
                return j;
        }
        return -1;
    }
    static constexpr program_constant logarithm(const program_constant& c) {
        return in_each_type([](long double v, long double) { return elementary::log(v); }, c, c);
    }
    /// The node cosh(u) of c·cosh(u), c > 0; −1 for others.
    [[nodiscard]] constexpr int scaled_cosh(int i) const {
        const node& n = in.at(i);
        if (n.kind == kind_of<op::cosh_primitive>) return i;
        if (n.kind != product_node || n.count != 1 || n.value <= 0 || in.child(n, 0).weight != 1)
            return -1;
        return in.at(in.child(n, 0).node).kind == kind_of<op::cosh_primitive> ? in.child(n, 0).node
                                                                              : -1;
    }
    constexpr int logarithm_of_cosh(int cosh) {
        const int log_2 = number(exact_constant(elementary::log(2.0L)));
        const int size = step<op::abs_primitive>(emit(in.child(in.at(cosh), 0).node));
        const int sinh = step<op::sinh_primitive>(
            step<op::multiply_primitive>(number(0.5), step<op::min_primitive>(size, number(1.0))));
        const int twice = step<op::multiply_primitive>(number(2.0), sinh);
        const int near = step<op::log1p_primitive>(step<op::multiply_primitive>(twice, sinh));
        const int e = step<op::exp_primitive>(step<op::multiply_primitive>(number(-2.0), size));
        const int far = step<op::add_primitive>(step<op::subtract_primitive>(size, log_2),
                                                step<op::log1p_primitive>(e));
        return step<op::selection<false>>(size, number(1.0), near, far);
    }
};

}  // namespace chainrule::detail
