// SPDX-License-Identifier: BSL-1.0
#include "grids.hpp"

#include <chainrule/interop/ranges.hpp>

#include <range/v3/range/conversion.hpp>
#include <range/v3/view/concat.hpp>
#include <range/v3/view/drop.hpp>
#include <range/v3/view/reverse.hpp>
#include <range/v3/view/transform.hpp>

namespace chainrule::report {

std::vector<double> even_grid(double low, double high, std::size_t points) {
    return linspace(low, high, static_cast<std::ptrdiff_t>(points)) |
        ranges::to<std::vector<double>>();
}

std::vector<double> widening_grid(double dense, std::size_t dense_points, double far,
                                  std::size_t far_points) {
    const auto outward =
        geomspace(dense, far, static_cast<std::ptrdiff_t>(far_points)) | ranges::views::drop(1);
    const auto inward =
        outward | ranges::views::transform([](double x) { return -x; }) | ranges::views::reverse;
    return ranges::views::concat(inward,
                                 linspace(-dense, dense, static_cast<std::ptrdiff_t>(dense_points)),
                                 outward) |
        ranges::to<std::vector<double>>();
}

}  // namespace chainrule::report
