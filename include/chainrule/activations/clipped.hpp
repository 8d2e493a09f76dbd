// SPDX-License-Identifier: BSL-1.0
/// Functions cut off at both ends: clip, hard_tanh, hard_sigmoid, hard_swish, sparse_sigmoid.
#pragma once

#include <chainrule/expr/compose.hpp>
#include <chainrule/op/add.hpp>
#include <chainrule/op/divide.hpp>
#include <chainrule/op/max.hpp>
#include <chainrule/op/min.hpp>
#include <chainrule/op/multiply.hpp>
#include <chainrule/op/negate.hpp>
#include <chainrule/op/select.hpp>
#include <chainrule/op/subtract.hpp>

namespace chainrule::activations {

/// x limited to [low, high], which must be given. Slope 1 at the limits, as torch.clamp documents.
inline constexpr auto clip = select(x < parameter<"low">{}, parameter<"low">{},
                                    select(x > parameter<"high">{}, parameter<"high">{}, x));

/// x limited to [low, high]. Slope 0 at the limits.
inline constexpr auto hard_tanh = min(max(x, parameter<"low", -1>{}), parameter<"high", 1>{});

/// αx + β limited to [0, 1]. Slope 0 at both ends. Written so that αx + β is never computed outside
/// them: rounded once (fused) it would miss 0 and 1 at x = ±3, because 1/6 is not a number of the machine.
inline constexpr auto hard_sigmoid =
    min(max(parameter<"alpha", 1.0L / 6>{} * x, -parameter<"beta", 0.5>{}),
        constant<1> - parameter<"beta", 0.5>{}) +
    parameter<"beta", 0.5>{};

/// x · hard_sigmoid(x). Slope 0 where it leaves 0, 1 where it joins x.
inline constexpr auto hard_swish = x * hard_sigmoid;

/// (x + 1)/2 limited to [0, 1]. Slope 0 at both ends. x is limited, because (x + 1)/2 is rounded to 1 before
/// x is 1, where the slope still is 1/2.
inline constexpr auto sparse_sigmoid =
    min(max(x, constant<-1>), constant<1>) / constant<2> + constant<0.5>;

}  // namespace chainrule::activations
