// SPDX-License-Identifier: BSL-1.0
/// Functions of e^-|u|: sigmoid, softplus, tanh and their slopes at one u share an exponential, whose argument
/// is carried as hi + lo.
#pragma once

#include <chainrule/program/carried.hpp>
#include <chainrule/program/formula_reader.hpp>

namespace chainrule::detail {

class exponential_writer : public carried_writer, public formula_reader {
protected:
    using formula_reader::formula_reader;
    exponential_writer(const exponential_writer&) = delete;
    exponential_writer& operator=(const exponential_writer&) = delete;
    ~exponential_writer() = default;

    /// The step that computes a node; a product, times `scale` and without some of its factors.
    constexpr virtual int emit(int i) = 0;
    constexpr virtual int emit_product(const node& n, coefficient scale, int without = -1,
                                       factor_pair dropped = {}) = 0;

    template<template<op::side> class Operation, class... A>
    constexpr int sided(bool is_opposite, A... arguments) {
        return is_opposite ? step<Operation<op::side::opposite>>(arguments...)
                           : step<Operation<op::side::same>>(arguments...);
    }

    /// Notes the arguments of slopes, before anything is emitted.
    constexpr void find_slopes(int i) {
        const node& n = in.at(i);
        auto note = [&](int f) { has_slope.items[in.child(in.at(f), 0).node] = 1; };
        if (n.kind == kind_of<op::sech_square_product_primitive>) note(i);
        if (n.kind == kind_of<op::tanh_primitive>) has_tanh.items[in.child(n, 0).node] = 1;
        if (n.kind != product_node) return;
        const factor_pair pair = sigmoid_pair(n);
        if (pair.first >= 0)
            note(in.child(n, pair.first).node), note(in.child(n, pair.second).node);
        for (int k = 0; k < n.count; ++k) {
            if (is_sech_square(in.child(n, k))) note(in.child(n, k).node);
        }
    }

    /// A call that goes through a shared exponential or takes its argument as hi + lo; −1 for others.
    constexpr int emit_shared(const node& n) {
        const int kind = n.kind;
        if (kind == kind_of<op::sigmoid_primitive>) {
            const int argument = in.child(n, 0).node;
            const exponential x = exponential_of(argument);
            return sided<op::sigmoid_shared_primitive>(x.is_opposite, x.u,
                                                       step<op::sigmoid_below_zero_primitive>(x.e));
        }
        if (kind == kind_of<op::softplus_primitive> || kind == kind_of<op::log_sigmoid_primitive>) {
            const exponential x = exponential_of(in.child(n, 0).node);
            const bool is_log = kind == kind_of<op::log_sigmoid_primitive>;
            const int result =
                sided<op::softplus_shared_primitive>(x.is_opposite != is_log, x.u, x.e);
            return is_log ? step<op::negate_primitive>(result) : result;
        }
        if (kind == kind_of<op::tanh_primitive>) {
            const int argument = in.child(n, 0).node;
            if (is_softplus(argument)) {
                const int e = exponential_of_softplus(argument).e;
                return step<op::tanh_softplus_primitive>(
                    e, step<op::tanh_softplus_scale_primitive>(e));
            }
            if (is_within_unit(argument)) return tanh_of_unit(argument);
            if (has_slope.items[argument] == 0) return -1;
            const exponential x = exponential_of_twice(argument);
            const int result = step<op::tanh_shared_primitive>(
                x.u, step<op::half_expm1_minus_absolute_primitive>(x.u),
                step<op::tanh_scale_primitive>(x.e));
            return x.is_opposite ? step<op::negate_primitive>(result) : result;
        }
        if (kind == kind_of<op::sech_square_product_primitive>) {
            const int argument = in.child(n, 0).node;
            return step<op::vanishing_product_primitive>(emit(argument), sech_square(argument));
        }
        if (kind == kind_of<op::expm1_primitive> && is_only_below_zero(n))
            return step<op::expm1_below_zero_primitive>(emit(in.child(n, 0).node));
        const bool is_sine = kind == kind_of<op::sin_primitive>;
        if ((is_sine ||
             kind == kind_of<op::cos_primitive>)&&is_short_polynomial(in.child(n, 0).node)) {
            const carried u = carry(in.child(n, 0).node);
            if (u.lo < 0) return -1;
            return is_sine ? step<op::sine_pair_primitive>(u.hi, u.lo)
                           : step<op::cosine_pair_primitive>(u.hi, u.lo);
        }
        if (kind == kind_of<op::exp_primitive>) {
            const carried u = carry(in.child(n, 0).node);
            return u.lo < 0 ? step<op::exp_primitive>(u.hi)
                            : step<op::exp_pair_primitive>(u.hi, u.lo);
        }
        return -1;
    }

