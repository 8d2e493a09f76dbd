// SPDX-License-Identifier: BSL-1.0
/// The N-fold chain x_k = f(x_{k−1}) and the slope ∂x_k/∂x₀ through it.
#pragma once

#include "compiled_formula.hpp"
#include "run_time_kernel.hpp"

#include <optional>
#include <vector>

namespace chainrule::report {

inline constexpr int default_depth = 50;
inline constexpr int largest_depth = 10'000;
inline constexpr double vanishing_below = 1e-3;
inline constexpr double exploding_above = 1e3;
inline constexpr double lost_below = 1e-6;

enum class chain_verdict { vanishes, preserved, explodes, undefined };

/// All slopes are kept as natural logarithms, so that none underflows: −∞ is a slope of exactly 0.
struct chain_level {
    int depth = 0;
    double log_rms = 0;  ///< ln s_k, s_k = √E(∂x_k/∂x₀)², x₀ ~ N(0,1)
    // Of the starts that are not dead (their slope is not exactly 0):
    double log_median = 0;  ///< ln of the median of |∂x_k/∂x₀|
    double log_low = 0;     ///< 10 % have less
    double log_high = 0;    ///< 90 % have less
};

struct chain_start {
    double start = 0;
    double log_slope =
        0;  ///< ln |∂x_N/∂x₀| from this start; NaN if the chain leaves the domain of f
};

struct chain_analysis {
    int depth = default_depth;
    chain_verdict verdict = chain_verdict::preserved;          ///< on s_N
    chain_verdict typical_verdict = chain_verdict::preserved;  ///< on the median
    std::vector<chain_level> levels;       ///< the depths 1 … N, thinned out if N is large
    double log_rms = 0;                    ///< ln s_N
    std::optional<int> lost_at;            ///< the first k with s_k < 1e-6
    double log_median = 0;                 ///< ln of the median at depth N
    std::optional<int> typically_lost_at;  ///< the same for the median
    double dead_share = 0;                 ///< share of the starts with slope exactly 0
    double undefined_share = 0;       ///< share of the starts whose chain leaves the domain of f
    double uncertainty = 0;           ///< relative, of s_N: against a third of the starts
    std::vector<chain_start> starts;  ///< a few fixed starts
};

chain_analysis follow_chain(const run_time_kernel& f, int depth);

}  // namespace chainrule::report
