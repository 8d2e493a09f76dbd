// SPDX-License-Identifier: BSL-1.0
/// Bounded steps and their complement: softsign, isru, sqnl, tanh_p1m2, tanh_shrink.
#pragma once

#include <chainrule/expr/compose.hpp>
#include <chainrule/op/abs.hpp>
#include <chainrule/op/add.hpp>
#include <chainrule/op/divide.hpp>
#include <chainrule/op/multiply.hpp>
#include <chainrule/op/select.hpp>
#include <chainrule/op/sqrt.hpp>
#include <chainrule/op/square.hpp>
#include <chainrule/op/subtract.hpp>
#include <chainrule/op/tanh.hpp>

namespace chainrule::activations {

/// x/(1 + |x|). Range (−1, 1); continuously differentiable.
inline constexpr auto softsign = x / (constant<1> + abs(x));

/// x/√(1 + αx²), α > 0. Range (−1/√α, 1/√α).
inline constexpr auto isru = x / sqrt(constant<1> + parameter<"alpha", 0.1L>{} * square(x));

/// x − x|x|/4 limited to [−1, 1], a quadratic tanh. Continuously differentiable.
inline constexpr auto sqnl =
    select(x > constant<2>, constant<1>,
           select(x >= constant<0>, x - square(x) / constant<4>,
                  select(x >= constant<-2>, x + square(x) / constant<4>, constant<-1>)));

/// (tanh(x) + 1)/2 = σ(2x). Range (0, 1).
inline constexpr auto tanh_p1m2 = (tanh(x) + constant<1>) / constant<2>;

/// x − tanh(x).
inline constexpr auto tanh_shrink = x - tanh(x);

}  // namespace chainrule::activations
