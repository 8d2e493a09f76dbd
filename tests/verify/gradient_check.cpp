// SPDX-License-Identifier: BSL-1.0
/// The check passes what is right and, above all, fails what is wrong, and says where and by how much.

#include <chainrule/expr/constant.hpp>
#include <chainrule/expr/formula.hpp>
#include <chainrule/verify/gradient_check.hpp>

#include "support/catch.hpp"
#include "verify/contains.hpp"

#include <string>

using namespace chainrule;
using namespace chainrule::literals;

namespace {

inline constexpr parameter<"beta"> beta;
inline constexpr auto my_swish = x * sigmoid(beta * x);
inline constexpr gradient_check_options near_zero{.from = -3, .to = 3};

}  // namespace

TEST_CASE("smooth formulas and formulas with kinks pass, up to order 3") {
    auto passes = [](auto f) {
        const auto result = check_derivatives(f, {.from = -20, .to = 20, .order = 3});
        CAPTURE(result.message());
        CHECK(result.passed);
        CHECK(result.unresolved == 0);
        CHECK(result.checked > 1000);
    };
    passes(x * sigmoid(x));
    passes(tanh(x));
    passes(x * normal_cdf(x));
    passes(x * tanh(softplus(x)));
    passes(max(x, 0_c));
    passes(abs(x) * x);
    passes(x / (1_c + abs(x)));
    passes("x > 0 ? x : 0.5*(exp(x) - 1)"_f);
    passes(round(x) * x);
    passes("x > 0.5 ? x : (x < -0.5 ? x : 0)"_f);
}

TEST_CASE("poles, edges of the domain and infinite slopes are left out, the rest is checked") {
    for (const auto& result :
         {check_derivatives(1_c / x, {.order = 2}), check_derivatives(log(x), {.order = 2}),
          check_derivatives(sqrt(x), {.order = 2})}) {
        CAPTURE(result.message(), result.formula);
        CHECK(result.passed);
        CHECK(result.checked > 400);
        CHECK(result.skipped > 0);
    }
    CHECK(check_derivatives(tan(x), {.order = 2}));
}

TEST_CASE("with respect to parameters") {
    const auto by_beta = check_derivatives(my_swish, {.order = 2}, beta, beta = 1.5);
    CAPTURE(by_beta.message());
    CHECK(by_beta.passed);
    CHECK(by_beta.symbol == "beta");
    constexpr parameter<"alpha", 0.01> alpha;
    CHECK(check_derivatives("x"_f + max(x, alpha * x), {}, alpha));
    CHECK(check_derivatives(my_swish, {}, x, beta = -2));
    CHECK(check_derivatives(my_swish, {}, x, beta = 2_c));
}

TEST_CASE("claims that are right pass") {
    CHECK(check_claimed_derivative(x * x, 2_c * x, near_zero));
    CHECK(check_claimed_derivative(x * x, 2_c, {.from = -3, .to = 3, .order = 2}));
    CHECK(check_claimed_derivative(x * x * x, 6_c, {.from = -3, .to = 3, .order = 3}));
    CHECK(check_claimed_derivative(tanh(x), 1_c / (cosh(x) * cosh(x))));
    CHECK(check_claimed_derivative(my_swish, x * x * sigmoid(beta * x) * sigmoid(-beta * x), {},
                                   beta, beta = 1.5));
    CHECK(check_claimed_derivative(2_c + 0_c * x, 0_c, near_zero));
}

TEST_CASE("at a kink every value between the slopes is right, outside none is") {
    constexpr auto relu = max(x, 0_c);
    CHECK(check_claimed_derivative(relu, "x < 0 ? 0 : (x > 0 ? 1 : 0)"_f, near_zero));
    CHECK(check_claimed_derivative(relu, "x < 0 ? 0 : (x > 0 ? 1 : 0.5)"_f, near_zero));
    CHECK(check_claimed_derivative(relu, "x < 0 ? 0 : 1"_f, near_zero));

    const auto outside =
        check_claimed_derivative(relu, "x < 0 ? 0 : (x > 0 ? 1 : 1.5)"_f, near_zero);
    CHECK_FALSE(outside.passed);
    CHECK(outside.at == 0);
    CHECK(outside.actual == 1.5);
    CHECK_THAT(outside.message(), contains_text("should be between the one-sided slopes 0 and 1"));

    // Right beside the kink only the slope of that side is right.
    const auto shifted = check_claimed_derivative(relu, "x < 1e-9 ? 0 : 1"_f, near_zero);
    CHECK_FALSE(shifted.passed);
    CHECK(shifted.at > 0);
    CHECK(shifted.at < 1e-9);
}

