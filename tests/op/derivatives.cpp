// SPDX-License-Identifier: BSL-1.0
/// Every primitive's derivative is the textbook's, alone and composed with itself.
#include <chainrule/graph/compare.hpp>
#include <chainrule/op/op.hpp>

#include "support/catch.hpp"

using namespace chainrule;
using namespace chainrule::literals;

TEST_CASE("arithmetic") {
    STATIC_REQUIRE(derivative(x) == 1_c);
    STATIC_REQUIRE(derivative(2_c) == 0_c);
    STATIC_REQUIRE(derivative(pi) == 0_c);
    STATIC_REQUIRE(derivative(x + x) == 2_c);
    STATIC_REQUIRE(derivative(3_c - x) == -1_c);
    STATIC_REQUIRE(derivative(-x) == -1_c);
    STATIC_REQUIRE(derivative(neg(x)) == -1_c);
    STATIC_REQUIRE(derivative(x * x) == 2_c * x);
    STATIC_REQUIRE(derivative(1_c / x) == -1_c / (x * x));
    STATIC_REQUIRE(derivative(x / (1_c + x)) == "1/(1 + x)^2"_f);
    STATIC_REQUIRE(derivative(square(x)) == "2*x"_f);
    STATIC_REQUIRE(derivative(reciprocal(x)) == "-1/x^2"_f);
    STATIC_REQUIRE(derivative(sqrt(x)) == "1/(2*sqrt(x))"_f);
    STATIC_REQUIRE(derivative(pow(x, 3_c)) == "3*x^2"_f);
    STATIC_REQUIRE(derivative(pow(x, 0.5_c)) == "0.5*x^-0.5"_f);
    STATIC_REQUIRE(derivative("x^-2"_f) == "-2*x^-3"_f);
    STATIC_REQUIRE(derivative("x^n"_f) == "n*x^(n - 1)"_f);
}

TEST_CASE("exponentials and logarithms") {
    STATIC_REQUIRE(derivative(exp(x)) == exp(x));
    STATIC_REQUIRE(derivative(expm1(x)) == exp(x));
    STATIC_REQUIRE(derivative(log(x)) == 1_c / x);
    STATIC_REQUIRE(derivative(log1p(x)) == "1/(1 + x)"_f);
    STATIC_REQUIRE(derivative("log1mexp(x)"_f) == "1/(exp(x) - 1)"_f);
}

TEST_CASE("trigonometric and hyperbolic functions") {
    STATIC_REQUIRE(derivative(sin(x)) == cos(x));
    STATIC_REQUIRE(derivative(cos(x)) == -sin(x));
    STATIC_REQUIRE(derivative(tan(x)) == "1 + tan(x)^2"_f);
    STATIC_REQUIRE(derivative(tan(x)) == "1/cos(x)^2"_f);
    STATIC_REQUIRE(derivative(atan(x)) == "1/(1 + x^2)"_f);
    STATIC_REQUIRE(derivative(sinh(x)) == cosh(x));
    STATIC_REQUIRE(derivative(cosh(x)) == sinh(x));
    STATIC_REQUIRE(derivative(tanh(x)) == "1 - tanh(x)^2"_f);
    STATIC_REQUIRE(derivative(tanh(x)) == "1/cosh(x)^2"_f);
    STATIC_REQUIRE(derivative(sech(x)) == -sech(x) * tanh(x));
    STATIC_REQUIRE(derivative(asinh(x)) == "1/sqrt(x^2 + 1)"_f);
    STATIC_REQUIRE(derivative("tanh_residual(x)"_f) == "tanh(x)^2"_f);
}

TEST_CASE("logistic functions") {
    STATIC_REQUIRE(derivative(sigmoid(x)) == "sigmoid(x)*(1 - sigmoid(x))"_f);
    STATIC_REQUIRE(derivative(sigmoid(x)) == "sech(x/2)^2/4"_f);
    STATIC_REQUIRE(derivative(softplus(x)) == sigmoid(x));
    STATIC_REQUIRE(derivative(log_sigmoid(x)) == "1 - sigmoid(x)"_f);
    STATIC_REQUIRE(derivative("1/(1 + exp(-x))"_f) == "exp(-x)/(1 + exp(-x))^2"_f);
}

TEST_CASE("the error function and its relatives") {
    STATIC_REQUIRE(derivative(erf(x)) == "2/sqrt(pi)*exp(-x^2)"_f);
    STATIC_REQUIRE(derivative(erfc(x)) == "-2/sqrt(pi)*exp(-x^2)"_f);
    STATIC_REQUIRE(derivative(normal_cdf(x)) == normal_pdf(x));
    STATIC_REQUIRE(derivative(normal_cdf(x)) == "exp(-x^2/2)/sqrt(2*pi)"_f);
    STATIC_REQUIRE(derivative(normal_pdf(x)) == -x * normal_pdf(x));
}

