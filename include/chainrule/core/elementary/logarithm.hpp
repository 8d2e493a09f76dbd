// SPDX-License-Identifier: BSL-1.0
/// log and what is made of it: log1p, asinh, softplus, log_sigmoid.
///
/// log x = n·ln 2 + 2 artanh s, s = (m-1)/(m+1), x = m·2^n, √½ < m ≤ √2, hence |s| ≤ 0.1716.
#pragma once

#include <chainrule/core/elementary/exponential.hpp>
#include <chainrule/core/elementary/square_root.hpp>

namespace chainrule::detail::elementary::own {

inline constexpr long double square_root_of_two = 1.41421356237309504880168872420969808L;

/// 2·artanh s - 2s for |s| ≤ 0.172.
constexpr long double artanh_tail(long double s) {
    const long double z = s * s;
    const long double series =
        polynomial(z, 2.0L / 27, 2.0L / 25, 2.0L / 23, 2.0L / 21, 2.0L / 19, 2.0L / 17, 2.0L / 15,
                   2.0L / 13, 2.0L / 11, 2.0L / 9, 2.0L / 7, 2.0L / 5, 2.0L / 3);
    return s * z * series;
}

/// Natural logarithm; -inf at 0, NaN below.
constexpr long double log(long double x) {
    if (is_nan(x)) return x;
    if (x < 0) return not_a_number;
    if (x == 0) return -infinity;
    if (is_infinite(x)) return x;
    auto [m, n] = decompose(x);
    if (m > square_root_of_two) {
        m /= 2;
        ++n;
    }
    const auto k = static_cast<long double>(n);
    const long double s = (m - 1) / (m + 1);
    return k * ln2.hi + (2 * s + (artanh_tail(s) + k * ln2.lo));
}

/// log(1 + x), accurate near 0; -inf at -1, NaN below.
constexpr long double log1p(long double x) {
    if (is_nan(x) || x == 0) return x;
    if (x < -1) return not_a_number;
    if (x == -1) return -infinity;
    if (is_infinite(x)) return x;
    if (x > -0.29L && x < 0.41L) {
        const long double s = x / (2 + x);
        return 2 * s + artanh_tail(s);
    }
    const pair sum = exact_sum(1, x);
    return log(sum.hi) + sum.lo / sum.hi;
}

/// log(x + √(x² + 1)).
constexpr long double asinh(long double x) {
    if (is_nan(x) || x == 0 || is_infinite(x)) return x;
    const long double u = absolute(x);
    if (u > 0x1p40L) return copy_sign(log(u) + (ln2.hi + ln2.lo), x);
    const long double s = u * u;
    return copy_sign(log1p(u + s / (1 + square_root(1 + s))), x);
}

/// log(1 + e^x).
constexpr long double softplus(long double x) {
    if (is_nan(x) || x == infinity) return x;
    if (x < -exp_negligible_beside_one) return exp(x);
    if (x <= 0) return log1p(exp(x));
    return x + log1p(exp(-x));
}

/// log(1 / (1 + e^-x)) = -softplus(-x).
constexpr long double log_sigmoid(long double x) {
    if (is_nan(x)) return x;
    return -softplus(-x);
}

}  // namespace chainrule::detail::elementary::own
