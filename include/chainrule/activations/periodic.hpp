// SPDX-License-Identifier: BSL-1.0
/// Oscillating functions: snake, gcu.
#pragma once

#include <chainrule/expr/symbol.hpp>
#include <chainrule/op/add.hpp>
#include <chainrule/op/cos.hpp>
#include <chainrule/op/divide.hpp>
#include <chainrule/op/multiply.hpp>
#include <chainrule/op/sin.hpp>
#include <chainrule/op/square.hpp>

namespace chainrule::activations {

/// x + sin²(αx)/α, α ≠ 0 (learned). Non-decreasing.
inline constexpr auto snake =
    x + square(sin(parameter<"alpha", 1>{} * x)) / parameter<"alpha", 1>{};

/// x · cos(x), the growing cosine unit. No limit at ±∞.
inline constexpr auto gcu = x * cos(x);

}  // namespace chainrule::activations
