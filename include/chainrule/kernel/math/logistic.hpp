// SPDX-License-Identifier: BSL-1.0
/// sigmoid, softplus, log_sigmoid of a batch; each has a form that takes e = exp(-|u|) from
/// outside, so that functions of the same u share one exponential.
#pragma once

#include <chainrule/kernel/math/exp.hpp>
#include <chainrule/kernel/math/log.hpp>

namespace chainrule::detail::simd {
inline namespace CHAINRULE_SIMD_NAMESPACE {

/// sigmoid(u) from e = exp(-|u|).
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> sigmoid_shared(batch<T, N> u, batch<T, N> e) {
    return select(u < batch<T, N>(T(0)), e, T(1)) / (e + T(1));
}
/// softplus(u) from e = exp(-|u|).
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> softplus_shared(batch<T, N> u, batch<T, N> e) {
    return larger_of(T(0), u) + log1p_unit(e);
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
