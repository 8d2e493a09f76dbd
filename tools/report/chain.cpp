// SPDX-License-Identifier: BSL-1.0
#include "chain.hpp"

#include "grids.hpp"
#include "progress.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace chainrule::report {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
// Midpoints of equal cells: none is 0, and every third and every fifth make a symmetric grid again.
constexpr std::size_t starts_on_grid = 16'380;
constexpr double farthest_start = 8.19;
constexpr int levels_kept = 200;
constexpr std::size_t coarse_stride = 3;
constexpr std::size_t ranking_stride = 5;
static_assert(starts_on_grid % (2 * coarse_stride * ranking_stride) == 0);

/// ln Σ weight · slope², over every `stride`-th start whose slope is known.
double log_mean_square(const std::vector<double>& log_slope, const std::vector<double>& log_weight,
                       std::size_t stride) {
    double largest = -infinity;
    for (std::size_t i = stride / 2; i < log_weight.size(); i += stride) {
        if (!std::isnan(log_slope[i]))
            largest = std::max(largest, 2 * log_slope[i] + log_weight[i]);
    }
    if (std::isinf(largest)) return largest;  // every slope is 0, or one is infinite
    double sum = 0;
    double weights = 0;
    for (std::size_t i = stride / 2; i < log_weight.size(); i += stride) {
        if (std::isnan(log_slope[i])) continue;
        sum += std::exp(2 * log_slope[i] + log_weight[i] - largest);
        weights += std::exp(log_weight[i]);
    }
    return largest + std::log(sum) - std::log(weights);
}

/// Weighted quantiles over every few starts.
class weighted_ranking {
public:
    explicit weighted_ranking(const std::vector<double>& log_weight) {
        for (const double w : log_weight) weight.push_back(std::exp(w));
    }

    void fill(chain_level& level, const std::vector<double>& log_slope) {
        live.clear();
        double total = 0;
        bool any_known = false;
        for (std::size_t i = ranking_stride / 2; i < weight.size(); i += ranking_stride) {
            any_known = any_known || !std::isnan(log_slope[i]);
            if (std::isnan(log_slope[i]) || log_slope[i] == -infinity) continue;
            live.push_back(i);
            total += weight[i];
        }
        const double none = any_known ? -infinity : std::numeric_limits<double>::quiet_NaN();
        level.log_low = level.log_median = level.log_high = none;
        std::ranges::sort(live, {}, [&](std::size_t i) { return log_slope[i]; });
        double below = 0;
        for (std::size_t k = 0; k < live.size(); ++k) {
            const double here = log_slope[live[k]];
            const double before = below;
            below += weight[live[k]] / total;
            auto passes = [&](double share) { return before <= share && below > share; };
            if (passes(0.1)) level.log_low = here;
            if (passes(0.9)) level.log_high = here;
            if (passes(0.5 + 1e-9)) {
                // Where half of the starts share one slope and half another, the larger; else the middle.
                const double last = k > 0 ? log_slope[live[k - 1]] : here;
                level.log_median = here - last < 0.1 ? (here + last) / 2 : here;
            }
        }
    }

private:
    std::vector<double> weight;
    std::vector<std::size_t> live;
};

chain_verdict judge(double log_slope) {
    if (std::isnan(log_slope)) return chain_verdict::undefined;
    if (log_slope < std::log(vanishing_below)) return chain_verdict::vanishes;
    if (log_slope > std::log(exploding_above)) return chain_verdict::explodes;
    return chain_verdict::preserved;
}

}  // namespace

chain_analysis follow_chain(const run_time_kernel& f, int depth) {
    chain_analysis result;
    result.depth = depth;

    // Equally spaced starts with normal weights: for smooth integrands as good as any quadrature.
    constexpr double half_cell = farthest_start / static_cast<double>(starts_on_grid);
    std::vector<double> state =
        even_grid(-farthest_start + half_cell, farthest_start - half_cell, starts_on_grid);
    std::vector<double> log_weight;
    double total = 0;
    for (const double x : state) {
        log_weight.push_back(-0.5 * x * x);
        total += std::exp(log_weight.back());
    }
    for (double& w : log_weight) w -= std::log(total);
    for (const double start : {-2.0, -1.0, -0.5, 0.5, 1.0, 2.0}) {
        state.push_back(start);
        result.starts.push_back({start, 0});
    }

    std::vector<double> log_slope(state.size(), 0.0);
    std::vector<double> next(state.size());
    std::vector<double> slope(state.size());
    weighted_ranking ranking(log_weight);
    const int thinning = (depth + levels_kept - 1) / levels_kept;
    for (int k = 1; k <= depth; ++k) {
        stop_if_interrupted();
        f(state.data(), next.data(), slope.data(), state.size());
        for (std::size_t i = 0; i < state.size(); ++i) {
            // Once a factor is 0 the product stays 0, whatever an infinite factor would say.
            log_slope[i] = log_slope[i] == -infinity && !std::isnan(slope[i])
                ? -infinity
                : log_slope[i] + std::log(std::fabs(slope[i]));
        }
        state.swap(next);
        // A chain that has left the domain stays lost, even if the slope there is a number;
        // kernels take their slowest path for NaN.
        for (std::size_t i = 0; i < state.size(); ++i) {
            if (std::isnan(state[i])) log_slope[i] = std::numeric_limits<double>::quiet_NaN();
            if (std::isnan(log_slope[i])) state[i] = 0;
        }
        chain_level level{.depth = k, .log_rms = log_mean_square(log_slope, log_weight, 1) / 2};
        ranking.fill(level, log_slope);
        if (!result.lost_at && level.log_rms < std::log(lost_below)) result.lost_at = k;
        if (!result.typically_lost_at && level.log_median < std::log(lost_below)) {
            result.typically_lost_at = k;
        }
        if (k % thinning == 0 || k == 1 || k == depth) result.levels.push_back(level);
        result.log_rms = level.log_rms;
        result.log_median = level.log_median;
    }

    for (std::size_t i = 0; i < log_weight.size(); ++i) {
        if (std::isnan(log_slope[i])) result.undefined_share += std::exp(log_weight[i]);
        if (log_slope[i] == -infinity) result.dead_share += std::exp(log_weight[i]);
    }
    if (result.undefined_share > 1 - 1e-9) result.undefined_share = 1;
    if (result.dead_share > 1 - 1e-9) result.dead_share = 1;
    const double coarse = log_mean_square(log_slope, log_weight, coarse_stride) / 2;
    result.uncertainty =
        coarse == result.log_rms ? 0 : std::fabs(std::expm1(coarse - result.log_rms));
    for (std::size_t i = 0; i < result.starts.size(); ++i) {
        result.starts[i].log_slope = log_slope[log_weight.size() + i];
    }
    if (result.undefined_share < 1) {
        result.verdict = judge(result.log_rms);
        result.typical_verdict = judge(result.log_median);
    } else {
        result.verdict = result.typical_verdict = chain_verdict::undefined;
    }
    return result;
}

}  // namespace chainrule::report
