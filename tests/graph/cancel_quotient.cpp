// SPDX-License-Identifier: BSL-1.0
/// Quotients of u by u + v: slopes without a difference of nearly equal terms.
#include <chainrule/chainrule.hpp>

#include "support/catch.hpp"

#include <limits>

using namespace chainrule;
using namespace chainrule::literals;

TEST_CASE("the two terms of the quotient rule become one") {
    STATIC_REQUIRE(to_string(derivative("x/(2 + abs(x))"_f)) == "2/(abs(x) + 2)^2");
    STATIC_REQUIRE(to_string(derivative("x^2/(3 + x^2)"_f)) == "6*x/(x^2 + 3)^2");
    STATIC_REQUIRE(to_string(derivative("x/(2 - x)"_f)) == "2/(-x + 2)^2");
    STATIC_REQUIRE(to_string(derivative("3*exp(x)/(2 + exp(x))"_f)) == "6*exp(x)/(exp(x) + 2)^2");
    // Any power, any common factor, either part of the divisor.
    STATIC_REQUIRE(to_string(derivative("x/(1 + x^4)^0.25"_f)) == "1/(x^4 + 1)^1.25");
    STATIC_REQUIRE(to_string(derivative("x*exp(x)/(2 + x*exp(x))"_f)) ==
                   "2*(exp(x) + x*exp(x))/(x*exp(x) + 2)^2");
    STATIC_REQUIRE(to_string(derivative("x/sqrt(3 + x^2)"_f)) == "3/sqrt(x^2 + 3)^3");
    STATIC_REQUIRE(to_string("2/(1 + x^2)^3 - 2/(1 + x^2)^4"_f) == "2*x^2/(x^2 + 1)^4");
    // Factors that only one term is divided by.
    STATIC_REQUIRE(to_string(derivative("x/sqrt(1 + x^2/10)"_f)) == "1/(x^2/10 + 1)^1.5");
    STATIC_REQUIRE(to_string("a/(1 + x) - a*x/(b*(1 + x)^2)"_f) == "a/(x + 1) - a*x/((x + 1)^2*b)");
    // Other terms stay.
    STATIC_REQUIRE(to_string("cos(x) + 1/(1 + x) - x/(1 + x)^2"_f) == "cos(x) + 1/(x + 1)^2");
}

TEST_CASE("any number of terms, over powers that differ by whole ones") {
    STATIC_REQUIRE(to_string(derivative<2>("x/sqrt(3 + x^2)"_f)) == "-9*x/sqrt(x^2 + 3)^5");
    STATIC_REQUIRE(to_string(derivative("x/(1 + x^3)^(1/3)"_f)) ==
                   "pow(x^3 + 1, 1/3 - 1)/pow(x^3 + 1, 1/3)^2");
    STATIC_REQUIRE(to_string(derivative<2>("x^3/(1 + x^2)"_f)) == "x*(-2*x^2 + 6)/(x^2 + 1)^3");
}

TEST_CASE("exponentials of multiples of one argument are powers of one") {
    STATIC_REQUIRE(to_string(derivative("exp(x)/(exp(x) + exp(-x) + 1)"_f)) ==
                   "(exp(x) + 2)/(2*cosh(x) + 1)^2");
    STATIC_REQUIRE(to_string(derivative<2>("log(1 + exp(x) + exp(2*x))"_f)) ==
                   "exp(x)*(4*exp(x) + exp(2*x) + 1)/(exp(x) + exp(2*x) + 1)^2");
    STATIC_REQUIRE(to_string("exp(2*x) - exp(-x)"_f) == "exp(-x)*expm1(3*x)");
    STATIC_REQUIRE(to_string("exp(x) + exp(-x) - 2"_f) == "2*cosh(x) - 2");
}

TEST_CASE("a factor of one term meets what it is made of in another") {
    STATIC_REQUIRE(to_string(derivative("exp(-x)*(1 + x)"_f)) == "-x*exp(-x)");
    STATIC_REQUIRE(to_string(derivative("exp(-abs(x))*(1 + abs(x))"_f)) == "-x*exp(-abs(x))");
    STATIC_REQUIRE(to_string(derivative("exp(-x^2)*(1 + x^2)"_f)) == "-2*x^3*exp(-x^2)");
    STATIC_REQUIRE(to_string("sin(x) + a*tanh(x) - a*tanh(x)*(x + 1)"_f) == "sin(x) - x*a*tanh(x)");
    // What is left of 1 + |x| − 2·|x| is exact where it vanishes.
    STATIC_REQUIRE(to_string(derivative("x/(1 + abs(x))^2"_f)) == "(-abs(x) + 1)/(abs(x) + 1)^3");
    STATIC_REQUIRE(to_string(derivative("x/(1 + x^2)"_f)) == "(-x^2 + 1)/(x^2 + 1)^2");
    // Far out e^x and e^-x stay apart.
    STATIC_REQUIRE(to_string(derivative("x/(1 + exp(-x) + x^2)"_f)) ==
                   "(exp(-x) - x^2 + x*exp(-x) + 1)/(exp(-x) + x^2 + 1)^2");
    for (const float u : {1e-30F, -1e-9F, 1e-5F}) {
        CHECK(evaluate(derivative("exp(-x)*(1 + x)"_f), x = u) == Approx(-u).epsilon(2e-5));
        CHECK(evaluate(derivative("exp(-abs(x))*(1 + abs(x))"_f), x = u) ==
              Approx(-u).epsilon(2e-5));
    }
}

