// SPDX-License-Identifier: BSL-1.0
/// The fused kernels against a plain loop of the same formula, on arrays in the first-level cache.
#pragma once

#include "compiled_formula.hpp"

namespace chainrule::report {

inline constexpr std::size_t throughput_elements = 2048;

/// Nanoseconds per element, the least of many repetitions; 0 where there is no plain loop.
struct throughput {
    double fused_value = 0;
    double plain_value = 0;
    double fused_backward = 0;  ///< grad_in = grad_out · f′, all that a backward pass does
    double plain_backward = 0;
};

/// `milliseconds` for each of two comparisons.
throughput measure_throughput(const compiled_formula& f, int milliseconds = 250);

}  // namespace chainrule::report
