// SPDX-License-Identifier: BSL-1.0
/// Grids of points, made by the library's door to range-v3.
#pragma once

#include <cstddef>
#include <vector>

namespace chainrule::report {

/// Evenly spaced from low to high, both included.
std::vector<double> even_grid(double low, double high, std::size_t points);

/// Even from −dense to dense, then on both sides geometric up to ±far.
std::vector<double> widening_grid(double dense, std::size_t dense_points, double far,
                                  std::size_t far_points);

}  // namespace chainrule::report
