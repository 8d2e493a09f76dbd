// SPDX-License-Identifier: BSL-1.0
/// The curves of f, f′ and f″ as columns for gnuplot.
#pragma once

#include "analysis.hpp"

#include <string>

namespace chainrule::report {

struct function_samples {
    std::string data;  ///< "x f f′ [f″]" in lines; an empty line at every kink ends the curve
    double low = -6, high = 6;
    double bottom = -1, top = 1;
};

/// The range of x takes in the kinks near 0; the range of y what most of the curves need.
function_samples sample_function(const analysis& a, std::size_t points,
                                 bool with_second_derivative);

}  // namespace chainrule::report
