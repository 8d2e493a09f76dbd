// SPDX-License-Identifier: BSL-1.0
/// Sign, exponent, scaling and rounding of floating-point numbers, in constant evaluation too.
#pragma once

#include <bit>
#include <concepts>
#include <cstdint>
#include <limits>

namespace chainrule::detail::elementary {

/// |x|; clears the sign of -0.
template<std::floating_point T>
constexpr T absolute(T x) {
    return static_cast<T>(__builtin_fabsl(static_cast<long double>(x)));
}

/// The magnitude of x with the sign of y; sees the sign of -0.
template<std::floating_point T>
constexpr T copy_sign(T x, T y) {
    return static_cast<T>(
        __builtin_copysignl(static_cast<long double>(x), static_cast<long double>(y)));
}

/// Whether the sign bit of x is set: true for -0. (clang 19 has no constexpr __builtin_signbit.)
template<std::floating_point T>
constexpr bool sign_bit(T x) {
    return copy_sign(T{1}, x) < T{0};
}

template<std::floating_point T>
constexpr bool is_nan(T x) {
    return x != x;
}

template<std::floating_point T>
constexpr bool is_infinite(T x) {
    return absolute(x) > std::numeric_limits<T>::max();
}

namespace own {

inline constexpr long double infinity = std::numeric_limits<long double>::infinity();
inline constexpr long double not_a_number = std::numeric_limits<long double>::quiet_NaN();
inline constexpr int largest_exponent = std::numeric_limits<long double>::max_exponent - 1;
inline constexpr int smallest_exponent = std::numeric_limits<long double>::min_exponent - 1;
inline constexpr int digits = std::numeric_limits<long double>::digits;

/// The x87 80-bit format as stored on x86-64, whose fields can be reached by a bit cast.
struct extended_bits {
    std::uint64_t significand;
    std::uint16_t sign_and_exponent;
    unsigned char padding[6];
};
inline constexpr bool has_extended_bits = digits == 64 &&
    sizeof(long double) == sizeof(extended_bits) && std::endian::native == std::endian::little;

/// 2^n for an n that gives a normal number, in any format.
constexpr long double power_of_two_by_products(int n) {
    long double result = 1, base = n < 0 ? 0.5L : 2.0L;
    for (int left = n < 0 ? -n : n; left != 0;) {
        if (left % 2 != 0) result *= base;
        left /= 2;
        if (left != 0) base *= base;
    }
    return result;
}

/// The same, written into the exponent field where that is possible.
constexpr long double power_of_two(int n) {
    if constexpr (has_extended_bits) {
        return std::bit_cast<long double>(
            extended_bits{std::uint64_t{1} << 63, static_cast<std::uint16_t>(n + 16383), {}});
    } else {
        return power_of_two_by_products(n);
    }
}

/// significand · 2^exponent.
struct scaled {
    long double significand;
    int exponent;
};

/// x = significand · 2^exponent with 1 ≤ |significand| < 2, for any finite x ≠ 0, in any format.
constexpr scaled decompose_by_scaling(long double x) {
    int exponent = 0;
    for (int step = (largest_exponent + 1) / 2; step > 0; step /= 2) {
        while (absolute(x) >= power_of_two_by_products(step)) {
            x *= power_of_two_by_products(-step);
            exponent += step;
        }
        while (absolute(x) < power_of_two_by_products(1 - step)) {
            x *= power_of_two_by_products(step);
            exponent -= step;
        }
    }
    return {x, exponent};
}

/// The same, read from the bits where that is possible.
constexpr scaled decompose(long double x) {
    if constexpr (has_extended_bits) {
        const bool subnormal = absolute(x) < std::numeric_limits<long double>::min();
        if (subnormal) x *= power_of_two(64);
        const auto bits = std::bit_cast<extended_bits>(x);
        const unsigned field = bits.sign_and_exponent;
        const auto significand = std::bit_cast<long double>(extended_bits{
            bits.significand, static_cast<std::uint16_t>((field & 0x8000U) | 16383U), {}});
        return {significand, static_cast<int>(field & 0x7fffU) - (subnormal ? 16383 + 64 : 16383)};
    } else {
        return decompose_by_scaling(x);
    }
}

/// s · 2^extra, rounded once: gives ±inf beyond the range, subnormals and ±0 below it.
constexpr long double compose(scaled s, int extra = 0) {
    if (s.significand == 0) return s.significand;
    const scaled normal = decompose(s.significand);
    const int exponent = normal.exponent + s.exponent + extra;
    if (exponent > largest_exponent) return copy_sign(infinity, s.significand);
    if (exponent >= smallest_exponent) return normal.significand * power_of_two(exponent);
    if (exponent < smallest_exponent - digits) return copy_sign(0.0L, s.significand);
    // the first factor is exact, the second one rounds
    return normal.significand * power_of_two(exponent + digits) * power_of_two(-digits);
}

/// Largest integer not above x.
constexpr long double floor(long double x) {
    if (!(absolute(x) < 0x1p63L) || x == 0) return x;
    const auto truncated = static_cast<long double>(static_cast<std::int64_t>(x));
    return copy_sign(truncated > x ? truncated - 1 : truncated, x);
}

/// Nearest integer, ties to the even one.
constexpr long double round_half_even(long double x) {
    if (!(absolute(x) < 0x1p63L) || x == 0) return x;
    const auto whole = static_cast<std::int64_t>(x);
    const long double rest = absolute(x - static_cast<long double>(whole));
    const bool away = rest > 0.5L || (rest == 0.5L && whole % 2 != 0);
    const auto rounded = static_cast<long double>(whole);
    return copy_sign(absolute(rounded) + (away ? 1.0L : 0.0L), x);
}

/// Horner's rule; the coefficients from the highest power down to the constant.
template<class... Coefficients>
constexpr long double polynomial(long double x, long double leading, Coefficients... rest) {
    ((leading = leading * x + rest), ...);
    return leading;
}

constexpr bool is_integer(long double x) { return floor(x) == x; }
constexpr bool is_odd_integer(long double x) { return is_integer(x) && !is_integer(x / 2); }

}  // namespace own
}  // namespace chainrule::detail::elementary
