// SPDX-License-Identifier: BSL-1.0
/// x times a smooth step: silu, swish, mish, tanhexp, lisht.
#pragma once

#include <chainrule/expr/constant.hpp>
#include <chainrule/expr/symbol.hpp>
#include <chainrule/op/exp.hpp>
#include <chainrule/op/multiply.hpp>
#include <chainrule/op/sigmoid.hpp>
#include <chainrule/op/softplus.hpp>
#include <chainrule/op/tanh.hpp>

namespace chainrule::activations {

/// x · σ(x). Range [−0.279, ∞).
inline constexpr auto silu = x * sigmoid(x);

/// x · σ(βx).
inline constexpr auto swish = x * sigmoid(parameter<"beta", 1>{} * x);
inline constexpr auto swish_beta = swish;

/// x · tanh(softplus(x)). Range [−0.309, ∞).
inline constexpr auto mish = x * tanh(softplus(x));

/// x · tanh(eˣ). Range [−0.353, ∞).
inline constexpr auto tanhexp = x * tanh(exp(x));

/// x · tanh(x). Range [0, ∞); even.
inline constexpr auto lisht = x * tanh(x);

}  // namespace chainrule::activations
