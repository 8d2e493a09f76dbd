// SPDX-License-Identifier: BSL-1.0
/// Square roots, and sums of a square root that neither overflow nor cancel.
#pragma once

#include <chainrule/core/elementary/pair_arithmetic.hpp>

namespace chainrule::detail::elementary::own {

/// √x by Newton's iteration and one step with the exact residual; NaN for x < 0.
constexpr long double square_root(long double x) {
    if (is_nan(x) || x == 0 || x == infinity) return x;
    if (x < 0) return not_a_number;
    auto [m, n] = decompose(x);
    if (n % 2 != 0) {
        m *= 2;
        --n;
    }
    long double root = m / 3 + 0.6875L;  // within 5 % for 1 ≤ m < 4
    root = (root + m / root) / 2;
    root = (root + m / root) / 2;
    root = (root + m / root) / 2;
    root = (root + m / root) / 2;
    const pair square = exact_square(root);
    root += ((m - square.hi) - square.lo) / (2 * root);
    return root * power_of_two(n / 2);
}

/// √(u² + v) where neither u² nor the result may overflow or underflow; NaN for u² + v < 0.
constexpr long double root_sum_square(long double u, long double v) {
    if (is_nan(u) || is_nan(v)) return not_a_number;
    if (is_infinite(u) || is_infinite(v)) return v == -infinity ? not_a_number : infinity;
    u = absolute(u);
    if (u == 0) return square_root(v);
    if (u > 0x1p-8000L && u < 0x1p8000L && absolute(v) < 0x1p16000L) {
        const pair square = exact_square(u);
        return square_root((square.hi + v) + square.lo);
    }
    const long double w = square_root(absolute(v));
    if (v < 0) return u < w ? not_a_number : square_root(u - w) * square_root(u + w);
    // √(u² + w²) divided by the larger one
    const long double large = u > w ? u : w, small = u > w ? w : u;
    const long double ratio = small / large;
    const long double factor = square_root(1 + ratio * ratio);
    const long double half = large / 2 * factor;
    return half > std::numeric_limits<long double>::max() / 2 ? infinity : large * factor;
}

/// u + √(u² + v), for u < 0 as v / (√(u² + v) - u); NaN for u² + v < 0.
constexpr long double conjugate_sum(long double u, long double v) {
    if (u == -infinity) return absolute(v) < infinity ? 0.0L : not_a_number;
    const long double root = root_sum_square(u, v);
    if (is_nan(root) || u == infinity || v == infinity) return root;
    const long double limit = std::numeric_limits<long double>::max() / 2;
    if (u >= 0) return root / 2 + u / 2 > limit ? infinity : root + u;
    if (root / 2 - u / 2 > limit) return v / 2 / (root / 2 - u / 2);
    return v / (root - u);
}

}  // namespace chainrule::detail::elementary::own