    /// Whether i is σ(u), Φ(u) or tanh(u), with which product_with() makes products.
    [[nodiscard]] constexpr bool has_product(int i) const {
        const node& n = in.at(i);
        if (n.kind == kind_of<op::tanh_primitive>) return !is_within_unit(in.child(n, 0).node);
        return n.kind == kind_of<op::sigmoid_primitive> ||
            n.kind == kind_of<op::normal_cdf_primitive>;
    }
    /// Whether a factor is one of these, or a small power of σ(u), which is cheap to multiply by: so its roundings do
    /// not add up.
    [[nodiscard]] constexpr bool is_multiplied_last(const operand& f) const {
        constexpr double largest_power = 3;
        const bool is_cheap = in.at(f.node).kind == kind_of<op::sigmoid_primitive> &&
            is_integer(f.weight) && f.weight > 1 && f.weight <= largest_power;
        return (f.weight == 1 || is_cheap) && has_product(f.node);
    }
    constexpr int product_with(int w, int i) {
        const int kind = in.at(i).kind;
        const int argument = in.child(in.at(i), 0).node;
        if (kind == kind_of<op::normal_cdf_primitive>)
            return step<op::normal_product_primitive>(w, emit(argument));
        if (kind == kind_of<op::sigmoid_primitive>) {
            const exponential x = exponential_of(argument);
            const int q = step<op::sigmoid_below_zero_primitive>(x.e);
            return sided<op::sigmoid_product_primitive>(x.is_opposite, w, x.u, x.e, q);
        }
        if (is_softplus(argument)) {
            const int e = exponential_of_softplus(argument).e;
            return step<op::tanh_softplus_product_primitive>(
                w, e, step<op::tanh_softplus_scale_primitive>(e));
        }
        if (has_slope.items[argument] == 0)
            return step<op::tanh_product_primitive>(w, emit(argument));
        const exponential x = exponential_of_twice(argument);
        const int m = step<op::half_expm1_minus_absolute_primitive>(x.u);
        const int q = step<op::tanh_scale_primitive>(x.e);
        const int result = step<op::tanh_product_shared_primitive>(w, x.u, m, q);
        return x.is_opposite ? step<op::negate_primitive>(result) : result;
    }

    constexpr int sigmoid_slope(int argument) {
        const int e = exponential_of(argument).e;
        return step<op::sigmoid_slope_primitive>(e, step<op::sigmoid_below_zero_primitive>(e));
    }
    constexpr int sech_square(int argument) {
        if (is_softplus(argument)) {
            const exponential x = exponential_of_softplus(argument);
            return step<op::sech_square_softplus_primitive>(
                x.e, step<op::tanh_softplus_scale_primitive>(x.e));
        }
        if (is_within_unit(argument)) {
            const int t = tanh_of_unit(argument);
            return step<op::multiply_add_primitive>(step<op::negate_primitive>(t), t, number(1.0));
        }
        const int e = exponential_of_twice(argument).e;
        if (has_tanh.items[argument] == 0) return step<op::sech_square_primitive>(e);
        return step<op::sech_square_shared_primitive>(e, step<op::tanh_scale_primitive>(e));
    }

