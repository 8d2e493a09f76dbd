// SPDX-License-Identifier: BSL-1.0
/// Unevaluated sums hi + lo of two long doubles: error-free sums and products (Dekker, Knuth).
/// Products are split instead of using fma, so that constant evaluation and fp-contract agree.
#pragma once

#include <chainrule/core/elementary/float_parts.hpp>

namespace chainrule::detail::elementary::own {

struct pair {
    long double hi;
    long double lo;
};

/// a + b exactly, for |a| ≥ |b| or a = 0.
constexpr pair ordered_sum(long double a, long double b) {
    const long double sum = a + b;
    return {sum, b - (sum - a)};
}

/// a + b exactly.
constexpr pair exact_sum(long double a, long double b) {
    const long double sum = a + b;
    const long double part = sum - a;
    return {sum, (a - (sum - part)) + (b - part)};
}

/// The upper half of the bits of a; |a| < 2^16000.
constexpr long double upper_half(long double a) {
    constexpr long double splitter = power_of_two((digits + 1) / 2) + 1;
    const long double scaled_up = a * splitter;
    return scaled_up - (scaled_up - a);
}

/// a · b exactly, away from overflow and underflow.
constexpr pair exact_product(long double a, long double b) {
    const long double product = a * b;
    const long double a_hi = upper_half(a), a_lo = a - a_hi;
    const long double b_hi = upper_half(b), b_lo = b - b_hi;
    return {product, ((a_hi * b_hi - product) + a_hi * b_lo + a_lo * b_hi) + a_lo * b_lo};
}

/// x² exactly, away from overflow and underflow.
constexpr pair exact_square(long double x) {
    const long double square = x * x;
    const long double hi = upper_half(x), lo = x - hi;
    return {square, ((hi * hi - square) + 2 * hi * lo) + lo * lo};
}

constexpr pair operator+(const pair& a, const pair& b) {
    const pair sum = exact_sum(a.hi, b.hi);
    return ordered_sum(sum.hi, sum.lo + (a.lo + b.lo));
}

constexpr pair operator*(const pair& a, const pair& b) {
    const pair product = exact_product(a.hi, b.hi);
    return ordered_sum(product.hi, product.lo + (a.hi * b.lo + a.lo * b.hi));
}

}  // namespace chainrule::detail::elementary::own