TEST_CASE("2 sigmoid(u) - 1 among the terms of one factor") {
    STATIC_REQUIRE(to_string(derivative("(1 + tanh(x))*(1 - x)"_f)) ==
                   "sigmoid(2*x)*(-2*tanh(x) - 4*x*sigmoid(-2*x))");
    STATIC_REQUIRE(to_string(derivative("sigmoid(x)*(2 - x)"_f)) ==
                   "sigmoid(x)*(-tanh(0.5*x) - x*sigmoid(-x))");
    // mpmath, 200 digits.
    const auto slope = [](double at) {
        return evaluate(derivative("(1 + tanh(x))*(1 - x)"_f), x = at);
    };
    CHECK(slope(0x1p-30) == Approx(-1.8626451500983187682e-9).epsilon(1e-15));
    CHECK(slope(-0.0078125) == Approx(0.015563331567595664938).epsilon(1e-15));
    CHECK(slope(-9) == Approx(5.7873921220680222152e-7).epsilon(1e-15));
    CHECK(slope(30) == -2);
    CHECK(slope(-1e3) == 0);
}

TEST_CASE("what is no such pair stays") {
    // Half of it would be left over, with the same digits.
    STATIC_REQUIRE(to_string("3/(1 + x^2) - x^2/(1 + x^2)^2"_f) ==
                   "-x^2/(x^2 + 1)^2 + 3/(x^2 + 1)");
    STATIC_REQUIRE(to_string("a*(x + 3) - a"_f) == "-a + a*(x + 3)");
    STATIC_REQUIRE(to_string("a*(x + 1) - b"_f) == "a*(x + 1) - b");
    STATIC_REQUIRE(to_string("1/(1 + x) + x/(1 + x)^2"_f) == "1/(x + 1) + x/(x + 1)^2");
    STATIC_REQUIRE(to_string("1/(1 + x) - x/(1 + x)^3"_f) == "1/(x + 1) - x/(x + 1)^3");
    STATIC_REQUIRE(to_string("1/(1 + x) - x/(2 + x)^2"_f) == "1/(x + 1) - x/(x + 2)^2");
}

TEST_CASE("slopes far out keep their digits") {
    // mpmath, 120 digits.
    const auto slope = [](auto f, double at) { return evaluate(derivative(f), x = at); };
    CHECK(slope("x/(2 + abs(x))"_f, 1e12) == Approx(1.999999999992e-24).epsilon(1e-15));
    CHECK(slope("x^2/(3 + x^2)"_f, 1e10) == Approx(5.9999999999999999996e-30).epsilon(1e-15));
    CHECK(slope("x^4/(1 + x^4)"_f, 1e6) == Approx(4e-30).epsilon(1e-15));
    CHECK(slope("x/(1 + x^4)^0.25"_f, -3e4) == Approx(4.1152263374485596644e-23).epsilon(1e-15));
    CHECK(slope("x/(1 + x^3)^(1/3)"_f, 3) == Approx(0.0117613170715776698206).epsilon(1e-15));
    CHECK(slope("x/(1 + x^3)^(1/3)"_f, 1e8) == Approx(1e-32).epsilon(1e-15));
    const auto second = derivative<2>("x^3/(1 + x^2)"_f);
    CHECK(evaluate(second, x = 3.0) == Approx(-0.036).epsilon(1e-15));
    CHECK(evaluate(second, x = -1e9) == Approx(1.999999999999999988e-27).epsilon(1e-15));
    CHECK(slope("x*exp(x)/(2 + x*exp(x))"_f, 50) ==
          Approx(7.8692993796927845547e-24).epsilon(1e-15));
    constexpr double infinity = std::numeric_limits<double>::infinity();
    CHECK(slope("x^2/(3 + x^2)"_f, infinity) == 0);
}
