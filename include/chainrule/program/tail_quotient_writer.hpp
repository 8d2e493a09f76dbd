// SPDX-License-Identifier: BSL-1.0
/// Quotients of two functions that vanish alike, a slope and its function, far below 0, where both underflow, and
/// logarithms of such functions:
///
///     σ(u)/softplus(u) = 1 − e^u/2 + …             log(softplus(u)) = u − e^u/2 + …
///     φ(u)/Φ(u) = −u/(1 − 1/u² + 3/u⁴ − …)         log(Φ(u)) = log((1 − 1/u² + …)/(−u·√(2π))) − u²/2
///
/// For u > 0 log(Φ(u)) is log1p(−Φ(−u)).
///
/// What is left of a power of softplus or Φ stands beside the quotient: σ(u)/√softplus(u) is √softplus(u) there.
#pragma once

#include <chainrule/program/exponential_sum_writer.hpp>

#include <initializer_list>

namespace chainrule::detail {

class tail_quotient_writer : public exponential_sum_writer {
protected:
    using exponential_sum_writer::exponential_sum_writer;
    tail_quotient_writer(const tail_quotient_writer&) = delete;
    tail_quotient_writer& operator=(const tail_quotient_writer&) = delete;
    ~tail_quotient_writer() = default;

    /// The factors σ(u)^a and softplus(u)^b of a product, or φ(u)^a and Φ(u)^b, one of them below 1: a quotient.
    [[nodiscard]] constexpr factor_pair tail_quotient(const node& n) const {
        for (int k = 0; k < n.count; ++k) {
            const operand slope = in.child(n, k);
            const int kind = in.at(slope.node).kind;
            const bool is_sigmoid = kind == kind_of<op::sigmoid_primitive>;
            if ((!is_sigmoid && kind != kind_of<op::normal_pdf_primitive>) || is_known(slope.node))
                continue;
            const int u = in.child(in.at(slope.node), 0).node;
            for (int j = 0; j < n.count; ++j) {
                const operand f = in.child(n, j);
                const node& value = in.at(base_of(f.node));
                if (value.kind !=
                        (is_sigmoid ? kind_of<op::softplus_primitive>
                                    : kind_of<op::normal_cdf_primitive>) ||
                    (exponent_of(f).for_double < 0) == (slope.weight < 0))
                    continue;
                const int argument = in.child(value, 0).node;
                if (argument == u || (!is_sigmoid && are_opposite(argument, u)))
                    return {k, j, slope.weight};
            }
        }
        return {};
    }

    /// The quotient times the step `scale`, if it is not −1.
    constexpr int emit_tail_quotient(const node& n, const factor_pair& pair, int scale) {
        const operand slope = in.child(n, pair.first);
        const operand f = in.child(n, pair.second);
        const int base = base_of(f.node);
        const int u = emit(in.child(in.at(base), 0).node);
        const powered_step value = power(emit(f.node), f.weight);
        powered_step scaled{scale};
        powered_step ordinary = power(emit(slope.node), slope.weight);
        if (scale >= 0 && slope.weight == 1 && has_product(slope.node))
            ordinary.step = product_with(scale, slope.node), scaled = {};
        powered_step tail;
        if (in.at(slope.node).kind == kind_of<op::normal_pdf_primitive>) {
            const int size = size_in_tail(u);
            tail = power(step<op::divide_primitive>(size, normal_tail_series(size)), slope.weight);
        }
        const powered_step rest = base == f.node
            ? power(emit(base), slope.weight + f.weight)
            : powered_step{
                  emit_power_of_number(base, sum_of(exponent_of(f), user_constant(slope.weight)))};
        return below_threshold(in.at(slope.node).kind, u,
                               quotient({powered_step{scale}, tail, rest}),
                               quotient({scaled, ordinary, value}));
    }

