// SPDX-License-Identifier: BSL-1.0
// Rewritten forms of catalogue formulas compare equal: related atoms, factored and expanded, selections
// lifted out of products and sums, max and min as half sums and absolute values.
#include <chainrule/chainrule.hpp>
using namespace chainrule;
using namespace chainrule::literals;
static_assert(activations::hard_swish == "x*min(max(alpha*x+beta,0),1)"_f);
static_assert(activations::hard_sigmoid(parameter<"alpha">{} = 1_c / 6_c,
                                        parameter<"beta">{} = 0.5_c) ==
              clamp(x / 6_c + 0.5_c, 0_c, 1_c));
static_assert(activations::relu == 0.5_c * (x + abs(x)));
static_assert(max(x, 0_c) == max(0_c, x));
static_assert(!(max(x, 0_c) == max(0_c, -x)));
static_assert(activations::relu6 == min(max(x, 0_c), parameter<"cap">{}));
static_assert(activations::gelu == "0.5*x*(1+erf(x/sqrt(2)))"_f);
static_assert(activations::gelu_tanh == "0.5*x*(1+tanh(sqrt(2/pi)*(x+0.044715*x^3)))"_f);
static_assert(activations::mish == "x*tanh(log(1+exp(x)))"_f);
static_assert(activations::elish == "x < 0 ? (exp(x)-1)/(1+exp(-x)) : x/(1+exp(-x))"_f);
static_assert(activations::celu == "x > 0 ? x : alpha*(exp(x/alpha)-1)"_f);
static_assert(activations::squareplus == "(x+sqrt(x^2+b))/2"_f);

static_assert(derivative(activations::selu) ==
              select(x > 0_c, 1.0507009873554804934193349852946_c,
                     1.0507009873554804934193349852946_c * 1.6732632423543772848170429916717_c *
                         exp(x)));
static_assert(2_c * select(x < 0_c, x, 1_c) + select(x < 0_c, x* x, x) ==
              select(x < 0_c, 2_c * x + x * x, 2_c + x));
static_assert(x * select(x < 0_c, x, 1_c) == select(x >= 0_c, x, x* x));
