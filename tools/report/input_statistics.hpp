// SPDX-License-Identifier: BSL-1.0
/// What a formula does to real pre-activations.
#pragma once

#include "compiled_formula.hpp"
#include "input_file.hpp"

#include <cstdint>
#include <string>

namespace chainrule::report {

/// |f′| below it counts as saturated.
inline constexpr double saturated_below = 1e-3;

struct input_statistics {
    std::string description;
    std::uint64_t count = 0;
    double smallest = 0;
    double largest = 0;
    double mean_input = 0;
    double deviation_input = 0;
    double mean_output = 0;
    double mean_slope_size = 0;  ///< mean |f′|
    double mean_squared_slope = 0;
    double dead_share = 0;        ///< f′ is exactly 0
    double saturated_share = 0;   ///< |f′| < saturated_below, dead ones included
    std::uint64_t undefined = 0;  ///< f or f′ is NaN there; left out of the means
    double undefined_at = 0;
};

/// Reads the file to its end, a block at a time through the fused kernel of its element type, with a
/// bar on stderr.
input_statistics measure_input(const compiled_formula& f, input_file& file);

}  // namespace chainrule::report
