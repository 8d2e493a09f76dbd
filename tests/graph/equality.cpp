// SPDX-License-Identifier: BSL-1.0
/// ==: what is proved equal, and what is not equal.
#include <chainrule/graph/compare.hpp>
#include <chainrule/op/op.hpp>

#include "support/catch.hpp"

using namespace chainrule;
using namespace chainrule::literals;

namespace {
inline constexpr parameter<"a"> a;
inline constexpr parameter<"b"> b;
}  // namespace

TEST_CASE("sums and products in any order and grouping") {
    STATIC_REQUIRE(a + b + x == x + (b + a));
    STATIC_REQUIRE(a - (b - x) == x - b + a);
    STATIC_REQUIRE(a * b * x == x * (b * a));
    STATIC_REQUIRE(a / (b / x) == x / b * a);
    STATIC_REQUIRE(x + x + x == 3_c * x);
    STATIC_REQUIRE(x * x * x == "x^3"_f);
    STATIC_REQUIRE(x - x == 0_c);
    STATIC_REQUIRE(x / x == 1_c);
    STATIC_REQUIRE(-(a - b) == b - a);
    STATIC_REQUIRE("x/3"_f == "1/3*x"_f);
    STATIC_REQUIRE("0.1*x*3"_f == "3*(0.1*x)"_f);
    STATIC_REQUIRE("x + 0.1 + 0.2"_f == "0.2 + (x + 0.1)"_f);
    // Exactly: 0.1 + 0.2 is not the double 0.3, and 0.1*3 is not 0.3 either.
    STATIC_REQUIRE(!("x + 0.1 + 0.2"_f == "x + 0.3"_f));
    STATIC_REQUIRE(!("0.1*x*3"_f == "0.3*x"_f));
    STATIC_REQUIRE("0.5*x*3"_f == "1.5*x"_f);
}

TEST_CASE("products of sums, expanded") {
    STATIC_REQUIRE("(a + b)^2"_f == "a^2 + 2*a*b + b^2"_f);
    STATIC_REQUIRE("(a + b)*(a - b)"_f == "a^2 - b^2"_f);
    STATIC_REQUIRE("(a + b)^3"_f == "a^3 + 3*a^2*b + 3*a*b^2 + b^3"_f);
    STATIC_REQUIRE("x*(1 - x)"_f == "x - x^2"_f);
    STATIC_REQUIRE("(a + b)/x"_f == "a/x + b/x"_f);
    STATIC_REQUIRE("1/(1 - x)"_f == "-1/(x - 1)"_f);
    STATIC_REQUIRE("1/(2*x + 2)"_f == "0.5/(1 + x)"_f);
    STATIC_REQUIRE("(a - b)^-2"_f == "(b - a)^-2"_f);
    STATIC_REQUIRE("sqrt(((x + 1)^4)^2 + a)"_f == "root_sum_square((x + 1)^4, a)"_f);
    STATIC_REQUIRE("tanh(a - b)"_f == "-tanh(b - a)"_f);
}

