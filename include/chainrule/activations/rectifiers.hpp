// SPDX-License-Identifier: BSL-1.0
/// Rectifiers: relu, leaky_relu, prelu, relu6, leaky_relu6, relu_general.
#pragma once

#include <chainrule/expr/compose.hpp>
#include <chainrule/op/max.hpp>
#include <chainrule/op/min.hpp>
#include <chainrule/op/multiply.hpp>
#include <chainrule/op/select.hpp>
#include <chainrule/op/subtract.hpp>

namespace chainrule::activations {

/// max(x, 0). Range [0, ∞); slope 0 at 0.
inline constexpr auto relu = max(x, constant<0>);

/// x for x > 0, else αx. Slope α at 0.
inline constexpr auto leaky_relu = select(x > constant<0>, x, parameter<"alpha", 0.01L>{} * x);

/// leaky_relu with a learned α; the default is where PyTorch starts.
inline constexpr auto prelu = select(x > constant<0>, x, parameter<"alpha", 0.25L>{} * x);

/// relu cut off at `cap`. Range [0, cap]; slope 0 at both ends.
inline constexpr auto relu6 = min(max(x, constant<0>), parameter<"cap", 6>{});

/// leaky_relu cut off at 6, for 0 ≤ α ≤ 1. Range (−∞, 6]; slope α at 0, 0 at 6.
inline constexpr auto leaky_relu6 = min(max(parameter<"alpha", 0.01L>{} * x, x), constant<6>);

/// Keras' relu: max(x, 0) cut off at `cap` (to be given) for x ≥ t, slope·(x − t) below t.
inline constexpr auto relu_general =
    select(x < parameter<"t", 0>{}, parameter<"slope", 0>{} * (x - parameter<"t", 0>{}),
           min(max(x, constant<0>), parameter<"cap">{}));

}  // namespace chainrule::activations
