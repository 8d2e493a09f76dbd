// SPDX-License-Identifier: BSL-1.0
/// f and f' of every row in double, with libm, in forms without cancellation: what the candidates'
/// results are compared with.
#pragma once

#include "harness.hpp"

#include <string_view>

namespace benchmark {

struct reference_values {
    double value = 0;
    double slope = 0;
    double parameter = 0;     ///< the derivative by alpha or beta
    double second_slope = 0;  ///< swiglu: by the gate
};

/// The function of a row at one point; `second` is the gate, the residual or the slope of the channel.
reference_values reference(std::string_view row, double x, double second, const arguments& a);

}  // namespace benchmark