    constexpr int tanh_of_unit(int argument) {
        return step<op::tanh_of_unit_primitive>(emit(argument));
    }

    /// σ(u)·sech²(softplus(u)), of which `factor` is the second.
    constexpr int tanh_softplus_bend(const operand& factor) {
        const int e = exponential_of_softplus(in.child(in.at(factor.node), 0).node).e;
        return step<op::tanh_softplus_bend_primitive>(e,
                                                      step<op::tanh_softplus_scale_primitive>(e));
    }

    /// e^u·σ(u) + (e^u − 1)·σ(u)·σ(−u), whose terms cancel below 0, from e^u and e^u − 1.
    constexpr int emit_expm1_sigmoid_slope(const node& n) {
        int e = -1;
        int m = -1;
        for (int k = 0; k < 2; ++k) {
            const node& product = in.at(in.child(n, k).node);
            for (int i = 0; i < product.count; ++i) {
                const int f = in.child(product, i).node;
                if (in.at(f).kind == kind_of<op::exp_primitive>) e = emit(f);
                if (in.at(f).kind == kind_of<op::expm1_primitive>) m = emit(f);
            }
        }
        return step<op::expm1_sigmoid_slope_primitive>(e, m);
    }

    /// σ(u) + s·u′·σ(u)·σ(−u), the slope of s·σ(u). With u = hi + lo, which is carried anyway, s·u′ is hi + lo for
    /// u = c·s, and hi + lo + 2b·s³ for u = a·s + b·s³.
    constexpr int emit_sigmoid_product_slope(const sigmoid_product_slope& found) {
        const exponential x = exponential_of(found.argument);
        int rest = x.lo;
        if (found.symbol >= 0) {
            const int s = emit(found.symbol);
            const int factor = step<op::multiply_primitive>(
                number(times(found.cubic, user_constant(2))), step<op::multiply_primitive>(s, s));
            rest = rest < 0 ? step<op::multiply_primitive>(factor, s)
                            : step<op::multiply_add_primitive>(factor, s, rest);
        }
        const int q = step<op::sigmoid_below_zero_primitive>(x.e);
        if (rest < 0) return step<op::exact_sigmoid_product_slope_primitive>(x.u, x.e, q);
        if (found.symbol < 0)
            return step<op::rounded_sigmoid_product_slope_primitive>(x.u, x.e, q, rest);
        return step<op::sigmoid_product_slope_primitive>(x.u, x.e, q, rest);
    }

    /// The terms of a sum that cancel, as one step.
    constexpr int emit_slope_terms(const node& n, const slope_terms& terms) {
        const int value = in.child(n, terms.first).node;
        const int argument = in.child(in.at(value), 0).node;
        if (in.at(value).kind == kind_of<op::normal_cdf_primitive>)
            return step<op::normal_product_slope_primitive>(emit(argument));
        if (!is_softplus(argument)) {
            const exponential x = exponential_of_twice(argument);
            return step<op::tanh_product_slope_primitive>(
                emit(argument), x.e, step<op::half_expm1_minus_absolute_primitive>(x.u),
                emit(terms.w));
        }
        const int softplus = argument;
        const exponential x = exponential_of_softplus(softplus);
        const operand product = in.child(n, terms.second);
        const node& factors = in.at(product.node);
        const int w =
            emit_product(factors, {factors.value * product.weight}, -1, softplus_pair(factors));
        const int r = step<op::tanh_softplus_scale_primitive>(x.e);
        return x.lo < 0 ? step<op::tanh_softplus_slope_primitive<true>>(x.u, x.e, r, w)
                        : step<op::tanh_softplus_slope_primitive<false>>(x.u, x.e, r, w);
    }

