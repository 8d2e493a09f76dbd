// SPDX-License-Identifier: BSL-1.0
#include "steepest.hpp"

#include "grids.hpp"

#include <boost/math/tools/minima.hpp>

#include <cmath>
#include <limits>

namespace chainrule::report {

namespace {

bool is_larger(double slope, double than) { return slope > than * (1 + 1e-12) && slope > than; }

/// Larger, or as large and nearer to 0.
bool is_better(double slope, double at, const steepest_slope& than) {
    if (is_larger(slope, than.size)) return true;
    return slope >= than.size * (1 - 1e-12) && std::fabs(at) < std::fabs(than.at);
}

}  // namespace

steepest_slope find_steepest(const compiled_formula& f, const std::vector<kink>& kinks) {
    const std::vector<double> grid = even_grid(-steepest_limit, steepest_limit, steepest_points);
    std::vector<double> values(grid.size());
    std::vector<double> slopes(grid.size());
    f.value_and_slope_double(grid.data(), values.data(), slopes.data(), grid.size());

    steepest_slope best{-1, 0, {}};
    std::size_t best_index = 0;
    for (std::size_t i = 0; i < grid.size(); ++i) {
        if (is_better(std::fabs(slopes[i]), grid[i], best)) {
            best = {std::fabs(slopes[i]), grid[i], {}};
            best_index = i;
        }
    }
    if (best_index > 0 && best_index + 1 < grid.size()) {
        // Between its neighbours |f'| has one maximum, unless a kink lies there: then nothing is better.
        const auto [x, y] = boost::math::tools::brent_find_minima(
            [&](double v) {
                const double slope = std::fabs(f.slope(v));
                return std::isnan(slope) ? 0.0 : -slope;
            },
            grid[best_index - 1], grid[best_index + 1], 40);
        if (is_larger(-y, best.size)) best = {-y, x, {}};
    }
    for (const kink& k : kinks) {
        if (std::fabs(k.at) > steepest_limit) continue;
        for (const bool left : {true, false}) {
            const double slope = std::fabs(left ? k.left_slope : k.right_slope);
            if (is_better(slope, k.at, best)) {
                best = {slope, k.at, left ? "approached from the left" : "approached from the right"};
            }
        }
    }
    constexpr double infinity = std::numeric_limits<double>::infinity();
    for (const double end : {-infinity, infinity}) {
        const double slope = std::fabs(f.slope(end));
        // Seen only where f' has reached its limit to the last digit: then it is the limit that is meant.
        const bool is_rounded_limit = std::isinf(end) && best.where.empty() && slope == best.size &&
                                      is_larger(slope, std::fabs(f.slope(best.at / 2)) * (1 + 1e-9));
        if (is_larger(slope, best.size) || is_rounded_limit) best = {slope, end, "approached in the limit"};
    }
    if (best.size < 0) best = {std::numeric_limits<double>::quiet_NaN(), 0, {}};
    return best;
}

}  // namespace chainrule::report
