// SPDX-License-Identifier: BSL-1.0
/// sigmoid, softplus, log_sigmoid of a batch; each has a form that takes e = exp(-|u|) from
/// outside, so that functions of the same u share one exponential.
#pragma once

#include <chainrule/kernel/math/exp.hpp>
#include <chainrule/kernel/math/log.hpp>

namespace chainrule::detail::simd {
inline namespace CHAINRULE_SIMD_NAMESPACE {

/// sigmoid(u), or sigmoid(-u), from e = exp(-|u|).
template<bool Opposite = false, class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> sigmoid_shared(batch<T, N> u, batch<T, N> e) {
    using B = batch<T, N>;
    const B q = e / (e + T(1));
    const auto small_side = Opposite ? u > B(T(0)) : u < B(T(0));
    return select(small_side, q, T(1) - q);
}
/// sigmoid(u) sigmoid(-u) = e / (1 + e)^2 from e = exp(-|u|).
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> sigmoid_slope(batch<T, N> e) {
    return e / fma(e, e + T(2), T(1));
}
/// sigmoid(u), or sigmoid(-u), from e = exp(-|u|) and its slope: on the small side it is slope (1 + e),
/// on the other 1 minus that.
template<bool Opposite, class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> sigmoid_from_slope(batch<T, N> u, batch<T, N> e,
                                                     batch<T, N> slope) {
    using B = batch<T, N>;
    const B small = fma(slope, e, slope);
    const auto small_side = Opposite ? u > B(T(0)) : u < B(T(0));
    return select(small_side, small, T(1) - small);
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

/// 1 / (1 + e^-u).
template<class T, int N>
CHAINRULE_SIMD_ATOM batch<T, N> sigmoid(batch<T, N> u) {
    return sigmoid_shared(u, exp_minus_absolute(u));
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