    /// (sin(u) + cos(u))² at u = hi + lo
    constexpr int emit_square_of_sine_plus_cosine(const sine_cosine_argument& argument) {
        carried u = is_short_polynomial(argument.node) ? carry(argument.node)
                                                       : carried{emit(argument.node)};
        if (argument.is_opposite) u = scaled(u, -1);
        return step<op::square_of_sine_plus_cosine_primitive>(u.hi, u.lo < 0 ? number(0.0) : u.lo);
    }

    /// base^exponent by pow
    constexpr int emit_power_of_number(int base, const program_constant& exponent) {
        const carried e = carry_number(exponent);
        const int u = emit(base);
        return e.lo < 0 ? step<op::pow_primitive>(u, e.hi)
                        : step<op::pow_pair_primitive>(u, e.hi, e.lo);
    }

    /// √hi·(hi + 1.5 lo)
    constexpr int emit_three_halves(int i) {
        const carried s = carry(i);
        if (s.lo < 0) return emit_power(s.hi, 1.5);
        const int corrected = step<op::multiply_add_primitive>(number(1.5), s.lo, s.hi);
        return step<op::multiply_primitive>(step<op::sqrt_primitive>(s.hi), corrected);
    }

    constexpr int emit_inverse_three_halves(int i) {
        const carried s = carry(i);
        return s.lo < 0 ? -1 : step<op::inverse_three_halves_primitive>(s.hi, s.lo);
    }

    /// The argument of a sigmoid without its sign as hi + lo, and e^-|u| of it.
    struct exponential {
        int u;
        int e;
        bool is_opposite;
        int lo;
    };
    constexpr exponential exponential_of(int argument) {
        const auto [u, is_opposite] = carry_without_sign(argument);
        const int e = u.lo < 0 ? step<op::exp_minus_absolute_primitive>(u.hi)
                               : step<op::exp_minus_absolute_pair_primitive>(u.hi, u.lo);
        return {u.hi, e, is_opposite, u.lo};
    }

private:
    /// scale·(a·s + b·s³) as s·(scale·a + scale·b·s²): the sum does not cancel, which makes its error cheap.
    constexpr carried carry_odd_cubic(const odd_cubic& n, const coefficient& scale) {
        auto scaled_number = [&](const coefficient& c) {
            return scale.has_rest || scale.plain != 1 ? times(whole(c), whole(scale)) : whole(c);
        };
        const program_constant a = scaled_number(n.linear);
        const program_constant b = scaled_number(n.cubic);
        program_constant short_a = a;
        short_a.wanted = program_constant::part::leading;
        program_constant rest_of_b = b;
        rest_of_b.wanted = program_constant::part::rest;
        program_constant rest_of_a = a;
        rest_of_a.wanted = program_constant::part::rest_of_leading;
        const int s = emit(n.symbol);
        const int square = step<op::multiply_primitive>(s, s);
        const int square_error = step<op::product_error_primitive>(s, s, square);
        const int sum = step<op::multiply_add_primitive>(number(b), square, number(short_a));
        const int sum_error =
            step<op::multiply_add_error_primitive>(number(b), square, number(short_a), sum);
        const int rest = step<op::multiply_add_primitive>(
            number(b), square_error,
            step<op::multiply_add_primitive>(number(rest_of_b), square, number(rest_of_a)));
        const int hi = step<op::multiply_primitive>(s, sum);
        const int error = step<op::product_error_primitive>(s, sum, hi);
        return {
            hi,
            step<op::multiply_add_primitive>(s, step<op::add_primitive>(sum_error, rest), error)};
    }

