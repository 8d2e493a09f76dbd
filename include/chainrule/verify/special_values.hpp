// SPDX-License-Identifier: BSL-1.0
/// The numbers on which functions go wrong: zeros, the edges of the number range, infinities, NaN, and
/// the neighbours of a point.
#pragma once

#include <chainrule/verify/ulp.hpp>

#include <array>
#include <vector>

namespace chainrule {

/// ±0, ± the smallest and the largest subnormal, ± the smallest and the largest normal number, ±1 and its
/// neighbours, ±inf, NaN.
template<std::floating_point T>
constexpr auto special_values() {
    using limits = std::numeric_limits<T>;
    constexpr T largest_subnormal = limits::min() - limits::denorm_min();
    constexpr T below_one = T(1) - limits::epsilon() / 2;
    constexpr T above_one = T(1) + limits::epsilon();
    return std::array<T, 19>{T(0),
                             -T(0),
                             limits::denorm_min(),
                             -limits::denorm_min(),
                             largest_subnormal,
                             -largest_subnormal,
                             limits::min(),
                             -limits::min(),
                             below_one,
                             -below_one,
                             T(1),
                             -T(1),
                             above_one,
                             -above_one,
                             limits::max(),
                             limits::lowest(),
                             limits::infinity(),
                             -limits::infinity(),
                             limits::quiet_NaN()};
}

/// The point with its `steps` neighbours on both sides, in ascending order.
template<std::floating_point T>
constexpr std::vector<T> neighbourhood(T point, int steps = 4) {
    std::vector<T> result(static_cast<std::size_t>(2 * steps + 1), point);
    for (int i = 1; i <= steps; ++i) {
        const auto middle = static_cast<std::size_t>(steps);
        const auto offset = static_cast<std::size_t>(i);
        result[middle + offset] = next_up(result[middle + offset - 1]);
        result[middle - offset] = next_down(result[middle - offset + 1]);
    }
    return result;
}

}  // namespace chainrule
