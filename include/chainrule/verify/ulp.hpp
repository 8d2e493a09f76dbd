// SPDX-License-Identifier: BSL-1.0
/// Distances between floating-point numbers, counted in representable numbers (ULP: unit in the last
/// place), and the neighbours of a number. For float, double and long double, at compile time too.
#pragma once

#include <chainrule/core/elementary/float_parts.hpp>

#include <bit>
#include <concepts>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace chainrule {

/// The distance of a NaN from every number, and of numbers further apart than 2^64.
inline constexpr std::uint64_t no_ulp_distance = std::numeric_limits<std::uint64_t>::max();

/// The distance from |v| to the next larger number of its type: 2^-52 for 1.0, the smallest subnormal
/// number for 0. For the largest number the distance from the one before; inf for ±inf, NaN for NaN.
template<std::floating_point T>
constexpr T ulp_of(T v) {
    namespace elementary = detail::elementary;
    using limits = std::numeric_limits<T>;
    if (elementary::is_nan(v)) return v;
    const T size = elementary::absolute(v);
    if (elementary::is_infinite(v)) return size;
    if (size < 2 * limits::min()) return limits::denorm_min();
    const auto parts = elementary::own::decompose(static_cast<long double>(size));
    return static_cast<T>(elementary::own::compose({1, parts.exponent - (limits::digits - 1)}));
}

/// The smallest number above v; +inf after the largest, NaN for NaN.
template<std::floating_point T>
constexpr T next_up(T v) {
    namespace elementary = detail::elementary;
    using limits = std::numeric_limits<T>;
    if (elementary::is_nan(v) || v == limits::infinity()) return v;
    if (v == 0) return limits::denorm_min();
    if (v == -limits::infinity()) return limits::lowest();
    if (v == limits::max()) return limits::infinity();
    if (v > 0) return v + ulp_of(v);
    const T size = -v;
    const T below = ulp_of(size);
    // Below a power of two the numbers are twice as dense.
    const bool is_power =
        size > limits::min() && size - below / 2 != size && ulp_of(size - below / 2) != below;
    return -(size - (is_power ? below / 2 : below));
}

/// The largest number below v.
template<std::floating_point T>
constexpr T next_down(T v) {
    return -next_up(-v);
}

namespace detail {

/// How many numbers lie in (low, high], for 0 ≤ low ≤ high finite.
template<class T>
constexpr std::uint64_t count_numbers(T low, T high) {
    if constexpr (sizeof(T) <= sizeof(std::uint64_t)) {
        using bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
        return static_cast<std::uint64_t>(std::bit_cast<bits>(high + T(0))) -
            static_cast<std::uint64_t>(std::bit_cast<bits>(low + T(0)));
    } else {
        // From binade to binade; exact up to 2^64.
        T count = 0;
        T at = low;
        for (int binades = 0; binades < 4; ++binades) {
            const T spacing = ulp_of(at);
            const T end = at < std::numeric_limits<T>::min()
                ? 2 * std::numeric_limits<T>::min()
                : static_cast<T>(elementary::own::compose(
                      {1, elementary::own::decompose(static_cast<long double>(at)).exponent + 1}));
            if (high <= end) {
                count += (high - at) / spacing;
                return count >= static_cast<T>(0x1p64L) ? no_ulp_distance
                                                        : static_cast<std::uint64_t>(count);
            }
            count += (end - at) / spacing;
            at = end;
        }
        return no_ulp_distance;
    }
}

}  // namespace detail

/// How many steps from number to number lead from a to b: 0 for equal numbers and for +0 and −0, 1 for
/// neighbours, across zero the sum of both distances from it; ±inf is one step beyond the largest
/// number. 0 for two NaNs, no_ulp_distance for one. Larger distances than 2^64 − 1 (long double only)
/// give no_ulp_distance.
template<std::floating_point T>
constexpr std::uint64_t ulp_distance(T a, T b) {
    namespace elementary = detail::elementary;
    using limits = std::numeric_limits<T>;
    if (elementary::is_nan(a) || elementary::is_nan(b)) {
        return elementary::is_nan(a) && elementary::is_nan(b) ? 0 : no_ulp_distance;
    }
    if (a == b) return 0;
    if (a > b) return ulp_distance(b, a);
    auto steps = [](T low, T high) -> std::uint64_t {
        if (high != limits::infinity()) return detail::count_numbers(low, high);
        if (low == limits::infinity()) return 0;
        const std::uint64_t finite = detail::count_numbers(low, limits::max());
        return finite == no_ulp_distance ? finite : finite + 1;
    };
    if (a >= 0) return steps(a, b);
    if (b <= 0) return steps(-b, -a);
    const std::uint64_t below = steps(0, -a);
    const std::uint64_t above = steps(0, b);
    return below > no_ulp_distance - above ? no_ulp_distance : below + above;
}

/// The error of a result against a value known more precisely, in units of the last place of the latter
/// in the result's type; 0 for two NaNs and for an infinity that the exact value rounds to, inf if only
/// one is NaN or infinite.
template<std::floating_point T>
constexpr double ulp_error(T result, long double exact) {
    namespace elementary = detail::elementary;
    if (elementary::is_nan(result) || elementary::is_nan(exact)) {
        return elementary::is_nan(result) && elementary::is_nan(exact)
            ? 0
            : std::numeric_limits<double>::infinity();
    }
    const T rounded = elementary::is_infinite(exact) ||
            elementary::absolute(exact) > static_cast<long double>(std::numeric_limits<T>::max())
        ? (exact < 0 ? -std::numeric_limits<T>::infinity() : std::numeric_limits<T>::infinity())
        : static_cast<T>(exact);
    if (result == rounded && elementary::is_infinite(result)) return 0;
    if (elementary::is_infinite(result) || elementary::is_infinite(exact)) {
        return std::numeric_limits<double>::infinity();
    }
    const auto unit = static_cast<long double>(
        ulp_of(elementary::is_infinite(rounded) ? std::numeric_limits<T>::max() : rounded));
    const long double error = elementary::absolute(static_cast<long double>(result) - exact) / unit;
    return error > static_cast<long double>(std::numeric_limits<double>::max())
        ? std::numeric_limits<double>::infinity()
        : static_cast<double>(error);
}

}  // namespace chainrule