    constexpr carried carry(int i) {
        const odd_cubic cubic = find_odd_cubic(i);
        if (cubic.symbol >= 0) return carry_odd_cubic(cubic, {});
        const node& n = in.at(i);
        if (is_known(i)) return carry_number(number_of(i));
        if (n.kind == product_node) return carry_product(n, n.value);
        if (n.kind == sum_node && n.count <= 4) return carry_sum(n);
        return {emit(i)};
    }
    /// The argument of a function, with what it rounds off where that shows in the function.
    constexpr carried carry_argument(int i) {
        return has_tail.items[i] != 0 ? carry(i) : carried{emit(i)};
    }
    constexpr carried carry_part(int i) {
        return is_short_polynomial(i) ? carry(i) : carried{emit(i)};
    }
    constexpr carried carry_product(const node& n, double value) {
        for (int k = 0; k < n.count; ++k) {
            if (!is_known(in.child(n, k).node) && !is_small_power(in.child(n, k).weight))
                return {emit_product(n, {value})};
        }
        if (n.count > 4) return {emit_product(n, {value})};
        carried p;
        coefficient known_part{value};
        operand last_unknown{};
        int unknown = 0;
        for (int k = 0; k < n.count; ++k) {
            const operand f = in.child(n, k);
            if (is_known(f.node)) {
                multiply_into(known_part, raised_to(number_of(f.node), f.weight));
                continue;
            }
            ++unknown;
            last_unknown = f;
        }
        if (unknown == 1 && last_unknown.weight == 1) {
            const odd_cubic cubic = find_odd_cubic(last_unknown.node);
            if (cubic.symbol >= 0) return carry_odd_cubic(cubic, known_part);
        }
        for (int k = 0; k < n.count; ++k) {
            const operand f = in.child(n, k);
            if (is_known(f.node)) continue;
            const carried part = carry_part(f.node);
            for (int times_left = static_cast<int>(f.weight); times_left > 0; --times_left)
                p = multiply(p, part);
        }
        if (!known_part.has_rest) return p.hi < 0 ? carried{number(value)} : scaled(p, value);
        const carried c = carry_number(value == 1 ? known_part.rest
                                                  : times(known_part.rest, user_constant(value)));
        return p.hi < 0 ? c : multiply(c, p);
    }
    constexpr carried carry_sum(const node& n) {
        carried total;
        if (n.value != 0) total.hi = number(n.value);
        for (int k = 0; k < n.count; ++k) {
            const operand term = in.child(n, k);
            if (is_known(term.node)) {
                const program_constant& c = number_of(term.node);
                total =
                    add(total,
                        carry_number(term.weight == 1 ? c : times(c, user_constant(term.weight))));
            } else {
                total = add(total, scaled(carry_part(term.node), term.weight));
            }
        }
        return total;
    }

    /// For tanh(softplus(u)) and its slope: e^u of the softplus's argument, which is finite.
    constexpr exponential exponential_of_softplus(int softplus) {
        const carried u = carry_argument(in.child(in.at(softplus), 0).node);
        const int e = u.lo < 0 ? step<op::capped_exp_primitive>(u.hi)
                               : step<op::capped_exp_pair_primitive>(u.hi, u.lo);
        return {u.hi, e, false, u.lo};
    }
    /// Of 2u, for tanh u, which needs e − 1 too, and for its slope.
    constexpr exponential exponential_of_twice(int argument) {
        auto [u, is_opposite] = carry_without_sign(argument);
        u = scaled(u, 2);
        const int e = u.lo >= 0 ? step<op::exp_minus_absolute_pair_primitive>(u.hi, u.lo)
            : has_tanh.items[argument] != 0 ? step<op::exp_beside_expm1_primitive>(u.hi)
                                            : step<op::exp_minus_absolute_primitive>(u.hi);
        return {u.hi, e, is_opposite, u.lo};
    }
    struct signless {
        carried u;
        bool is_opposite;
    };
    constexpr signless carry_without_sign(int argument) {
        const node& n = in.at(argument);
        const bool is_opposite = n.kind == product_node && n.value < 0;
        return {is_opposite ? carry_product(n, -n.value) : carry_argument(argument), is_opposite};
    }
};

}  // namespace chainrule::detail