    /// log(softplus(u)) and log(Φ(u)); −1 for others.
    constexpr int emit_logarithm_in_tail(const node& n) {
        const int value = in.child(n, 0).node;
        const node& call = in.at(value);
        const bool is_softplus = call.kind == kind_of<op::softplus_primitive>;
        if (n.kind != kind_of<op::log_primitive> ||
            (!is_softplus && call.kind != kind_of<op::normal_cdf_primitive>))
            return -1;
        const int u = emit(in.child(call, 0).node);
        if (is_softplus)
            return below_threshold(kind_of<op::sigmoid_primitive>, u, u,
                                   step<op::log_primitive>(emit(value)));
        const int below = step<op::negate_primitive>(step<op::abs_primitive>(u));
        const int small = step<op::normal_cdf_primitive>(below);
        const int ordinary = step<op::selection<false>>(
            number(0.0), u, step<op::log1p_primitive>(step<op::negate_primitive>(small)),
            step<op::log_primitive>(small));
        const int size = size_in_tail(u);
        const int scale = step<op::multiply_primitive>(
            number(exact_constant(2.50662827463100050241576528481104525L)), size);
        const int logarithm =
            step<op::log_primitive>(step<op::divide_primitive>(normal_tail_series(size), scale));
        const int tail = step<op::multiply_add_primitive>(
            step<op::multiply_primitive>(number(-0.5), size), size, logarithm);
        return below_threshold(kind_of<op::normal_pdf_primitive>, u, tail, ordinary);
    }

private:
    /// −u where the quotient or the logarithm is taken from its expansion: there both functions are normal numbers yet,
    /// as subnormal ones have a quotient that does not show what they lack.
    static constexpr program_constant normal_threshold{12, 30, 30};
    static constexpr double sigmoid_threshold = 64;

    /// A power above or below the line; 1 if it has no step.
    struct powered_step {
        int step = -1;
        bool is_divisor = false;
    };
    /// u of a factor pow(u, p) with a number p.
    [[nodiscard]] constexpr int base_of(int i) const {
        return is_power_of_number(i) ? in.child(in.at(i), 0).node : i;
    }
    [[nodiscard]] constexpr program_constant exponent_of(const operand& f) const {
        if (!is_power_of_number(f.node)) return user_constant(f.weight);
        return times(number_of(in.child(in.at(f.node), 1).node), user_constant(f.weight));
    }
    constexpr powered_step power(int base, double exponent) {
        if (exponent == 0) return {};
        return {emit_power(base, magnitude(exponent)), exponent < 0};
    }
    constexpr int quotient(std::initializer_list<powered_step> factors) {
        int above = -1;
        int below = -1;
        for (const powered_step& f : factors) {
            int& side = f.is_divisor ? below : above;
            if (f.step >= 0) side = side < 0 ? f.step : step<op::multiply_primitive>(side, f.step);
        }
        if (above < 0) above = number(1.0);
        return below < 0 ? above : step<op::divide_primitive>(above, below);
    }
    constexpr int below_threshold(int slope_kind, int u, int tail, int ordinary) {
        const bool is_sigmoid = slope_kind == kind_of<op::sigmoid_primitive>;
        return step<op::selection<false>>(u,
                                          is_sigmoid
                                              ? number(-sigmoid_threshold)
                                              : number(times(normal_threshold, user_constant(-1))),
                                          tail, ordinary);
    }
    /// −u for u below the threshold, and elsewhere something that raises no exception.
    constexpr int size_in_tail(int u) {
        return step<op::max_primitive>(step<op::negate_primitive>(u), number(normal_threshold));
    }
    /// Φ(−s)·s/φ(s) = 1 − 1/s² + 3/s⁴ − 15/s⁶ + …
    constexpr int normal_tail_series(int size) {
        const int inverse = step<op::divide_primitive>(number(1.0), size);
        const int square = step<op::multiply_primitive>(inverse, inverse);
        constexpr int terms = 8;
        double coefficients[terms + 1] = {1};
        for (int k = 1; k <= terms; ++k) coefficients[k] = coefficients[k - 1] * (1 - 2 * k);
        int sum = number(coefficients[terms]);
        for (int k = terms; k-- > 0;)
            sum = step<op::multiply_add_primitive>(sum, square, number(coefficients[k]));
        return sum;
    }
};

}  // namespace chainrule::detail
