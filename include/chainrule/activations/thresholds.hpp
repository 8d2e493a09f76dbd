// SPDX-License-Identifier: BSL-1.0
/// Functions that keep x beyond a threshold: threshold, thresholded_relu, hard_shrink, soft_shrink, shrink.
/// Slope 0 at the thresholds.
#pragma once

#include <chainrule/expr/compose.hpp>
#include <chainrule/op/abs.hpp>
#include <chainrule/op/add.hpp>
#include <chainrule/op/negate.hpp>
#include <chainrule/op/select.hpp>
#include <chainrule/op/subtract.hpp>

namespace chainrule::activations {

/// x for x > t, else v; both must be given. Jumps at t unless v = t.
inline constexpr auto threshold = select(x > parameter<"t">{}, x, parameter<"v">{});

/// x for x > α, else 0. Jumps at α.
inline constexpr auto thresholded_relu = select(x > parameter<"alpha", 1>{}, x, constant<0>);

/// x for |x| > λ, else 0. Jumps at ±λ.
inline constexpr auto hard_shrink = select(abs(x) > parameter<"lambda", 0.5>{}, x, constant<0>);

/// x − λ for x > λ, x + λ for x < −λ, else 0. Continuous.
inline constexpr auto soft_shrink =
    select(x > parameter<"lambda", 0.5>{}, x - parameter<"lambda", 0.5>{},
           select(x < -parameter<"lambda", 0.5>{}, x + parameter<"lambda", 0.5>{}, constant<0>));

/// x − bias for x > λ, x + bias for x < −λ, else 0. Jumps at ±λ unless bias = λ.
inline constexpr auto shrink =
    select(x > parameter<"lambda", 0.5>{}, x - parameter<"bias", 0>{},
           select(x < -parameter<"lambda", 0.5>{}, x + parameter<"bias", 0>{}, constant<0>));

}  // namespace chainrule::activations
