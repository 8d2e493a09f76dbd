// SPDX-License-Identifier: BSL-1.0
/// Comparisons as functions: sign, maximum, minimum, selection. NaN is never swallowed.
#pragma once

#include <chainrule/core/elementary/arithmetic.hpp>

#include <concepts>
#include <limits>

namespace chainrule::detail::elementary {

/// -1, 0 (with the sign of x) or 1; NaN for NaN.
template<std::floating_point T>
constexpr T sign(T x) {
    return x > 0 ? T(1) : x < 0 ? T(-1) : x;
}

/// The larger; NaN if either is NaN.
template<std::floating_point T>
constexpr T maximum(T a, T b) {
    return a != a ? a : b != b ? b : a < b ? b : a;
}

/// The smaller; NaN if either is NaN.
template<std::floating_point T>
constexpr T minimum(T a, T b) {
    return a != a ? a : b != b ? b : b < a ? b : a;
}

/// u if a < b (a <= b), v if not, NaN if a and b are unordered.
template<bool OrEqual, std::floating_point T>
constexpr T select_ordered(T a, T b, T u, T v) {
    if (a != a || b != b) return std::numeric_limits<T>::quiet_NaN();
    return (OrEqual ? a <= b : a < b) ? u : v;
}

/// u / v; kernels give NaN where v is out of range. Here v is wider than the result.
template<std::floating_point T>
constexpr T guarded_divide(T u, T v) {
    return divide(u, v);
}

/// u * v + w.
template<std::floating_point T>
constexpr T multiply_add(T u, T v, T w) {
    return add(multiply(u, v), w);
}

}  // namespace chainrule::detail::elementary
