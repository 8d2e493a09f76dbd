// SPDX-License-Identifier: BSL-1.0
/// Smooth rectifiers: softplus_beta, squareplus, sparse_plus, isrlu.
#pragma once

#include <chainrule/expr/compose.hpp>
#include <chainrule/op/add.hpp>
#include <chainrule/op/divide.hpp>
#include <chainrule/op/multiply.hpp>
#include <chainrule/op/select.hpp>
#include <chainrule/op/softplus.hpp>
#include <chainrule/op/sqrt.hpp>
#include <chainrule/op/square.hpp>

namespace chainrule::activations {

/// log(1 + e^(βx))/β, β ≠ 0; exact everywhere, so that no threshold is needed. Range (0, ∞).
inline constexpr auto softplus_beta = softplus(parameter<"beta", 1>{} * x) / parameter<"beta", 1>{};

/// (x + √(x² + b))/2, b > 0. Range (0, ∞).
inline constexpr auto squareplus = (x + sqrt(square(x) + parameter<"b", 4>{})) / constant<2>;

/// 0 for x ≤ −1, (x + 1)²/4 between, x for x ≥ 1. Continuously differentiable.
inline constexpr auto sparse_plus =
    select(x <= constant<-1>, constant<0>,
           select(x < constant<1>, square(x + constant<1>) / constant<4>, x));

/// x for x ≥ 0, else x/√(1 + αx²), α > 0. Range (−1/√α, ∞); twice continuously differentiable.
inline constexpr auto isrlu =
    select(x >= constant<0>, x, x / sqrt(constant<1> + parameter<"alpha", 0.1L>{} * square(x)));

}  // namespace chainrule::activations
