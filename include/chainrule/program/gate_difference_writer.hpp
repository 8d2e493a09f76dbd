// SPDX-License-Identifier: BSL-1.0
/// Differences of two functions that rise alike from one limit to the other, as Φ(u) − σ(v) with v = c·u, c > 0, alone or
/// times one product. Around 0 both are 1/2, far above both are 1:
///
///     Φ(u) − σ(v)   is   (erf(u/√2) − tanh(v/2))/2    for |u| < 1
///                        σ(−v) − Φ(−u)                for u >= 1
///                        Φ(u) − σ(v)                  for u <= −1
///
/// and so for two σ, two Φ, and tanh and erf.
#pragma once

#include <chainrule/program/tail_quotient_writer.hpp>

namespace chainrule::detail {

class gate_difference_writer : public tail_quotient_writer {
protected:
    using tail_quotient_writer::tail_quotient_writer;
    gate_difference_writer(const gate_difference_writer&) = delete;
    gate_difference_writer& operator=(const gate_difference_writer&) = delete;
    ~gate_difference_writer() = default;

    /// Terms of a sum that vanish together: their positions, −1 for the constant of the sum, and the step of what they
    /// are together.
    struct vanishing_terms {
        int first = -1;
        int second = -1;
        int total = -1;
    };
    constexpr vanishing_terms emit_gate_difference(const node& n) {
        for (int k = 0; k + 1 < n.count; ++k) {
            for (gate_term a = gate_after(n, k, -1); a.gate >= 0;
                 a = gate_after(n, k, a.position)) {
                for (int j = k + 1; j < n.count; ++j) {
                    gate_term b = gate_after(n, j, -1);
                    while (b.gate >= 0 && !are_opposite_terms(a, b))
                        b = gate_after(n, j, b.position);
                    if (b.gate >= 0) return {k, j, emit_difference(a, b)};
                }
            }
        }
        return {};
    }

private:
    /// weight · the gate · the other factors of a product.
    struct gate_term {
        int gate = -1;
        int product = -1;
        int position = 0;
        double weight = 0;
    };
    [[nodiscard]] constexpr bool is_gate(int i) const {
        const int kind = in.at(i).kind;
        return !is_known(i) &&
            (kind == kind_of<op::sigmoid_primitive> || kind == kind_of<op::normal_cdf_primitive> ||
             kind == kind_of<op::tanh_primitive> || kind == kind_of<op::erf_primitive>);
    }
    /// The first gate in term k of a sum behind a position in its product.
    [[nodiscard]] constexpr gate_term gate_after(const node& n, int k, int position) const {
        const operand t = in.child(n, k);
        const node& product = in.at(t.node);
        if (product.kind != product_node)
            return position < 0 && is_gate(t.node) ? gate_term{t.node, -1, 0, t.weight}
                                                   : gate_term{};
        for (int i = position + 1; i < product.count; ++i) {
            const operand f = in.child(product, i);
            const exact_result weight = exact_product(t.weight, product.value);
            if (f.weight == 1 && is_gate(f.node) && weight.exact)
                return {f.node, t.node, i, weight.value};
        }
        return {};
    }
    [[nodiscard]] constexpr int others(const gate_term& t) const {
        return t.product < 0 ? 0 : in.at(t.product).count - 1;
    }
    [[nodiscard]] constexpr operand other(const gate_term& t, int k) const {
        return in.child(in.at(t.product), k < t.position ? k : k + 1);
    }
    [[nodiscard]] constexpr bool are_opposite_terms(const gate_term& a, const gate_term& b) const {
        const bool is_centred = is_odd(a.gate);
        if (a.weight != -b.weight || is_centred != is_odd(b.gate) || others(a) != others(b))
            return false;
        for (int k = 0; k < others(a); ++k) {
            if (other(a, k).node != other(b, k).node || other(a, k).weight != other(b, k).weight)
                return false;
        }
        const operand u = multiple_of_node(in.child(in.at(a.gate), 0).node);
        const operand v = multiple_of_node(in.child(in.at(b.gate), 0).node);
        return u.node == v.node && (u.weight > 0) == (v.weight > 0);
    }
    [[nodiscard]] constexpr bool is_odd(int gate) const {
        return primitive_of(in.at(gate).kind).symmetry == parity::odd;
    }
    /// A node as a multiple of one that is no multiple.
    [[nodiscard]] constexpr operand multiple_of_node(int i) const {
        const node& n = in.at(i);
        if (n.kind != product_node) return {i, 1};
        operand result{-1, n.value};
        for (int k = 0; k < n.count; ++k) {
            const operand f = in.child(n, k);
            if (is_known(f.node)) {
                result.weight *=
                    static_cast<double>(raised_to(number_of(f.node), f.weight).for_double);
            } else if (result.node >= 0 || f.weight != 1) {
                return {i, 1};
            } else {
                result.node = f.node;
            }
        }
        return result;
    }

    constexpr int emit_difference(const gate_term& a, const gate_term& b) {
        const int u = emit(in.child(in.at(a.gate), 0).node);
        int near = step<op::subtract_primitive>(centred(a.gate), centred(b.gate));
        if (!is_odd(a.gate)) near = step<op::multiply_primitive>(number(0.5), near);
        const int above = step<op::subtract_primitive>(complement(b.gate), complement(a.gate));
        const int far =
            step<op::selection<false>>(number(0.0), u, above, step<op::negate_primitive>(above));
        const int total =
            step<op::selection<false>>(step<op::abs_primitive>(u), number(1.0), near, far);
        if (others(a) > 0)
            return step<op::multiply_primitive>(
                emit_product(in.at(a.product), {a.weight}, a.position), total);
        return a.weight == 1 ? total : step<op::multiply_primitive>(number(a.weight), total);
    }
    /// 2·(g(u) − g(0)) or g(u) where g is odd.
    constexpr int centred(int gate) {
        const int u = emit(in.child(in.at(gate), 0).node);
        const int kind = in.at(gate).kind;
        if (kind == kind_of<op::sigmoid_primitive>)
            return step<op::tanh_primitive>(step<op::multiply_primitive>(number(0.5), u));
        if (kind == kind_of<op::normal_cdf_primitive>)
            return step<op::erf_primitive>(step<op::multiply_primitive>(
                number(exact_constant(0.707106781186547524400844362104849039L)), u));
        return emit(gate);
    }
    /// 1 − g(|u|)
    constexpr int complement(int gate) {
        const int argument = in.child(in.at(gate), 0).node;
        const int kind = in.at(gate).kind;
        if (kind == kind_of<op::sigmoid_primitive>)
            return step<op::sigmoid_below_zero_primitive>(exponential_of(argument).e);
        const int size = step<op::abs_primitive>(emit(argument));
        if (kind == kind_of<op::normal_cdf_primitive>)
            return step<op::normal_cdf_primitive>(step<op::negate_primitive>(size));
        if (kind == kind_of<op::erf_primitive>) return step<op::erfc_primitive>(size);
        return step<op::multiply_primitive>(
            number(2.0),
            step<op::sigmoid_primitive>(step<op::multiply_primitive>(number(-2.0), size)));
    }
};

}  // namespace chainrule::detail
