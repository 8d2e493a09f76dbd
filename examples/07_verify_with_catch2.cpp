// SPDX-License-Identifier: BSL-1.0
/// Tests for activations of your own with Catch2 2 or 3.

#define CATCH_CONFIG_MAIN  // Catch2 2 makes main() here; with Catch2 3 link Catch2::Catch2WithMain
#include <chainrule/chainrule.hpp>
#include <chainrule/verify/catch2.hpp>
#if CHAINRULE_CATCH_VERSION >= 3
#include <catch2/catch_test_macros.hpp>
#endif

using namespace chainrule;
using namespace chainrule::literals;

inline constexpr parameter<"beta"> beta;
inline constexpr auto my_swish = x * sigmoid(beta * x);

// [derivatives]
TEST_CASE("my_swish has the right derivatives") {
    CHECK_THAT(my_swish, HasCorrectDerivatives().on(-20, 20).order(2).with(beta = 1.5));
    CHECK_THAT(my_swish, HasCorrectDerivatives().on(-20, 20).wrt(beta).with(beta = 1.5));
}
// [/derivatives]

// [claims]
TEST_CASE("a derivative worked out by hand") {
    CHECK_THAT(tanh(x), HasDerivative(1_c - tanh(x) * tanh(x)).on(-5, 5));
    CHECK_THAT(tanh(x), !HasDerivative(1_c - tanh(x)).on(-5, 5));

    // The wrong chain rule does not pass for the right one.
    constexpr auto f1 = sigmoid(x);
    constexpr auto f2 = tanh(x);
    CHECK_THAT(f2(f1), HasDerivative(derivative(f2)(f1) * derivative(f1)));
    CHECK_THAT(f2(f1), !HasDerivative(f2 * derivative(f1)));
}
// [/claims]

// [kernels]
TEST_CASE("the vectorised loops agree with the scalar values") {
    CHECK_THAT(my_swish, HasCorrectKernel().on(-20, 20).with(beta = 1.5));
}
// [/kernels]

// [numbers]
TEST_CASE("numbers are compared in ULP") {
    CHECK_THAT(evaluate(my_swish, x = 1.0, beta = 1.0), IsWithinUlp(0.7310585786300049, 1));
    CHECK_THAT(0.1 + 0.2, IsWithinUlp(0.3, 1) && !IsWithinUlp(0.3, 0));
}
// [/numbers]
