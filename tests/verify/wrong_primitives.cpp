// SPDX-License-Identifier: BSL-1.0
/// A primitive whose derivative rule is wrong is caught, alone and inside other formulas.

#define CHAINRULE_EXTRA_PRIMITIVES "verify/wrong_primitives.hpp"
#include <chainrule/expr/compose.hpp>
#include <chainrule/expr/formula.hpp>
#include <chainrule/verify/catch2.hpp>

#include "support/catch.hpp"
#include "verify/contains.hpp"

using namespace chainrule;
using namespace chainrule::literals;

TEST_CASE("a wrong derivative rule is caught") {
    const auto matcher = HasCorrectDerivatives().on(1, 2);
    CHECK_FALSE(matcher.match(wrong_cube(x)));
    CHECK_THAT(
        matcher.toString(),
        contains_text("at x = 1 the derivative of order 1 with respect to x is 2 but should be "));
    CHECK_THAT(matcher.toString(), contains_text("formula: wrong_cube(x)"));

    CHECK_THAT(tanh(wrong_cube(x)), !HasCorrectDerivatives());
    CHECK_THAT("x*sigmoid(wrong_cube(x))"_f, !HasCorrectDerivatives());
    CHECK_THAT(nest<3>(wrong_sine(x)), !HasCorrectDerivatives());
    CHECK_THAT(wrong_sine(x), !HasCorrectDerivatives());
    CHECK_THAT(wrong_sine(x), HasCorrectDerivatives().within_ulp(2000));
}

TEST_CASE("wrong sides of a kink are caught") {
    // The usual rule lies between the slopes; kink::left and kink::right are on the wrong side of it.
    const auto result = check_derivatives(wrong_kink(x) * x + wrong_kink(x), {.from = -3, .to = 3});
    CAPTURE(result.message());
    CHECK_FALSE(result.passed);
    CHECK_THAT(result.message(), contains_text("kink::"));
    CHECK(result.at == 0);
}
