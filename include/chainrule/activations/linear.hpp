// SPDX-License-Identifier: BSL-1.0
/// Straight lines: identity, affine.
#pragma once

#include <chainrule/expr/symbol.hpp>
#include <chainrule/op/add.hpp>
#include <chainrule/op/multiply.hpp>

namespace chainrule::activations {

/// x.
inline constexpr auto identity = x;

/// αx + β; α and β must be given.
inline constexpr auto affine = parameter<"alpha">{} * x + parameter<"beta">{};

}  // namespace chainrule::activations
