// SPDX-License-Identifier: BSL-1.0
/// Powers: power.
#pragma once

#include <chainrule/expr/symbol.hpp>
#include <chainrule/op/multiply.hpp>
#include <chainrule/op/pow.hpp>

namespace chainrule::activations {

/// αx^β; α and β must be given. NaN for x < 0 unless β is an integer.
inline constexpr auto power = parameter<"alpha">{} * pow(x, parameter<"beta">{});

}  // namespace chainrule::activations
