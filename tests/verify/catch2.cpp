// SPDX-License-Identifier: BSL-1.0
/// The Catch2 matchers: what is right passes CHECK_THAT, what is wrong does not match, and the description
/// says what was expected and what was found.

#include <chainrule/expr/constant.hpp>
#include <chainrule/expr/formula.hpp>
#include <chainrule/graph/compare.hpp>
#include <chainrule/verify/catch2.hpp>

#include "support/catch.hpp"
#include "verify/contains.hpp"

#include <limits>

using namespace chainrule;
using namespace chainrule::literals;

namespace {

inline constexpr parameter<"beta"> beta;
inline constexpr auto my_swish = x * sigmoid(beta * x);

}  // namespace

TEST_CASE("right derivatives match") {
    CHECK_THAT(my_swish, HasCorrectDerivatives().on(-20, 20).order(2).with(beta = 1.5));
    CHECK_THAT(my_swish, HasCorrectDerivatives().wrt(beta).with(beta = 1.5));
    CHECK_THAT(my_swish,
               HasCorrectDerivatives().with(beta = 1.5).wrt(beta).order(2).points(33).on(-4, 4));
    CHECK_THAT(my_swish(beta = 2_c), HasCorrectDerivatives());
    CHECK_THAT(my_swish, HasCorrectDerivatives().with(beta = 2_c));
    CHECK_THAT("x > 0 ? x : 0.01*x"_f, HasCorrectDerivatives().order(3));
    CHECK_THAT(x * x, HasDerivative(2_c * x).on(-3, 3));
    CHECK_THAT(x * x, HasDerivative(2_c).order(2).on(-3, 3));
    CHECK_THAT(beta * x * x, HasDerivative(x * x).wrt(beta).with(beta = 3));
}

TEST_CASE("wrong derivatives do not, and the description says where") {
    const auto matcher = HasDerivative(3_c * x).on(-3, 3);
    CHECK_THAT(matcher.toString(),
               contains_text("has the 1st derivative 3*x with respect to x on [-3, 3]"));
    CHECK_FALSE(matcher.match(x * x));
    const auto after = HasDerivative(3_c * x).on(-3, 3);
    CHECK_FALSE(after.match(x * x));
    CHECK_THAT(after.toString(),
               contains_text("has the 1st derivative 3*x with respect to x on [-3, 3]\n"));
    CHECK_THAT(after.toString(),
               contains_text("at x = -3 the claimed derivative of order 1 with respect to x is -9 "
                             "but should be -6"));
    CHECK_THAT(after.toString(),
               contains_text(std::to_string(ulp_distance(-9.0, -6.0)) + " ULP apart"));
    CHECK_THAT(after.toString(), contains_text("formula: x^2"));
    CHECK_THAT(x * x, !HasDerivative(3_c * x).on(-3, 3));

    const auto second = HasDerivative(2_c).order(2).on(-3, 3);
    CHECK_FALSE(second.match(x * x * x));
    CHECK_THAT(second.toString(), contains_text("has the 2nd derivative 2 with respect to x"));

    const auto by_beta = HasDerivative(x).wrt(beta).with(beta = 3).on(1, 2);
    CHECK_FALSE(by_beta.match(beta * x * x));
    CHECK_THAT(by_beta.toString(),
               contains_text("has the 1st derivative x with respect to beta on [1, 2]"));
    CHECK_THAT(by_beta.toString(), contains_text("beta = 3"));
}

TEST_CASE("an interval without values does not match") {
    const auto matcher = HasCorrectDerivatives().on(-3, -1).order(2);
    CHECK_FALSE(matcher.match(log(x)));
    CHECK_THAT(
        matcher.toString(),
        contains_text("has correct derivatives up to order 2 with respect to x on [-3, -1]"));
    CHECK_THAT(matcher.toString(), contains_text("nothing could be checked"));
}

TEST_CASE("tightening the allowance makes a rounded claim fail") {
    constexpr auto claim = "2*x*(1 + 1e-14)"_f;
    CHECK_FALSE(HasDerivative(claim).on(-3, 3).match(x * x));
    CHECK(HasDerivative(claim).on(-3, 3).within_ulp(200).match(x * x));
}

TEST_CASE("kernels") {
    CHECK_THAT(my_swish, HasCorrectKernel().on(-20, 20).with(beta = 1.5));
    const auto strict = HasCorrectKernel().on(-5, 5).points(101).within_ulp(0.01).with(beta = 1.5);
    CHECK_FALSE(strict.match(my_swish));
    CHECK_THAT(strict.toString(),
               contains_text("has kernels within 0.01 ULP of evaluate on [-5, 5]"));
    CHECK_THAT(strict.toString(), contains_text("elements of type float"));
}

TEST_CASE("numbers within a distance in ULP") {
    CHECK_THAT(1.0, IsWithinUlp(1.0, 0));
    CHECK_THAT(1.0 + 0x1p-50, IsWithinUlp(1.0, 4));
    CHECK_THAT(0.0f, IsWithinUlp(-0.0f, 0));
    CHECK_THAT(std::numeric_limits<double>::quiet_NaN(),
               IsWithinUlp(std::numeric_limits<double>::quiet_NaN(), 0));
    CHECK_THAT(1.0 + 0x1p-50, !IsWithinUlp(1.0, 3));
    CHECK_THAT(1.0, IsWithinUlp(1.0, 0) && !IsWithinUlp(2.0, 1000));
    CHECK_THAT(1.0L, IsWithinUlp(1.0L + 0x1p-63L, 1));
    const auto matcher = IsWithinUlp(1.0, 3);
    CHECK_FALSE(matcher.match(1.0 + 0x1p-50));
    CHECK_THAT(matcher.toString(),
               contains_text("is within 3 ULP of 1 (1.0000000000000009: 4 ULP apart)"));
    CHECK_FALSE(IsWithinUlp(1.0, 1000).match(std::numeric_limits<double>::quiet_NaN()));
}

TEST_CASE("a formula is shown as its text") {
    CHECK(Catch::Detail::stringify(x * x) == "x^2");
    CHECK(Catch::Detail::stringify(sigmoid(beta * x)) == "sigmoid(beta*x)");
}

TEST_CASE("formulas are compared and shown inside CHECK") {
    CHECK(derivative(x * x) == 2_c * x);
    CHECK_FALSE(my_swish == x * sigmoid(x));
    CHECK(Catch::Detail::stringify(2_c * x) == "2*x");
}
