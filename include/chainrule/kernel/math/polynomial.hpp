// SPDX-License-Identifier: BSL-1.0
/// Polynomials of a batch, and sums and products as an unevaluated pair hi + lo.
#pragma once

#include <chainrule/kernel/batch.hpp>

#include <cstddef>
#include <utility>

namespace chainrule::detail::simd {
inline namespace CHAINRULE_SIMD_NAMESPACE {

template<std::size_t... I, class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> horner(std::index_sequence<I...>, batch<T, N> u,
                                         const T (&coefficients)[sizeof...(I) + 1]) {
    batch<T, N> sum = coefficients[sizeof...(I)];
    ((sum = fma(sum, u, batch<T, N>(coefficients[sizeof...(I) - 1 - I]))), ...);
    return sum;
}

/// coefficients[0] + coefficients[1] u + ... by Horner's rule.
template<class T, int N, std::size_t Size>
CHAINRULE_SIMD_INLINE batch<T, N> polynomial(batch<T, N> u, const T (&coefficients)[Size]) {
    return horner(std::make_index_sequence<Size - 1>{}, u, coefficients);
}

/// An unevaluated sum: hi is the rounded value, lo what the rounding lost.
template<class B>
struct pair {
    B hi;
    B lo;
};

/// a + b exactly, for |a| >= |b| or a = 0.
template<class T, int N>
CHAINRULE_SIMD_INLINE pair<batch<T, N>> fast_two_sum(batch<T, N> a, batch<T, N> b) {
    const batch<T, N> sum = a + b;
    return {sum, b - (sum - a)};
}

/// a + b exactly.
template<class T, int N>
CHAINRULE_SIMD_INLINE pair<batch<T, N>> two_sum(batch<T, N> a, batch<T, N> b) {
    const batch<T, N> sum = a + b;
    const batch<T, N> back = sum - a;
    return {sum, (a - (sum - back)) + (b - back)};
}

/// a * b exactly (no overflow, no underflow).
template<class T, int N>
CHAINRULE_SIMD_INLINE pair<batch<T, N>> two_product(batch<T, N> a, batch<T, N> b) {
    using B = batch<T, N>;
    const B product = a * b;
    if constexpr (has_fused_multiply_add) {
        return {product, fma(a, b, -product)};
    } else {
        // The upper halves by masking: their products are exact.
        using lane_type = typename number_format<T>::unsigned_type;
        constexpr lane_type upper = static_cast<lane_type>(~lane_type{0})
            << (number_format<T>::mantissa_bits / 2 + 1);
        const B a_hi = from_bits(bits(a) & bit_batch<T, N>(upper));
        const B b_hi = from_bits(bits(b) & bit_batch<T, N>(upper));
        const B a_lo = a - a_hi;
        const B b_lo = b - b_hi;
        return {product, ((a_hi * b_hi - product) + a_hi * b_lo + a_lo * b_hi) + a_lo * b_lo};
    }
}

/// a * b + c without the rounding of the product, also where the hardware has no fma: for terms that cancel.
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> exact_fma(batch<T, N> a, batch<T, N> b, batch<T, N> c) {
    if constexpr (has_fused_multiply_add) return fma(a, b, c);
    const pair<batch<T, N>> product = two_product(a, b);
    return (product.hi + c) + product.lo;
}

/// a * b + c rounded about once, also where the hardware has no fma.
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> close_fma(batch<T, N> a, batch<T, N> b, batch<T, N> c) {
    if constexpr (has_fused_multiply_add) return fma(a, b, c);
    const pair<batch<T, N>> product = two_product(a, b);
    const pair<batch<T, N>> sum = two_sum(product.hi, c);
    return sum.hi + (sum.lo + product.lo);
}

template<std::size_t... I, class T, int N, std::size_t Size>
CHAINRULE_SIMD_INLINE batch<T, N> close_horner(std::index_sequence<I...>, batch<T, N> u,
                                               const T (&coefficients)[Size]) {
    batch<T, N> sum = coefficients[Size - 1];
    ((sum = fma(sum, u, batch<T, N>(coefficients[Size - 2 - I]))), ...);
    return close_fma(sum, u, batch<T, N>(coefficients[0]));
}
/// polynomial() of at least two coefficients with close_fma in its last step, where most of the error comes from.
template<class T, int N, std::size_t Size>
CHAINRULE_SIMD_INLINE batch<T, N> close_polynomial(batch<T, N> u, const T (&coefficients)[Size]) {
    return close_horner(std::make_index_sequence<Size - 2>{}, u, coefficients);
}

}  // namespace CHAINRULE_SIMD_NAMESPACE
}  // namespace chainrule::detail::simd
