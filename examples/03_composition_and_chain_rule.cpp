// SPDX-License-Identifier: BSL-1.0
/// Composition f2(f1(x)) and its derivative, and two mistakes that articles make about it.

#include <chainrule/chainrule.hpp>

#include <cassert>
#include <cstdio>

using namespace chainrule;
using namespace chainrule::literals;

// [compose]
inline constexpr auto f1 = sigmoid(x);
inline constexpr auto f2 = tanh(x);
inline constexpr auto f = f2(f1);  // tanh(sigmoid(x)); compose(f2, f1) is the same
static_assert(f == tanh(sigmoid(x)));
static_assert(f == compose(f2, f1));
static_assert(f != f1(f2));  // the order matters
// [/compose]

// [chain_rule]
// The chain rule: the outer slope is taken at the inner value.
static_assert(derivative(f) == derivative(f2)(f1) * derivative(f1));
// What is sometimes printed instead is something else, not a special notation for the same thing:
static_assert(derivative(f) != f2 * derivative(f1));              // f2(x) f1'(x)
static_assert(derivative(f) != derivative(f2) * derivative(f1));  // f2'(x) f1'(x): both slopes at x
// [/chain_rule]

// [sigmoid]
// 2/(1 + e^-x) is not the sigmoid: it is twice the sigmoid, its slope at 0 is 1/2 instead of 1/4.
inline constexpr auto misprinted = "2/(1 + exp(-x))"_f;
static_assert(sigmoid(x) == "1/(1 + exp(-x))"_f);
static_assert(misprinted == 2_c * sigmoid(x));
static_assert(evaluate(derivative(misprinted), x = 0.0) == 0.5);
static_assert(evaluate(derivative(sigmoid(x)), x = 0.0) == 0.25);
// 2/(1 + e^-x) - 1 is right for something: tanh(x/2).
static_assert(misprinted - 1_c == tanh(x / 2_c));
// [/sigmoid]

// [depth]
// Fifty layers deep: one node, its derivative costs what fifty layers cost, not 2^50.
inline constexpr auto deep = nest<50>(f2);
// [/depth]

int main() {
    std::printf("  x   (f2(f1(x)))'   f2(x)*f1'(x)\n");
    for (const double u : {-2.0, 0.0, 2.0}) {
        const double right = evaluate(derivative(f), x = u);
        const double wrong = evaluate(f2 * derivative(f1), x = u);
        std::printf("%4.1f   %12.9f   %12.9f\n", u, right, wrong);
        // The difference quotient knows no rules.
        const double h = 0x1p-17;
        const double quotient = (evaluate(f, x = u + h) - evaluate(f, x = u - h)) / (2 * h);
        assert(right - quotient < 1e-9 && quotient - right < 1e-9);
        assert(wrong - quotient > 0.01 || quotient - wrong > 0.01);
    }
    const double vanishing = evaluate(derivative(deep), x = 1.0);
    std::printf("tanh, 50 layers deep: slope %g at x = 1\n", vanishing);
    assert(vanishing > 0 && vanishing < 0.01);
}
