// SPDX-License-Identifier: BSL-1.0
/// Sums and logarithms that would lose their digits, or overflow, if they were worked out as they are written.
#pragma once

#include <chainrule/program/selection_writer.hpp>

namespace chainrule::detail {

class cancellation_writer : public selection_writer {
protected:
    using selection_writer::selection_writer;
    cancellation_writer(const cancellation_writer&) = delete;
    cancellation_writer& operator=(const cancellation_writer&) = delete;
    ~cancellation_writer() = default;

    virtual constexpr int emit_sum(const node& n) = 0;

    /// Logarithms of what overflows long before they do, and of what is 1 + u²/2 − …; −1 for others:
    ///     log(expm1(u))   u + log1mexp(u)
    ///     log(c + eᵘ)     softplus(u − log c) + log c, c > 0
    ///     log(cosh(u))    log1p(2 sinh²(u/2)) for |u| < 1, else |u| − log 2 + log1p(e^−2|u|)
    constexpr int emit_logarithm(const node& n) {
        if (n.kind != kind_of<op::log_primitive>) return -1;
        const node& inner = in.at(in.child(n, 0).node);
        if (inner.count != 1) return -1;
        const operand part = in.child(inner, 0);
        if (inner.kind == kind_of<op::expm1_primitive>) {
            const int u = emit(part.node);
            return step<op::add_primitive>(u, step<op::log1mexp_primitive>(u));
        }
        if (inner.kind == sum_node && inner.value > 0 && part.weight == 1 &&
            in.at(part.node).kind == kind_of<op::exp_primitive>) {
            const program_constant plain = user_constant(inner.value);
            const int c = number(in_each_type(
                [](long double v, long double) { return elementary::log(v); }, plain, plain));
            const int u = emit(in.child(in.at(part.node), 0).node);
            return step<op::add_primitive>(
                step<op::softplus_primitive>(step<op::subtract_primitive>(u, c)), c);
        }
        if (inner.kind != kind_of<op::cosh_primitive>) return -1;
        const int log_2 = number(exact_constant(elementary::log(2.0L)));
        const int size = step<op::abs_primitive>(emit(part.node));
        const int sinh = step<op::sinh_primitive>(
            step<op::multiply_primitive>(number(0.5), step<op::min_primitive>(size, number(1.0))));
        const int twice = step<op::multiply_primitive>(number(2.0), sinh);
        const int near = step<op::log1p_primitive>(step<op::multiply_primitive>(twice, sinh));
        const int e = step<op::exp_primitive>(step<op::multiply_primitive>(number(-2.0), size));
        const int far = step<op::add_primitive>(step<op::subtract_primitive>(size, log_2),
                                                step<op::log1p_primitive>(e));
        return step<op::selection<false>>(size, number(1.0), near, far);
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
    ///     softplus(u) − log 2       as  max(u, 0) + log1p((e^−|u| − 1)/2)
    struct vanishing_terms {
        int first = -1;
        int second = -1;
        int total = -1;
    };
    constexpr vanishing_terms emit_vanishing_terms(const node& n) {
        for (int k = 0; k < n.count; ++k) {
            const operand t = in.child(n, k);
            if (is_known(t.node)) continue;
            const int algebraic = emit_algebraic_step(n, t);
            if (algebraic >= 0) return {k, -1, algebraic};
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
                for (int j = 0; j < n.count && second < 0; ++j) {
                    const operand c = in.child(n, j);
                    const node& log = in.at(c.node);
                    if (log.kind == kind_of<op::log_primitive> && c.weight == -t.weight &&
                        is_known(in.child(log, 0).node) &&
                        number_of(in.child(log, 0).node) == user_constant(2))
                        second = j;
                }
                if (second < 0) continue;
                const int u = emit(in.child(call, 0).node);
                const int below = step<op::negate_primitive>(step<op::abs_primitive>(u));
                const int half = step<op::multiply_primitive>(
                    number(0.5), step<op::expm1_below_zero_primitive>(below));
                total = step<op::add_primitive>(step<op::max_primitive>(u, number(0.0)),
                                                step<op::log1p_primitive>(half));
            }
            if (total < 0) continue;
            if (t.weight != 1) total = step<op::multiply_primitive>(number(t.weight), total);
            return {k, second, total};
        }
        return {};
    }
};

}  // namespace chainrule::detail
