// SPDX-License-Identifier: BSL-1.0
/// exp and everything made of it alone: expm1, hyperbolic functions, sigmoid.
///
/// exp(x) = 2^n · exp(r), r = x - n·ln 2, |r| ≤ ln 2 / 2, and a Taylor polynomial for exp(r) - 1.
/// 2^n is applied last and once, so that results in the subnormal range are rounded once.
#pragma once

#include <chainrule/core/elementary/pair_arithmetic.hpp>

namespace chainrule::detail::elementary::own {

/// ln 2 in two parts; the first has 44 bits, so that its product with an exponent is exact.
inline constexpr pair ln2 = {0xb17217f7d1c00000p-64L, 0xf79abc9e3b39803fp-108L};
inline constexpr long double log2_e = 1.44269504088896340735992468100189214L;

/// Beyond these exp overflows to inf and is below half of the smallest subnormal.
inline constexpr long double exp_overflows_above = 11357.0L;
inline constexpr long double exp_vanishes_below = -11400.0L;
/// From here on e^-x is below half an ULP of 1.
inline constexpr long double exp_negligible_beside_one = 46.0L;

/// e^r - 1 for |r| ≤ 0.35; the relative remainder is 2^-73.
constexpr long double expm1_kernel(long double r) {
    const long double tail = polynomial(
        r, 1.0L / 355687428096000, 1.0L / 20922789888000, 1.0L / 1307674368000, 1.0L / 87178291200,
        1.0L / 6227020800, 1.0L / 479001600, 1.0L / 39916800, 1.0L / 3628800, 1.0L / 362880,
        1.0L / 40320, 1.0L / 5040, 1.0L / 720, 1.0L / 120, 1.0L / 24, 1.0L / 6, 1.0L / 2);
    return r + r * r * tail;
}

/// The n of the reduction x = n·ln 2 + r.
constexpr int exp_exponent(long double x) {
    return static_cast<int>(x * log2_e + (x < 0 ? -0.5L : 0.5L));
}

/// e^(hi + lo) for |hi| < 2^15, not yet scaled. lo carries what rounding took from the argument:
/// an error d of the argument is a relative error d of the result.
constexpr scaled exp_parts(long double hi, long double lo = 0) {
    const int n = exp_exponent(hi);
    const auto k = static_cast<long double>(n);
    const long double r = (hi - k * ln2.hi) - (k * ln2.lo - lo);
    return {1 + expm1_kernel(r), n};
}

/// factor · e^(hi + lo), rounded once at the subnormal edge; 2^-60 < |factor| < 2^60.
constexpr long double exp_times(long double factor, long double hi, long double lo = 0) {
    if (hi < exp_vanishes_below - exp_negligible_beside_one) return copy_sign(0.0L, factor);
    scaled e = exp_parts(hi, lo);
    e.significand *= factor;
    return compose(e);
}

/// e^x.
constexpr long double exp(long double x) {
    if (is_nan(x)) return x;
    if (x > exp_overflows_above) return infinity;
    if (x < exp_vanishes_below) return 0;
    return compose(exp_parts(x));
}

/// e^x - 1, accurate near 0.
constexpr long double expm1(long double x) {
    if (is_nan(x) || x == 0) return x;
    if (absolute(x) < 0.34L) return expm1_kernel(x);
    if (x > exp_negligible_beside_one) return exp(x);
    if (x < -exp_negligible_beside_one) return -1;
    const int n = exp_exponent(x);
    const auto k = static_cast<long double>(n);
    const long double r = (x - k * ln2.hi) - k * ln2.lo;
    const long double scale = power_of_two(n);
    return scale * expm1_kernel(r) + (scale - 1);
}

/// (e^x - e^-x) / 2.
constexpr long double sinh(long double x) {
    if (is_nan(x) || x == 0) return x;
    const long double u = absolute(x);
    if (u > exp_overflows_above + 1) return copy_sign(infinity, x);
    if (u > exp_negligible_beside_one) return copy_sign(compose(exp_parts(u), -1), x);
    const long double e = expm1(u);
    return copy_sign((e + e / (e + 1)) / 2, x);
}

/// (e^x + e^-x) / 2.
constexpr long double cosh(long double x) {
    if (is_nan(x)) return x;
    const long double u = absolute(x);
    if (u > exp_overflows_above + 1) return infinity;
    if (u > exp_negligible_beside_one) return compose(exp_parts(u), -1);
    const long double e = exp(u);
    return (e + 1 / e) / 2;
}

/// (e^x - e^-x) / (e^x + e^-x).
constexpr long double tanh(long double x) {
    if (is_nan(x) || x == 0) return x;
    if (absolute(x) > exp_negligible_beside_one / 2) return copy_sign(1.0L, x);
    const long double e = expm1(2 * x);
    return e / (e + 2);
}

/// 1 / cosh x, without overflow of cosh.
constexpr long double sech(long double x) {
    if (is_nan(x)) return x;
    const long double u = absolute(x);
    if (u > -exp_vanishes_below + 1) return 0;
    if (u > exp_negligible_beside_one / 2) return compose(exp_parts(-u), 1);
    const long double e = exp(-u);
    return 2 * e / (1 + e * e);
}

/// 1 / (1 + e^-x).
constexpr long double sigmoid(long double x) {
    if (is_nan(x)) return x;
    const long double e = exp(-absolute(x));
    if (x >= 0) return 1 / (1 + e);
    return e / (1 + e);
}

/// x - tanh x = (x·cosh x - sinh x) / cosh x; the numerator is x³·Σ 2n/(2n+1)!·x^(2n-2), n ≥ 1.
constexpr long double tanh_residual(long double x) {
    if (is_nan(x) || is_infinite(x)) return x;
    if (absolute(x) > 1.5L) return x - tanh(x);
    const long double s = x * x;
    const long double numerator =
        polynomial(s, 24.0L / 15511210043330985984000000.0L, 22.0L / 25852016738884976640000.0L,
                   20.0L / 51090942171709440000.0L, 18.0L / 121645100408832000,
                   16.0L / 355687428096000, 14.0L / 1307674368000, 12.0L / 6227020800,
                   10.0L / 39916800, 8.0L / 362880, 6.0L / 5040, 4.0L / 120, 2.0L / 6);
    return x * (s * (numerator / cosh(x)));
}

}  // namespace chainrule::detail::elementary::own
