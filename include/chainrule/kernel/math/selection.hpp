// SPDX-License-Identifier: BSL-1.0
/// Selection by a comparison, and the fused multiply-add, of batches.
#pragma once

#include <chainrule/kernel/math/polynomial.hpp>

#include <limits>

namespace chainrule::detail::simd {
inline namespace CHAINRULE_SIMD_NAMESPACE {

/// u where a < b (a <= b), v where not, NaN where a and b are unordered.
template<bool OrEqual, class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> select_ordered(batch<T, N> a, batch<T, N> b, batch<T, N> u,
                                                 batch<T, N> v) {
    using B = batch<T, N>;
#if defined(CHAINRULE_SIMD_AVX512)
    if constexpr (N * sizeof(T) == 64) {
        if (!OrEqual && is_known(a) && is_known(u) && a.lanes[0] == 0 && u.lanes[0] == 1)
            return B(instruction::one_if_positive(b.lanes, v.lanes));
        return nan_of(nan_of(OrEqual ? select(a <= b, u, v) : select(a < b, u, v), a), b);
    }
#endif
    const B chosen = OrEqual ? select(a <= b, u, v) : select(a < b, u, v);
    const auto is_unordered = is_known(a) ? is_nan(b)
        : is_known(b)                     ? is_nan(a)
                                          : is_nan(a) | is_nan(b);
    if constexpr (N == 1) {
        return select(is_unordered, B(std::numeric_limits<T>::quiet_NaN()), chosen);
    } else {
        // All bits set are NaN.
        using bit_type = bit_batch<T, N>;
        const bit_type nan((typename bit_type::vector_type)is_unordered.lanes);
        return from_bits(bits(chosen) | nan);
    }
}

/// The same, but where a and b are unordered u if First, else v.
template<bool OrEqual, bool First, class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> select_arm(batch<T, N> a, batch<T, N> b, batch<T, N> u,
                                             batch<T, N> v) {
#if defined(CHAINRULE_SIMD_AVX512)
    if constexpr (N * sizeof(T) == 64) {
        if (!OrEqual && is_known(a) && is_known(u) && a.lanes[0] == 0 && u.lanes[0] == 1)
            return select_ordered<OrEqual>(a, b, u, v);
    }
#endif
    if constexpr (First) return OrEqual ? select(a > b, v, u) : select(a >= b, v, u);
    else return OrEqual ? select(a <= b, u, v) : select(a < b, u, v);
}

/// u / v; NaN where v is infinite or so small that it may have lost digits.
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> guarded_divide(batch<T, N> u, batch<T, N> v) {
    using B = batch<T, N>;
    constexpr T smallest = sizeof(T) == 4 ? T(0x1p-100) : T(0x1p-960);
    const B size = absolute(v);
    const auto is_in_range = (size >= B(smallest)) & (size <= B(std::numeric_limits<T>::max()));
    return u / select(is_in_range, v, B(std::numeric_limits<T>::quiet_NaN()));
}

/// u * v + w, without the rounding of the product also where the hardware has no fma: the terms of a formula may
/// cancel.
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> multiply_add(batch<T, N> u, batch<T, N> v, batch<T, N> w) {
    using B = batch<T, N>;
    if constexpr (has_fused_multiply_add) return fma(u, v, w);
    const pair<B> product = two_product(u, v);
    const B sum = product.hi + w;
    const auto is_finite = absolute(product.lo) < B(std::numeric_limits<T>::infinity());
    return select(is_finite, sum + product.lo, sum);
}

}  // namespace CHAINRULE_SIMD_NAMESPACE
}  // namespace chainrule::detail::simd
