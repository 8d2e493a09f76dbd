// SPDX-License-Identifier: BSL-1.0
/// sign and the two roots sqrt(u^2 + v) and u + sqrt(u^2 + v) of a batch.
#pragma once

#include <chainrule/kernel/math/polynomial.hpp>

namespace chainrule::detail::simd {
inline namespace CHAINRULE_SIMD_NAMESPACE {

/// -1, 0 or 1; a zero keeps its sign, NaN stays.
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> sign(batch<T, N> u) {
    using B = batch<T, N>;
    return select(absolute(u) > B(T(0)), copy_sign(B(T(1)), u), u);
}

/// What the rounding of p = u * v lost; NaN if p is not finite.
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> product_error(batch<T, N> u, batch<T, N> v, batch<T, N> p) {
    if constexpr (has_fused_multiply_add) return fma(u, v, -p);
    else return two_product(u, v).lo;
}
/// What the rounding of s = u * v + w lost, where s - w is exact.
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> multiply_add_error(batch<T, N> u, batch<T, N> v, batch<T, N> w,
                                                     batch<T, N> s) {
    if constexpr (has_fused_multiply_add) {
        return fma(u, v, w - s);
    } else {
        const pair<batch<T, N>> product = two_product(u, v);
        return (product.hi - (s - w)) + product.lo;
    }
}
/// What the rounding of s = u + v lost.
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> sum_error(batch<T, N> u, batch<T, N> v, batch<T, N> s) {
    const batch<T, N> back = s - u;
    return (u - (s - back)) + (v - back);
}

/// w (factor + rest) for a factor of at least 0, which the rest does not reach; a zero has the sign of w.
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> close_product(batch<T, N> w, batch<T, N> factor,
                                                batch<T, N> rest) {
    return copy_sign(fma(w, factor, w * rest), w);
}
/// u / d with what the divisor d = hi + lo and the quotient lost, from about 1 / d.
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> close_quotient(batch<T, N> u, pair<batch<T, N>> d,
                                                 batch<T, N> inverse) {
    const batch<T, N> q = u * inverse;
    return fma(exact_fma(-q, d.hi, u) - q * d.lo, inverse, q);
}
/// The same of a dividend hi + lo.
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> close_quotient(pair<batch<T, N>> u, pair<batch<T, N>> d,
                                                 batch<T, N> inverse) {
    const batch<T, N> q = u.hi * inverse;
    return fma(exact_fma(-q, d.hi, u.hi) - (q * d.lo - u.lo), inverse, q);
}
/// (hi + lo)^2.
template<class T, int N>
CHAINRULE_SIMD_INLINE pair<batch<T, N>> square_pair(pair<batch<T, N>> u) {
    const pair<batch<T, N>> square = two_product(u.hi, u.hi);
    return {square.hi, fma(u.hi + u.hi, u.lo, square.lo)};
}
/// 1 / (u + v)^2.
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> inverse_square_of_sum(batch<T, N> u, batch<T, N> v) {
    using B = batch<T, N>;
    const B sum = u + v;
    const B square = sum * sum;
    const B inverse = T(1) / square;
    if constexpr (sizeof(T) == 4) return inverse;
    const B lost = product_error(sum, sum, square);
    return close_quotient(B(T(1)), {square, fma(sum + sum, sum_error(u, v, sum), lost)}, inverse);
}
/// (hi + lo)^(-3/2).
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> inverse_three_halves(batch<T, N> hi, batch<T, N> lo) {
    using B = batch<T, N>;
    const B root = square_root(hi);
    if constexpr (sizeof(T) == 4) return T(1) / (root * fma(lo, T(1.5), hi));
    // sqrt(hi) is root + rest / (2 root).
    const B product = root * hi;
    const B rest = exact_fma(-root, root, hi);
    const B lost = fma(root, fma(lo, T(1.5), rest * T(0.5)), product_error(root, hi, product));
    return close_quotient(B(T(1)), {product, lost}, T(1) / product);
}

/// The power of two by which u and the root of v are multiplied before they are squared, so that neither the
/// square overflows nor all digits underflow: down, 1 or up.
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> root_scale(batch<T, N> u, batch<T, N> v) {
    using B = batch<T, N>;
    constexpr T down = sizeof(T) == 4 ? T(0x1p-64) : T(0x1p-512);
    constexpr T up = sizeof(T) == 4 ? T(0x1p100) : T(0x1p600);
    constexpr T square_large = sizeof(T) == 4 ? T(0x1p120) : T(0x1p1000);
    constexpr T large = sizeof(T) == 4 ? T(0x1p60) : T(0x1p500);
    constexpr T square_small = sizeof(T) == 4 ? T(0x1p-80) : T(0x1p-800);
    constexpr T small = sizeof(T) == 4 ? T(0x1p-40) : T(0x1p-400);
    const B magnitude = absolute(u);
    const auto is_large = (magnitude > B(large)) | (v > B(square_large));
    const auto is_small = (magnitude < B(small)) & (v < B(square_small));
    return select(is_large, B(down), select(is_small, up, T(1)));
}

/// sqrt(u^2 + v) for v >= 0.
template<class T, int N>
CHAINRULE_SIMD_ATOM batch<T, N> root_sum_square(batch<T, N> u, batch<T, N> v) {
    using B = batch<T, N>;
    const B factor = root_scale(u, v);
    constexpr T up = sizeof(T) == 4 ? T(0x1p100) : T(0x1p600);
    constexpr T down = sizeof(T) == 4 ? T(0x1p-64) : T(0x1p-512);
    const B back =
        select(factor < B(T(1)), B(T(1) / down), select(factor > B(T(1)), T(1) / up, T(1)));
    const B scaled_u = absolute(u) * factor;
    return square_root(fma(scaled_u, scaled_u, v * factor * factor)) * back;
}

/// u^2 + v with what its roundings lost.
template<class T, int N>
CHAINRULE_SIMD_INLINE pair<batch<T, N>> square_sum(batch<T, N> u, batch<T, N> v) {
    const pair<batch<T, N>> square = two_product(u, u);
    const pair<batch<T, N>> sum = two_sum(square.hi, v);
    return {sum.hi, sum.lo + square.lo};
}

/// conjugate_sum in double, where the roots and sums are corrected by what they lost.
template<int N>
CHAINRULE_SIMD_INLINE batch<double, N> close_conjugate_sum(batch<double, N> u, batch<double, N> v) {
    using B = batch<double, N>;
    const B factor = root_scale(u, v);
    const B scaled_u = absolute(u) * factor;
    const B scaled_v = v * factor;
    const pair<B> s = square_sum(scaled_u, scaled_v * factor);
    const B root = square_root(s.hi);
    pair<B> sum = fast_two_sum(root, scaled_u);
    // v = 0 over a sum that is 0 gives 0.
    const B inverse = 1.0 / larger_of(std::numeric_limits<double>::min(), sum.hi);
    // 1 / (2 root) is between 1/2 and 1 times 1 / sum: to 1/9 after a step of Newton's.
    const B guess = inverse * (2.0 / 3);
    const B half_inverse_root = guess * fma(root * -2.0, guess, 2.0);
    sum.lo = fma(exact_fma(-root, root, s.hi) + s.lo, half_inverse_root, sum.lo);
    const B back = select(factor < B(1.0), B(0x1p512), select(factor > B(1.0), 0x1p-600, 1.0));
    const auto is_negative = u < B(0.0);
    const B result =
        select(is_negative, close_quotient(scaled_v, sum, inverse), (sum.hi + sum.lo) * back);
    // Elsewhere u is infinite, or v, or one of them is NaN.
    const B limit = select(is_negative, scaled_v * inverse, sum.hi);
    return select(sum.hi <= B(std::numeric_limits<double>::max()), result, limit);
}

/// u + sqrt(u^2 + v) for v >= 0, below zero as v / (sqrt(u^2 + v) - u).
template<class T, int N>
CHAINRULE_SIMD_ATOM batch<T, N> conjugate_sum(batch<T, N> u, batch<T, N> v) {
    using B = batch<T, N>;
    if constexpr (sizeof(T) == 8) return close_conjugate_sum(u, v);
    // Halves, because the sum may overflow where the quotient does not.
    const B half_sum = fma(absolute(u), T(0.5), root_sum_square(u, v) * T(0.5));
    // v = 0 over a sum that is 0 gives 0.
    const B divisor = larger_of(std::numeric_limits<T>::denorm_min(), half_sum);
    return select(u < B(T(0)), v / divisor * T(0.5), half_sum + half_sum);
}

/// 1 + u / sqrt(u^2 + v), the slope of u + sqrt(u^2 + v), for v >= 0: with s = u^2 + v it is v / (s + |u| sqrt(s))
/// for u < 0, and 2 minus that for u > 0.
template<class T, int N>
CHAINRULE_SIMD_ATOM batch<T, N> conjugate_slope(batch<T, N> u, batch<T, N> v) {
    using B = batch<T, N>;
    const B factor = root_scale(u, v);
    const B scaled_u = absolute(u) * factor;
    const B scaled_v = v * factor * factor;
    B small;
    if constexpr (sizeof(T) == 4) {
        const B square = fma(scaled_u, scaled_u, scaled_v);
        small = scaled_v / fma(scaled_u, square_root(square), square);
    } else {
        // With what the sums, the root and the quotient lost.
        const pair<B> square = square_sum(scaled_u, scaled_v);
        const B root = square_root(square.hi);
        const B sum = fma(scaled_u, root, square.hi);
        const B inverse = T(1) / sum;
        // 1 / square is between 1 and 2 times 1 / sum: to 1/9 after a step of Newton's.
        const B guess = inverse * T(4.0 / 3);
        const B half_ratio = scaled_u * root * T(0.5) * (guess * fma(-square.hi, guess, T(2)));
        const B rest = exact_fma(scaled_u, root, square.hi - sum) + square.lo;
        const B root_rest = exact_fma(-root, root, square.hi) + square.lo;
        small = close_quotient(scaled_v, pair<B>{sum, fma(root_rest, half_ratio, rest)}, inverse);
    }
    return select(u < B(T(0)), small, T(2) - small);
}

}  // namespace CHAINRULE_SIMD_NAMESPACE
}  // namespace chainrule::detail::simd
