// SPDX-License-Identifier: BSL-1.0
/// x · Φ(x) and its approximations: gelu, gelu_tanh, gelu_quick.
#pragma once

#include <chainrule/expr/constant.hpp>
#include <chainrule/expr/symbol.hpp>
#include <chainrule/op/add.hpp>
#include <chainrule/op/divide.hpp>
#include <chainrule/op/multiply.hpp>
#include <chainrule/op/normal_cdf.hpp>
#include <chainrule/op/pi.hpp>
#include <chainrule/op/pow.hpp>
#include <chainrule/op/sigmoid.hpp>
#include <chainrule/op/sqrt.hpp>
#include <chainrule/op/tanh.hpp>

namespace chainrule::activations {

/// x · Φ(x) = x/2 · (1 + erf(x/√2)). Range [−0.170, ∞).
inline constexpr auto gelu = x * normal_cdf(x);

/// x/2 · (1 + tanh(√(2/π) (x + 0.044715 x³))): gelu within 4.8e-4. Range [−0.170, ∞).
inline constexpr auto gelu_tanh = x / constant<2> *
    (constant<1> +
     tanh(sqrt(constant<2> / pi) * (x + exact_constant<0.044715L> * pow(x, constant<3>))));

/// x · σ(1.702 x): gelu within 0.021. Range [−0.164, ∞).
inline constexpr auto gelu_quick = x * sigmoid(exact_constant<1.702L> * x);

}  // namespace chainrule::activations
