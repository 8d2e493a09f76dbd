// SPDX-License-Identifier: BSL-1.0
/// Verdicts at compile time, and checked at run time.
#include <chainrule/activations/catalogue.hpp>
#include <chainrule/analysis/checked_gradient_flow.hpp>
#include <chainrule/analysis/gradient_flow.hpp>

#include "support/catch.hpp"

using namespace chainrule;
using namespace chainrule::literals;
using activations::relu;
using activations::selu;
using activations::silu;

static_assert(gradient_flow(nest<10>(silu)).verdict != verdict::explodes);
static_assert(gradient_flow(nest<10>(silu)).verdict == verdict::preserved);
static_assert(gradient_flow(nest<5>(sigmoid(x))).verdict == verdict::vanishes);
static_assert(gradient_flow(nest<10>(4_c * x)).verdict == verdict::explodes);
static_assert(gradient_flow(nest<10>(4_c * x), 1e-3, 1e7).verdict == verdict::preserved);
static_assert(gradient_flow(tanh(x), 0.9).verdict == verdict::vanishes);
static_assert(gradient_flow(5_c).verdict == verdict::vanishes);
static_assert(gradient_flow(nest<50>(relu)).verdict == verdict::preserved);

TEST_CASE("sizes agree with mpmath") {
    // √(E Π f′(x_k)²), x_0 ~ N(0, 1), mpmath with 20 digits.
    const auto check = [](gradient_flow_report fixed, checked_gradient_flow_report checked,
                          double expected) {
        CHECK(checked.size.value == Approx(expected).epsilon(1e-12));
        CHECK(std::abs(checked.size.value - expected) <= checked.size.error + 1e-14 * expected);
        CHECK(fixed.size == Approx(expected).epsilon(0.02));
        CHECK(checked.is_certain);
        CHECK(checked.is_certified);
        CHECK(checked.bounds.lo <= expected);
        CHECK(checked.bounds.hi >= expected);
        CHECK(checked.bounds.hi - checked.bounds.lo <= 0.02 * expected);
        CHECK(fixed.verdict == checked.verdict);
    };
    check(gradient_flow(nest<10>(silu)), checked_gradient_flow(nest<10>(silu)), 0.12413235026163);
    check(gradient_flow(nest<50>(silu)), checked_gradient_flow(nest<50>(silu)),
          0.00282523909333246);
    check(gradient_flow(nest<50>(tanh(x))), checked_gradient_flow(nest<50>(tanh(x))),
          0.284365019673061);
    check(gradient_flow(nest<3>(sigmoid(x))), checked_gradient_flow(nest<3>(sigmoid(x))),
          0.0112673944130558);
    check(gradient_flow(nest<4>(3_c * tanh(x))), checked_gradient_flow(nest<4>(3_c * tanh(x))),
          11.1381017416831);
    CHECK(checked_gradient_flow(nest<7>(relu)).size.value == Approx(std::sqrt(0.5)).epsilon(1e-14));
    CHECK(gradient_flow(nest<7>(relu)).size == Approx(std::sqrt(0.5)).epsilon(0.05));
}

TEST_CASE("bounds are certain, or open") {
    // relu: half of the inputs have the slope 1 whatever the depth.
    const auto relus = gradient_flow_through(relu, 30);
    CHECK(relus.bounds.contains(std::sqrt(0.5)));
    CHECK(relus.is_certified);
    CHECK(checked_gradient_flow(x * x).bounds.contains(2));   // E (2x)² = 4
    CHECK_FALSE(checked_gradient_flow(exp(x)).is_certified);  // f′ exceeds all numbers
    CHECK_FALSE(checked_gradient_flow(log(x)).is_certified);
    CHECK(checked_gradient_flow(5_c).bounds.hi <= 1e-3);
    // A place that no fixed quadrature sees: E f′² by completing the square, mpmath.
    const auto needle = checked_gradient_flow(exp(-square(10000_c * (x - 1.5_c))));
    CHECK(needle.bounds.contains(40.289730011515225));
    CHECK(needle.size.value == Approx(std::sqrt(1623.2623444007908182)).epsilon(1e-13));
}

TEST_CASE("what is near a threshold is not certain") {
    const double size = checked_gradient_flow(tanh(x)).size.value;
    CHECK_FALSE(checked_gradient_flow(tanh(x), size).is_certain);
    CHECK(checked_gradient_flow(tanh(x), size * 0.999).is_certain);
    CHECK(checked_gradient_flow(step(x)).has_jump);
    CHECK(checked_gradient_flow(log(x)).verdict == verdict::undefined);
}
