// SPDX-License-Identifier: BSL-1.0
/// Numbers as template arguments. Wrapped in classes, because raw `double` template arguments crash
/// g++ 12 when two of them meet in deduction.
#pragma once

#include <bit>
#include <cstdint>
#include <limits>

namespace chainrule {

/// A double as a template argument; converts from any number.
struct real {
    double value = 0;

    constexpr real() = default;
    // NOLINTNEXTLINE(google-explicit-constructor): parameter<"alpha", 0.01> must read naturally
    constexpr real(double v) : value(v) {}
    constexpr bool operator==(const real&) const = default;
};

/// A real number known to more than double precision, as an unevaluated sum value + residual.
struct extended_real {
    static constexpr long double infinite = std::numeric_limits<long double>::infinity();

    double value = 0;
    double residual = 0;

    // NOLINTNEXTLINE(google-explicit-constructor): exact_constant<1.702L> must read naturally
    constexpr extended_real(long double v)
        : value(static_cast<double>(v)),
          residual(v < infinite && v > -infinite
                       ? static_cast<double>(v - static_cast<long double>(static_cast<double>(v)))
                       : 0) {}
    constexpr bool operator==(const extended_real&) const = default;
};

/// "No value": what a parameter without a default carries.
inline constexpr extended_real no_value = std::numeric_limits<long double>::quiet_NaN();

namespace detail {

constexpr std::uint64_t bits_of(double value) { return std::bit_cast<std::uint64_t>(value); }
constexpr bool is_value(double value) { return value == value; }

}  // namespace detail
}  // namespace chainrule
