// SPDX-License-Identifier: BSL-1.0
#include "steepest.hpp"

#include "grids.hpp"

#include <boost/math/tools/minima.hpp>

#include <algorithm>
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

/// The local maxima of |f′| on the grid that come near the largest, refined between their neighbours; the
/// few nearest to 0.
std::vector<steepest_slope> refined_maxima(const compiled_formula& f,
                                           const std::vector<double>& grid,
                                           const std::vector<double>& slopes, double largest) {
    constexpr std::size_t most = 6;
    std::vector<std::size_t> peaks;
    auto size = [&](std::size_t i) { return std::fabs(slopes[i]); };
    for (std::size_t i = 1; i + 1 < grid.size(); ++i) {
        // Strictly higher than one neighbour: a plateau needs no refinement.
        const bool is_peak = size(i) >= size(i - 1) && size(i) >= size(i + 1) &&
            (size(i) > size(i - 1) || size(i) > size(i + 1));
        if (is_peak && size(i) >= largest * (1 - 1e-4)) peaks.push_back(i);
    }
    std::ranges::sort(peaks, {}, [&](std::size_t i) { return std::fabs(grid[i]); });
    peaks.resize(std::min(peaks.size(), most));
    std::vector<steepest_slope> result;
    for (const std::size_t i : peaks) {
        // One maximum lies between the neighbours, unless a kink does: then nothing better is found.
        const auto [x, y] = boost::math::tools::brent_find_minima(
            [&](double v) {
                const double slope = std::fabs(f.slope(v));
                return std::isnan(slope) ? 0.0 : -slope;
            },
            grid[i - 1], grid[i + 1], 40);
        if (is_larger(-y, size(i))) result.push_back({-y, x, {}});
    }
    return result;
}

/// Oscillations that grow have no limit at infinity: a look farther out.
bool grows_beyond(const compiled_formula& f, double size) {
    const std::vector<double> far = widening_grid(steepest_limit, 3, 1e6, 500);
    std::vector<double> values(far.size());
    std::vector<double> slopes(far.size());
    f.value_and_slope_double(far.data(), values.data(), slopes.data(), far.size());
    return std::ranges::any_of(slopes, [&](double s) { return std::fabs(s) > size * (1 + 1e-9); });
}

}  // namespace

steepest_slope find_steepest(const compiled_formula& f, const std::vector<kink>& kinks) {
    const std::vector<double> grid = even_grid(-steepest_limit, steepest_limit, steepest_points);
    std::vector<double> values(grid.size());
    std::vector<double> slopes(grid.size());
    f.value_and_slope_double(grid.data(), values.data(), slopes.data(), grid.size());

    steepest_slope best{-1, 0, {}};
    for (std::size_t i = 0; i < grid.size(); ++i) {
        if (is_better(std::fabs(slopes[i]), grid[i], best))
            best = {std::fabs(slopes[i]), grid[i], {}};
    }
    for (const steepest_slope& refined : refined_maxima(f, grid, slopes, best.size)) {
        if (is_better(refined.size, refined.at, best)) best = refined;
    }
    for (const kink& k : kinks) {
        if (std::fabs(k.at) > steepest_limit) continue;
        for (const bool left : {true, false}) {
            const double slope = std::fabs(left ? k.left_slope : k.right_slope);
            if (is_better(slope, k.at, best)) {
                best = {slope, k.at,
                        left ? "approached from the left" : "approached from the right"};
            }
        }
    }
    constexpr double infinity = std::numeric_limits<double>::infinity();
    for (const double end : {-infinity, infinity}) {
        const double slope = std::fabs(f.slope(end));
        // Seen only where f' has reached its limit to the last digit: then it is the limit that is meant.
        const bool is_rounded_limit = std::isinf(end) && best.where.empty() &&
            !is_larger(best.size, slope) &&
            is_larger(slope, std::fabs(f.slope(best.at / 2)) * (1 + 1e-9));
        if (is_larger(slope, best.size) || is_rounded_limit)
            best = {slope, end, "approached in the limit"};
    }
    if (best.where.empty() && grows_beyond(f, best.size)) best.where = "larger beyond the grid";
    if (best.size < 0) best = {std::numeric_limits<double>::quiet_NaN(), 0, {}};
    return best;
}

}  // namespace chainrule::report
