// SPDX-License-Identifier: BSL-1.0
/// a^b = exp(b·log a) with log a carried as hi + lo: b·log a reaches 2^14, so log a needs 14 more
/// bits than the result.
#pragma once

#include <chainrule/core/elementary/logarithm.hpp>

namespace chainrule::detail::elementary::own {

/// log x as hi + lo to about 80 bits, for finite x > 0.
constexpr pair log_pair(long double x) {
    auto [m, n] = decompose(x);
    if (m > square_root_of_two) {
        m /= 2;
        ++n;
    }
    const pair denominator = exact_sum(m, 1);
    const long double quotient = (m - 1) / denominator.hi;
    const pair back = exact_product(quotient, denominator.hi);
    const long double residual = (((m - 1) - back.hi) - back.lo) - quotient * denominator.lo;
    const pair s = ordered_sum(quotient, residual / denominator.hi);
    const pair square = s * s;
    const long double z = square.hi;
    const long double series =
        polynomial(z, 1.0L / 31, 1.0L / 29, 1.0L / 27, 1.0L / 25, 1.0L / 23, 1.0L / 21, 1.0L / 19,
                   1.0L / 17, 1.0L / 15, 1.0L / 13, 1.0L / 11, 1.0L / 9, 1.0L / 7);
    constexpr pair third = {0xaaaaaaaaaaaaaaabp-65L, -0xaaaaaaaaaaaaaaabp-130L};
    constexpr pair fifth = {0xcccccccccccccccdp-66L, -0xcccccccccccccccdp-132L};
    const pair tail = square * (third + square * (fifth + pair{z * series, 0}));
    const pair twice = {2 * s.hi, 2 * s.lo};
    const auto k = static_cast<long double>(n);
    return ordered_sum(k * ln2.hi, k * ln2.lo) + (twice + twice * tail);
}

/// a^b for finite a > 0, a ≠ 1, and finite b ≠ 0.
constexpr long double power_of_positive(long double a, long double b) {
    const int exponent = decompose(a).exponent;
    if (b == 1) return a;
    // exact where the result is: 3², 5³ …
    if (b > 0 && b <= 8 && is_integer(b) && exponent < 1024 && exponent > -2000) {
        long double result = 1, base = a;
        for (int left = static_cast<int>(b); left != 0; left /= 2) {
            if (left % 2 != 0) result *= base;
            base *= base;
        }
        return result;
    }
    // |log a| ≥ 2^-64
    if (absolute(b) > 0x1p80L) return (a > 1) == (b > 0) ? infinity : 0.0L;
    const pair product = log_pair(a) * pair{b, 0};
    if (product.hi > exp_overflows_above) return infinity;
    if (product.hi < exp_vanishes_below) return 0;
    return compose(exp_parts(product.hi, product.lo));
}

/// a^b with the special cases of C99, annex F.
constexpr long double pow(long double a, long double b) {
    if (b == 0 || a == 1) return 1;
    if (is_nan(a) || is_nan(b)) return not_a_number;
    const long double u = absolute(a);
    if (is_infinite(b)) return u == 1 ? 1.0L : (u > 1) == (b > 0) ? infinity : 0.0L;
    const long double sign = is_odd_integer(b) ? copy_sign(1.0L, a) : 1.0L;
    if (u == 0 || is_infinite(u)) return copy_sign((u == 0) == (b > 0) ? 0.0L : infinity, sign);
    if (a < 0 && !is_integer(b)) return not_a_number;
    if (u == 1) return sign;
    return copy_sign(power_of_positive(u, b), sign);
}

}  // namespace chainrule::detail::elementary::own