TEST_CASE("related functions") {
    STATIC_REQUIRE("1 - sigmoid(x)"_f == "sigmoid(-x)"_f);
    STATIC_REQUIRE("sigmoid(x)"_f == "1/(1 + exp(-x))"_f);
    STATIC_REQUIRE("sigmoid(x)"_f == "(1 + tanh(x/2))/2"_f);
    STATIC_REQUIRE("sigmoid(x)*sigmoid(-x)"_f == "sech(x/2)^2/4"_f);
    STATIC_REQUIRE("normal_cdf(x)"_f == "(1 + erf(x/sqrt(2)))/2"_f);
    STATIC_REQUIRE("normal_cdf(x)"_f == "erfc(-x/sqrt(2))/2"_f);
    STATIC_REQUIRE("x*normal_cdf(x)"_f == "0.5*x*(1 + erf(x/sqrt(2)))"_f);
    STATIC_REQUIRE("softplus(x)"_f == "log(1 + exp(x))"_f);
    STATIC_REQUIRE("softplus(x)"_f == "log1p(exp(x))"_f);
    STATIC_REQUIRE("softplus(-x)"_f == "softplus(x) - x"_f);
    STATIC_REQUIRE("log_sigmoid(x)"_f == "log(sigmoid(x))"_f);
    STATIC_REQUIRE("log_sigmoid(x)"_f == "-softplus(-x)"_f);
    STATIC_REQUIRE("exp(-x)"_f == "1/exp(x)"_f);
    STATIC_REQUIRE("expm1(x)"_f == "exp(x) - 1"_f);
    STATIC_REQUIRE("tanh(x)"_f == "sinh(x)/cosh(x)"_f);
    STATIC_REQUIRE("sin(x)^2 + cos(x)^2"_f == 1_c);
    STATIC_REQUIRE("tan(x)"_f == "sin(x)/cos(x)"_f);
    STATIC_REQUIRE("abs(x)^2"_f == x * x);
    STATIC_REQUIRE("1/(x*sign(x))"_f == "1/sign(x)/x"_f);
    STATIC_REQUIRE("sqrt(x^2)"_f == abs(x));
    STATIC_REQUIRE("abs(-x)"_f == abs(x));
    STATIC_REQUIRE("x <= 0 ? a : b"_f == "0 < x ? b : a"_f);
    STATIC_REQUIRE("x > 0 ? a : a"_f == a);
    STATIC_REQUIRE("max(x, x)"_f == x);
}

TEST_CASE("what is not equal is not called equal") {
    STATIC_REQUIRE(!(x + 1_c == x - 1_c));
    STATIC_REQUIRE(!(a * x == b * x));
    STATIC_REQUIRE(!(x * x == 2_c * x));
    STATIC_REQUIRE(!(sin(x) == cos(x)));
    STATIC_REQUIRE(!("sqrt(x^2)"_f == x));
    STATIC_REQUIRE(!("x < 0 ? a : b"_f == "x <= 0 ? a : b"_f));
    STATIC_REQUIRE(!("x < 0 ? a : b"_f == "x < 0 ? b : a"_f));
    STATIC_REQUIRE(!("max(a, b)"_f == "min(a, b)"_f));
    STATIC_REQUIRE(!("a^b"_f == "b^a"_f));
    STATIC_REQUIRE(!("log(x^2)"_f == "2*log(x)"_f));
    STATIC_REQUIRE(!("sigmoid(x)"_f == "sigmoid(-x)"_f));
    STATIC_REQUIRE(!("1.702*x"_f == "1.7*x"_f));
    // The wrong chain rules that are met in the wild: f'(g) without g', f'(x) times g', and f' of g'.
    STATIC_REQUIRE(!(derivative(sin(cos(x))) == cos(cos(x))));
    STATIC_REQUIRE(!(derivative(sin(cos(x))) == cos(x) * -sin(x)));
    STATIC_REQUIRE(!(derivative(sin(cos(x))) == cos(-sin(x))));
    STATIC_REQUIRE(derivative(sin(cos(x))) == cos(cos(x)) * -sin(x));
    // A sigmoid with the wrong sign in the exponent, and the slope of a wrong sigmoid.
    STATIC_REQUIRE(!("1/(1 + exp(x))"_f == sigmoid(x)));
    STATIC_REQUIRE(!(derivative(sigmoid(x)) == "x*(1 - x)"_f));
    STATIC_REQUIRE(!(derivative(sigmoid(x)) == "sigmoid(x)*(1 + sigmoid(x))"_f));
    STATIC_REQUIRE(!(derivative(tanh(x)) == "1 - tanh(x)"_f));
}

TEST_CASE("defaults do not matter to ==") {
    STATIC_REQUIRE(parameter<"k", 1.0>{} * x == parameter<"k">{} * x);
    STATIC_REQUIRE(parameter<"k", 1.0>{} * x == parameter<"k", 2.0>{} * x);
    STATIC_REQUIRE(!(parameter<"k", 1.0>{} * x == x));
}