TEST_CASE("functions of two arguments, with respect to each") {
    constexpr parameter<"v"> v;
    STATIC_REQUIRE(derivative(pow(x, v), x) == v * pow(x, v - 1_c));
    STATIC_REQUIRE(derivative("root_sum_square(x, v)"_f, x) == "x/sqrt(x^2 + v)"_f);
    STATIC_REQUIRE(derivative("root_sum_square(x, v)"_f, v) == "1/(2*sqrt(x^2 + v))"_f);
    STATIC_REQUIRE(derivative("conjugate_sum(x, v)"_f, x) == "1 + x/sqrt(x^2 + v)"_f);
    STATIC_REQUIRE(derivative("conjugate_sum(x, v)"_f, v) == "1/(2*sqrt(x^2 + v))"_f);
    STATIC_REQUIRE(derivative("x + sqrt(x^2 + v)"_f, x) == "1 + x/sqrt(x^2 + v)"_f);
    STATIC_REQUIRE(derivative("multiply_add(x, v, 3)"_f, v) == x);
    STATIC_REQUIRE(derivative("exp(v*log(2))"_f, v) == "log(2)*exp(v*log(2))"_f);
    // where u > 0
    STATIC_REQUIRE(derivative("2^v"_f, v) == "2^v*log(2)"_f);
}

TEST_CASE("piecewise constant functions have slope 0") {
    STATIC_REQUIRE(derivative(sign(x)) == 0_c);
    STATIC_REQUIRE(derivative(step(x)) == 0_c);
    STATIC_REQUIRE(derivative(round(x)) == 0_c);
    STATIC_REQUIRE(derivative(x * sign(x)) == sign(x));
    STATIC_REQUIRE(derivative(x * step(x)) == step(x));
}

// f(f(x))' = f'(f(x)) f'(x), the right side written by hand.
TEST_CASE("every function composed with itself") {
#define CHECK_SELF_COMPOSITION(f, outer, inner) STATIC_REQUIRE(derivative(f(f(x))) == outer * inner)
    CHECK_SELF_COMPOSITION(exp, "exp(exp(x))"_f, "exp(x)"_f);
    CHECK_SELF_COMPOSITION(expm1, "exp(expm1(x))"_f, "exp(x)"_f);
    CHECK_SELF_COMPOSITION(log, "1/log(x)"_f, "1/x"_f);
    CHECK_SELF_COMPOSITION(log1p, "1/(1 + log1p(x))"_f, "1/(1 + x)"_f);
    CHECK_SELF_COMPOSITION(sin, "cos(sin(x))"_f, "cos(x)"_f);
    CHECK_SELF_COMPOSITION(cos, "sin(cos(x))"_f, "sin(x)"_f);
    CHECK_SELF_COMPOSITION(tan, "(1 + tan(tan(x))^2)"_f, "(1 + tan(x)^2)"_f);
    CHECK_SELF_COMPOSITION(atan, "1/(1 + atan(x)^2)"_f, "1/(1 + x^2)"_f);
    CHECK_SELF_COMPOSITION(sinh, "cosh(sinh(x))"_f, "cosh(x)"_f);
    CHECK_SELF_COMPOSITION(cosh, "sinh(cosh(x))"_f, "sinh(x)"_f);
    CHECK_SELF_COMPOSITION(tanh, "(1 - tanh(tanh(x))^2)"_f, "(1 - tanh(x)^2)"_f);
    CHECK_SELF_COMPOSITION(asinh, "1/sqrt(1 + asinh(x)^2)"_f, "1/sqrt(1 + x^2)"_f);
    CHECK_SELF_COMPOSITION(sech, "sech(sech(x))*tanh(sech(x))"_f, "sech(x)*tanh(x)"_f);
}

TEST_CASE("every logistic and error function composed with itself") {
    CHECK_SELF_COMPOSITION(sigmoid, "sigmoid(sigmoid(x))*sigmoid(-sigmoid(x))"_f,
                           "sigmoid(x)*sigmoid(-x)"_f);
    CHECK_SELF_COMPOSITION(softplus, "sigmoid(softplus(x))"_f, "sigmoid(x)"_f);
    CHECK_SELF_COMPOSITION(log_sigmoid, "sigmoid(-log_sigmoid(x))"_f, "sigmoid(-x)"_f);
    CHECK_SELF_COMPOSITION(erf, "4/pi*exp(-erf(x)^2)"_f, "exp(-x^2)"_f);
    CHECK_SELF_COMPOSITION(erfc, "4/pi*exp(-erfc(x)^2)"_f, "exp(-x^2)"_f);
    CHECK_SELF_COMPOSITION(normal_cdf, "normal_pdf(normal_cdf(x))"_f, "normal_pdf(x)"_f);
    CHECK_SELF_COMPOSITION(normal_pdf, "x*normal_pdf(x)"_f,
                           "normal_pdf(x)*normal_pdf(normal_pdf(x))"_f);
    CHECK_SELF_COMPOSITION(sqrt, "1/(2*sqrt(sqrt(x)))"_f, "1/(2*sqrt(x))"_f);
    CHECK_SELF_COMPOSITION(square, "2*x^2"_f, "2*x"_f);
    STATIC_REQUIRE(derivative(abs(abs(x))) == sign(x));
    STATIC_REQUIRE(derivative(reciprocal(reciprocal(x))) == 1_c);
    STATIC_REQUIRE(derivative(neg(neg(x))) == 1_c);
    STATIC_REQUIRE(derivative(sign(sign(x))) == 0_c);
#undef CHECK_SELF_COMPOSITION
}