TEST_CASE("the wrong chain rule of the articles is caught") {
    // f2(f1(x))′ = f2′(f1(x)) · f1′(x); published instead: f2(x) · f1′(x), f2′(x) · f1′(x), f2′(f1(x)).
    constexpr auto f1 = sigmoid(x);
    constexpr auto f2 = tanh(x);
    constexpr auto f = f2(f1);
    CHECK(check_claimed_derivative(f, derivative(f2)(f1) * derivative(f1)));
    for (const auto& wrong : {check_claimed_derivative(f, f2 * derivative(f1)),
                              check_claimed_derivative(f, derivative(f2) * derivative(f1)),
                              check_claimed_derivative(f, derivative(f2)(f1))}) {
        CAPTURE(wrong.claim);
        CHECK_FALSE(wrong.passed);
        CHECK_THAT(wrong.message(),
                   contains_text("the claimed derivative of order 1 with respect to x is"));
    }
}

TEST_CASE("small mistakes are caught") {
    auto fails = [](auto f, auto claim, gradient_check_options options = {}) {
        const auto result = check_claimed_derivative(f, claim, options);
        CAPTURE(result.formula, result.claim);
        CHECK_FALSE(result.passed);
        CHECK(result.ulps > 4);
    };
    fails(x * x, 2.000000000000002_c * x, near_zero);         // the last digits
    fails(sigmoid(x), sigmoid(x) * sigmoid(-x) + "1e-15"_f);  // seen where the true slope is small
    fails(tanh(x), 1_c / square(cosh(x)) - "1e-15"_f);
    fails("abs(x)"_f, "x < 0 ? 1 : -1"_f, near_zero);  // signs
    fails("x > 0 ? x : 0.01*x"_f, "x > 0 ? 1 : 0"_f, near_zero);
    fails(sin(x), "cos(x) + (x > 1.99 ? (x < 2.01 ? 0.001 : 0) : 0)"_f,
          {.from = -20, .to = 20, .points = 4001});
    fails(exp(x), x * exp(x - 1_c), near_zero);
    fails(log(x), "1/abs(x + 1e-7)"_f, {.from = 0.5, .to = 3});
}

TEST_CASE("a claim that is not a number is caught where the truth is one") {
    const auto masked = check_claimed_derivative(max(x, 0_c), log(-abs(x)), {.from = 0.5, .to = 3});
    CHECK_FALSE(masked.passed);
    CHECK_THAT(masked.message(), contains_text("nan") && contains_text("not comparable in ULP"));
}

TEST_CASE("the message shows the point, both values, the distance and the formulas") {
    const auto result =
        check_claimed_derivative(my_swish, sigmoid(beta * x), {.from = 1, .to = 2}, x, beta = 1);
    REQUIRE_FALSE(result.passed);
    const std::string message = result.message();
    CAPTURE(message);
    CHECK_THAT(message, contains_text("at x = " + detail::number_text(result.at)));
    CHECK_THAT(message, contains_text(" is " + detail::number_text(result.actual)));
    CHECK_THAT(message, contains_text("should be " + detail::number_text(result.expected)));
    CHECK_THAT(
        message,
        contains_text(std::to_string(ulp_distance(result.actual, result.expected)) + " ULP apart"));
    CHECK_THAT(message, contains_text("formula: ") && contains_text("sigmoid(beta*x)"));
    CHECK_THAT(message, contains_text("claimed derivative: sigmoid(beta*x)"));
    // σ(1) is claimed, σ(1) + σ(1)(1 − σ(1)) is true.
    CHECK(result.at == 1);
    CHECK(result.actual == Approx(0.731058578630004879).epsilon(1e-15));
    CHECK(result.expected == Approx(0.731058578630004879 + 0.196611933241481852).epsilon(1e-15));

    const auto by_beta =
        check_claimed_derivative(my_swish, 0_c, {.from = 1, .to = 2}, beta, beta = 1.5);
    CHECK_THAT(by_beta.message(),
               contains_text("beta = 1.5") && contains_text("with respect to beta"));
}

TEST_CASE("a check that cannot check anything does not pass") {
    const auto outside = check_derivatives(log(x), {.from = -3, .to = -1});
    CHECK_FALSE(outside.passed);
    CHECK_THAT(
        outside.message(),
        contains_text("nothing could be checked: log(x) has no finite values on the interval"));
}

TEST_CASE("the allowance is adjustable") {
    constexpr auto claim = "2*x*(1 + 1e-12)"_f;
    CHECK_FALSE(check_claimed_derivative(x * x, claim, {.from = -3, .to = 3, .allowed_ulps = 4}));
    CHECK(check_claimed_derivative(x * x, claim, {.from = -3, .to = 3, .allowed_ulps = 10000}));
}
