// SPDX-License-Identifier: BSL-1.0
/// Where a formula is not smooth: kinks, jumps, poles and edges of the domain.
#pragma once

#include "formula.hpp"

#include <vector>

namespace chainrule::report {

enum class kink_kind { kink, jump, domain_edge };

struct kink {
    double at = 0;
    kink_kind kind = kink_kind::kink;
    double left_value = 0;
    double right_value = 0;
    double left_slope = 0;
    double right_slope = 0;
};

/// Kinks are searched for up to |x| = 1000; where they are many, up to 20, the dense part of the grid.
inline constexpr double kink_search_limit = 1000;
inline constexpr double dense_kink_limit = 20;
inline constexpr std::size_t many_kinks = 12;

/// At most `count` of them, those nearest to 0, from left to right.
std::vector<kink> nearest_kinks(const std::vector<kink>& kinks, std::size_t count);

/// How far the kinks were searched for.
double kink_reach(const std::vector<kink>& kinks);

/// The kinks of the formula, from left to right. A node of the graph
/// that has a corner (min, max, select, abs, sign, round) or a singularity (root, logarithm, pole) is
/// searched for the zeros of the difference that decides it, on a grid and by bisection; a zero is
/// kept if the value or the slope of the whole formula differs from one side to the other.
std::vector<kink> find_kinks(const formula& f);

}  // namespace chainrule::report
