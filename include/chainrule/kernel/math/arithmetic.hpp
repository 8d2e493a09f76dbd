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

/// u + sqrt(u^2 + v) for v >= 0, below zero as v / (sqrt(u^2 + v) - u).
template<class T, int N>
CHAINRULE_SIMD_ATOM batch<T, N> conjugate_sum(batch<T, N> u, batch<T, N> v) {
    using B = batch<T, N>;
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
    const B square = fma(scaled_u, scaled_u, scaled_v);
    const B small = scaled_v / fma(scaled_u, square_root(square), square);
    return select(u < B(T(0)), small, T(2) - small);
}

}  // namespace CHAINRULE_SIMD_NAMESPACE
}  // namespace chainrule::detail::simd
