// SPDX-License-Identifier: BSL-1.0
/// The largest |f′| that is seen on a grid. Not a certified bound.
#pragma once

#include "compiled_formula.hpp"
#include "kinks.hpp"

#include <string>
#include <vector>

namespace chainrule::report {

struct steepest_slope {
    double size = 0;
    double at = 0;
    std::string where;  ///< empty, or that it is a one-sided slope, or that f′ grows beyond
};

inline constexpr double steepest_limit = 20;
inline constexpr std::size_t steepest_points = 40'001;

/// On `steepest_points` points of [−20, 20], on both sides of each kink, refined around the largest
/// grid value; and in the limits x → ±∞.
steepest_slope find_steepest(const compiled_formula& f, const std::vector<kink>& kinks);

}  // namespace chainrule::report
