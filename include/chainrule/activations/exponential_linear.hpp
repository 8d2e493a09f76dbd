// SPDX-License-Identifier: BSL-1.0
/// x for x > 0, exponential below: elu, selu, celu, elish, xielu.
#pragma once

#include <chainrule/expr/compose.hpp>
#include <chainrule/op/add.hpp>
#include <chainrule/op/divide.hpp>
#include <chainrule/op/expm1.hpp>
#include <chainrule/op/min.hpp>
#include <chainrule/op/multiply.hpp>
#include <chainrule/op/select.hpp>
#include <chainrule/op/sigmoid.hpp>
#include <chainrule/op/square.hpp>
#include <chainrule/op/subtract.hpp>

namespace chainrule::activations {

/// x for x > 0, else α(eˣ − 1). Range (−α, ∞); slope α at 0.
inline constexpr auto elu = select(x > constant<0>, x, parameter<"alpha", 1>{} * expm1(x));

/// The elu that maps N(0, 1) to mean 0 and variance 1. Range (−1.758, ∞).
inline constexpr auto selu = exact_constant<1.0507009873554804934193349852946L> *
    select(x > constant<0>, x, expm1(x) * exact_constant<1.6732632423543772848170429916717L>);

/// x for x > 0, else α(e^(x/α) − 1), α ≠ 0. Range (−α, ∞); continuously differentiable.
inline constexpr auto celu =
    select(x > constant<0>, x, parameter<"alpha", 1>{} * expm1(x / parameter<"alpha", 1>{}));

/// elu(x) · σ(x). Continuously differentiable.
inline constexpr auto elish = select(x >= constant<0>, x* sigmoid(x), expm1(x) * sigmoid(x));

/// α_p x² + βx for x > 0, else α_n(e^min(x, ε) − 1 − x) + βx; all four must be given.
/// Written so that the terms in x are one below zero, where they cancel.
inline constexpr auto xielu =
    select(x > constant<0>, parameter<"alpha_p">{} * square(x) + parameter<"beta">{} * x,
           parameter<"alpha_n">{} * expm1(min(x, parameter<"epsilon">{})) +
               (parameter<"beta">{} - parameter<"alpha_n">{}) * x);

}  // namespace chainrule::activations
