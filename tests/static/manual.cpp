// SPDX-License-Identifier: BSL-1.0
/// The code that the manual shows (docs/), cut out by named region: what it claims is asserted here.
#include <chainrule/activations/catalogue.hpp>
#include <chainrule/activations/kink_conventions.hpp>
#include <chainrule/chainrule.hpp>

#include <limits>

using namespace chainrule;
using namespace chainrule::literals;
using namespace chainrule::activations;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// [symbols]
inline constexpr variable<"gate"> gate;            // an input
inline constexpr parameter<"beta"> beta;           // a parameter: backward() returns its gradient
inline constexpr parameter<"alpha", 0.01L> alpha;  // with a default
// [/symbols]

// [formula]
inline constexpr auto my_swish = x * sigmoid(beta * x);  // empty, constexpr, safe with auto
static_assert(my_swish == "x*sigmoid(beta*x)"_f);        // the same from text
// [/formula]

// [derivative]
static_assert(derivative(x * x, x) == 2_c * x);
static_assert(derivative(my_swish) ==
              "sigmoid(beta*x) + beta*x*sigmoid(beta*x)*sigmoid(-beta*x)"_f);
static_assert(derivative(my_swish, beta) == "x^2*sigmoid(beta*x)*sigmoid(-beta*x)"_f);
static_assert(to_string(derivative(x * x * x)) == "3*x^2");
static_assert(to_string(derivative<2>(x * x * x)) == "6*x");
// [/derivative]

// [composition]
constexpr auto outer = tanh(x);
constexpr auto inner = x * x;
static_assert(outer(inner) == tanh(x * x));  // f₂(f₁(x))
static_assert(compose(outer, my_swish, inner) == outer(my_swish(inner)));
static_assert(nest<3>(outer) == tanh(tanh(tanh(x))));
static_assert(my_swish(beta = 1.5_c) == x * sigmoid(1.5_c * x));  // a value by name
static_assert(my_swish(beta = gate) == x * sigmoid(gate * x));    // a new name
static_assert(derivative(outer(inner)) == derivative(outer)(inner) * derivative(inner));
// [/composition]

// [evaluate]
static_assert(evaluate(x * x, x = 3.0) == 9.0);
static_assert(evaluate(my_swish, x = 0.0, beta = 1.5) == 0.0);
static_assert(my_swish(0.0f, beta = 1.5f) == 0.0f);  // x by position
static_assert(evaluate(silu, x = infinity) == infinity &&
              evaluate(silu, x = -infinity) == 0.0);  // limits
// [/evaluate]

// [equality]
static_assert(square(x + 1_c) == x * x + 2_c * x + 1_c);
static_assert(1_c - sigmoid(x) == sigmoid(-x));
static_assert(gelu == x / 2_c * (1_c + erf(x / sqrt(2_c))));
static_assert(derivative(softplus(x)) == sigmoid(x));
static_assert(!(sin(2_c * x) == 2_c * sin(x) * cos(x)));  // true, but no rule proves it
// [/equality]

// [grammar]
static_assert("2*x^3"_f == 2_c * (x * x * x));
static_assert("-x^2"_f == -(x * x));      // ^ binds tighter than unary minus
static_assert("x^2^3"_f == pow(x, 8_c));  // right associative
static_assert("1.5e-3*x"_f == 1.5e-3_c * x);
static_assert("x < 0 ? 0 : x"_f == select(x < 0_c, 0_c, x));
static_assert("select(x < 0, 0, x)"_f == "x < 0 ? 0 : x"_f);
static_assert("swish(gelu(x))"_f == swish(gelu));
static_assert("leaky_relu(x, alpha = 0.2)"_f == leaky_relu(alpha = 0.2_c));
// [/grammar]

// [kinks]
static_assert(evaluate(derivative(relu), x = 0.0) == 0.0);  // PyTorch's choice
static_assert(evaluate(derivative(relu, x, kink::right), x = 0.0) == 1.0);
static_assert(evaluate(derivative(relu, x, kink::mid), x = 0.0) == 0.5);
static_assert(evaluate(derivative(relu6), x = 6.0) == 0.0);
static_assert(evaluate(derivative(abs(x)), x = 0.0) == 0.0);
static_assert(evaluate(derivative(abs(x), kink::left), x = 0.0) == -1.0);
static_assert(evaluate(derivative(leaky_relu, x, kink::jax), x = 0.0) == 1.0);
// [/kinks]

// [dead_arm]
// The derivative of the root is infinite at 0; multiplied by a mask of 0 it would be NaN.
constexpr auto half_root = select(x > 0_c, sqrt(x), 0_c);
static_assert(evaluate(derivative(half_root), x = 0.0) == 0.0);
static_assert(evaluate(derivative(half_root), x = -1.0) == 0.0);
// The same where max or min makes the argument of a root stand still.
static_assert(evaluate(derivative(sqrt(max(x, 0_c))), x = -1.0) == 0.0);
// [/dead_arm]

// [constants]
static_assert(to_string(2_c * 3_c * x) == "6*x");      // exact: folded
static_assert(to_string(x + 1_c / 3_c) == "x + 1/3");  // would be rounded: kept
// [/constants]

}  // namespace
