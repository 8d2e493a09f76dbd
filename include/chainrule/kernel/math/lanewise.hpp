// SPDX-License-Identifier: BSL-1.0
/// Hands the lanes of a batch one by one to a scalar function: the cold path of the atoms.
#pragma once

#include <chainrule/kernel/batch.hpp>

namespace chainrule::detail::simd {
inline namespace CHAINRULE_SIMD_NAMESPACE {

/// `function` of every lane, one by one.
template<class T, int N, class Function>
CHAINRULE_SIMD_COLD batch<T, N> lanewise(batch<T, N> u, Function function) {
    T values[N];
    store(values, u);
    for (T& value : values) value = function(value);
    return load<batch<T, N>>(values);
}
template<class T, int N, class Function>
CHAINRULE_SIMD_COLD batch<T, N> lanewise(batch<T, N> u, batch<T, N> v, Function function) {
    T values[N];
    T others[N];
    store(values, u);
    store(others, v);
    for (int i = 0; i < N; ++i) values[i] = function(values[i], others[i]);
    return load<batch<T, N>>(values);
}

}  // namespace CHAINRULE_SIMD_NAMESPACE
}  // namespace chainrule::detail::simd
