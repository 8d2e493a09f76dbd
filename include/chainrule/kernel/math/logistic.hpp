// SPDX-License-Identifier: BSL-1.0
/// sigmoid, softplus, log_sigmoid of a batch; each has a form that takes e = exp(-|u|) from
/// outside, so that functions of the same u share one exponential.
#pragma once

#include <chainrule/kernel/math/arithmetic.hpp>
#include <chainrule/kernel/math/exp.hpp>
#include <chainrule/kernel/math/log.hpp>

namespace chainrule::detail::simd {
inline namespace CHAINRULE_SIMD_NAMESPACE {

/// q = sigmoid(-|u|) from e = exp(-|u|).
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> sigmoid_below_zero(batch<T, N> e) {
    const batch<T, N> divisor = e + T(1);
    const batch<T, N> q = e / divisor;
    if constexpr (sizeof(T) == 4) return q;
    // In double with what the divisor lost; 1 - e/2 is nearly its reciprocal.
    return fma(q, (divisor - T(1) - e) * fma(e, T(-0.5), T(1)), q);
}
/// sigmoid(u), or sigmoid(-u), from q = sigmoid(-|u|).
template<bool Opposite = false, class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> sigmoid_shared(batch<T, N> u, batch<T, N> q) {
    using B = batch<T, N>;
    // At 0 both sides are 1/2.
    const B other = T(1) - q;
    return select(has_sign(u), Opposite ? other : q, Opposite ? q : other);
}
/// w sigmoid(u), or w sigmoid(-u), from e = exp(-|u|) and q = sigmoid(-|u|), in double with what q and 1 - q lost.
template<bool Opposite = false, class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> sigmoid_product(batch<T, N> w, batch<T, N> u, batch<T, N> e,
                                                  batch<T, N> q) {
    using B = batch<T, N>;
    if constexpr (sizeof(T) == 4) return w * sigmoid_shared<Opposite>(u, q);
    const B other = T(1) - q;
    const pair<B> divisor = fast_two_sum(B(T(1)), e);
    const B lost = (exact_fma(-q, divisor.hi, e) - q * divisor.lo) * other;
    const B other_lost = ((T(1) - other) - q) - lost;
    const auto is_negative = has_sign(u);
    const B factor = select(is_negative, Opposite ? other : q, Opposite ? q : other);
    const B rest = select(is_negative, Opposite ? other_lost : lost, Opposite ? lost : other_lost);
    return close_product(w, factor, rest);
}
/// sigmoid(u) sigmoid(-u) from e = exp(-|u|) and q = sigmoid(-|u|): as q - q^2, in which an error of q counts once at
/// most; in double as e / (1 + e)^2 with what the divisor and the quotient lost.
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> sigmoid_slope(batch<T, N> e, batch<T, N> q) {
    using B = batch<T, N>;
    if constexpr (sizeof(T) == 8) {
        const B inverse_root = T(1) - q;
        return close_quotient(e, square_pair(fast_two_sum(B(T(1)), e)),
                              inverse_root * inverse_root);
    }
    if constexpr (has_fused_multiply_add) return fma(-q, q, q);
    const pair<B> other = fast_two_sum(B(T(1)), -q);
    return q * other.hi + q * other.lo;
}
/// softplus(u), or softplus(-u), from e = exp(-|u|).
template<bool Opposite = false, class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> softplus_shared(batch<T, N> u, batch<T, N> e) {
    return larger_of(T(0), Opposite ? -u : u) + log1p_unit(e);
}
/// log_sigmoid(u) from e = exp(-|u|).
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> log_sigmoid_shared(batch<T, N> u, batch<T, N> e) {
    return smaller_of(T(0), u) - log1p_unit(e);
}

/// sigmoid(u) + (u + rest) s in double from e = exp(-|u|) and q = sigmoid(-|u|), where s = e / (1 + e)^2: it is
/// s (1 + e + u + rest) for u < 0, where the terms cancel, and 1 - s (1 + e - u - rest) for u > 0, with what sums,
/// square and quotient lost; no `rest`: 0.
template<int N, class... Rest>
CHAINRULE_SIMD_INLINE batch<double, N> close_sigmoid_product_slope(batch<double, N> u,
                                                                   batch<double, N> e,
                                                                   batch<double, N> q,
                                                                   Rest... rest) {
    using B = batch<double, N>;
    const auto is_negative = u < B(0.0);
    const pair<B> root = fast_two_sum(B(1.0), e);
    pair<B> sum = two_sum(root.hi, negative_absolute(u));
    B lost = sum.lo + root.lo;
    ((sum = two_sum(sum.hi, select(is_negative, rest, -rest)), lost += sum.lo), ...);
    const pair<B> product = two_product(e, sum.hi);
    const B inverse_root = 1.0 - q;
    const B slope = close_quotient(pair<B>{product.hi, fma(e, lost, product.lo)}, square_pair(root),
                                   inverse_root * inverse_root);
    return select(is_negative, slope, 1.0 - slope);
}

/// 1 + v (1 - q) for v = -|u|, by which q is multiplied in the slope of v sigmoid(v): 1 + v is exact where it matters.
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> falling_factor(batch<T, N> u, batch<T, N> q) {
    const batch<T, N> v = negative_absolute(u);
    return fma(-v, q, v + T(1));
}
/// sigmoid(u) + (u + rest) s with the slope s = q - q^2, from e = exp(-|u|) and q = sigmoid(-|u|).
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> sigmoid_product_slope(batch<T, N> u, batch<T, N> e, batch<T, N> q,
                                                        batch<T, N> rest) {
    using B = batch<T, N>;
    if constexpr (sizeof(T) == 8) return close_sigmoid_product_slope(u, e, q, rest);
    if constexpr (has_fused_multiply_add) {
        const auto is_negative = has_sign(u);
        const B factor = fma(select(is_negative, rest, -rest), T(1) - q, falling_factor(u, q));
        // With what 1 + e and the quotient q lost, but for another division by 1 + e, which matters little.
        const B slope = fma(q, factor, fma(-q, e, e - q) * factor);
        return select(is_negative, slope, T(1) - slope);
    }
    // As s (1 + e + u + rest) for u < 0, where the terms cancel, and 1 - s (1 + e - u - rest) for u > 0, with what
    // 1 - q and q lost.
    const pair<B> other = fast_two_sum(B(T(1)), -q);
    const B lost = fma(-q, e, e - q) * (other.hi * (other.hi - q));
    const B s = q * other.hi + fma(q, other.lo, lost);
    const auto is_negative = u < B(T(0));
    const B one = select(is_negative, T(1), B(T(-1)));
    const pair<B> sum = two_sum(u + one, select(is_negative, e, -e));
    return fma(sum.hi + (sum.lo + rest), s, select(is_negative, T(0), B(T(1))));
}
/// The same where u is exact, without rest.
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> sigmoid_product_slope(batch<T, N> u, batch<T, N> e,
                                                        batch<T, N> q) {
    using B = batch<T, N>;
    if constexpr (sizeof(T) == 8) return close_sigmoid_product_slope(u, e, q);
    if constexpr (!has_fused_multiply_add) return sigmoid_product_slope(u, e, q, B(T(0)));
    const B factor = falling_factor(u, q);
    return select(has_sign(u), q * factor, fma(-q, factor, T(1)));
}
/// The same where the rest is what the rounding of u lost.
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> rounded_sigmoid_product_slope(batch<T, N> u, batch<T, N> e,
                                                                batch<T, N> q, batch<T, N> rest) {
    if constexpr (sizeof(T) == 8 || !has_fused_multiply_add)
        return sigmoid_product_slope(u, e, q, rest);
    return fma(rest, sigmoid_slope(e, q), sigmoid_product_slope(u, e, q));
}

/// The slope of m sigmoid(u), e (e^2 + e + m) / (1 + e)^2, from e = e^u and m = e^u - 1. For a negative u the terms
/// cancel; where m is small the sum is 2 + m (4 + m), and the divisor is corrected by what it lost.
template<class T, int N>
CHAINRULE_SIMD_ATOM batch<T, N> expm1_sigmoid_slope(batch<T, N> e, batch<T, N> m) {
    using B = batch<T, N>;
    if constexpr (sizeof(T) == 8) {
        // With what sums, square and quotient lost.
        const pair<B> root = two_sum(B(T(1)), e);
        const pair<B> divisor = square_pair(root);
        const auto is_near = e > B(T(0.5625));
        const B raised = m + T(4);
        const pair<B> terms = two_sum(e, m);
        const pair<B> product = two_product(select(is_near, m, e), select(is_near, raised, e));
        const pair<B> sum = two_sum(select(is_near, T(2), terms.hi), product.hi);
        const B rest = select(is_near, m * (m - (raised - T(4))), terms.lo);
        const B lost = sum.lo + (rest + product.lo);
        const pair<B> dividend = two_product(e, sum.hi);
        const B slope = close_quotient(pair<B>{dividend.hi, fma(e, lost, dividend.lo)}, divisor,
                                       T(1) / divisor.hi);
        return copy_sign(slope, sum.hi);  // also of a zero
    }
    const B sum = select(e > B(T(0.5625)), fma(m, m + T(4), T(2)), fma(e, e, e + m));
    const B raised = e + T(2);
    const B divisor = fma(e, raised, T(1));
    const B lost = fma(e, e - (raised - T(2)), exact_fma(e, raised, T(1) - divisor));
    const B slope = e / divisor;
    return fma(slope * T(-0.34), lost, slope) * sum;
}

/// 1 / (1 + e^-u).
template<class T, int N>
CHAINRULE_SIMD_ATOM batch<T, N> sigmoid(batch<T, N> u) {
    return sigmoid_shared(u, sigmoid_below_zero(exp_minus_absolute(u)));
}

/// log(1 + e^u).
template<class T, int N>
CHAINRULE_SIMD_ATOM batch<T, N> softplus(batch<T, N> u) {
    return softplus_shared(u, exp_minus_absolute(u));
}

/// log sigmoid(u) = -log(1 + e^-u).
template<class T, int N>
CHAINRULE_SIMD_ATOM batch<T, N> log_sigmoid(batch<T, N> u) {
    return log_sigmoid_shared(u, exp_minus_absolute(u));
}

}  // namespace CHAINRULE_SIMD_NAMESPACE
}  // namespace chainrule::detail::simd
