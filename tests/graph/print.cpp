// SPDX-License-Identifier: BSL-1.0
/// to_string: short, readable, and read back as the same formula.
#include <chainrule/graph/compare.hpp>
#include <chainrule/graph/to_string.hpp>
#include <chainrule/op/op.hpp>

#include "support/catch.hpp"

using namespace chainrule;
using namespace chainrule::literals;

namespace {
inline constexpr parameter<"a"> a;
inline constexpr parameter<"b"> b;

template<class F>
constexpr bool is_written(F f, std::string_view text) {
    return to_string(f) == text;
}

/// The text of a formula, read back, is the formula.
#define READS_BACK(...)                                                                            \
    do {                                                                                           \
        constexpr auto formula = __VA_ARGS__;                                                      \
        constexpr std::string_view text = to_string(formula);                                      \
        STATIC_REQUIRE(detail::formula_text<detail::fix<text.size()>(text)>{} == formula);         \
    } while (false)

}  // namespace

TEST_CASE("texts") {
    STATIC_REQUIRE(is_written(x, "x"));
    STATIC_REQUIRE(is_written(2_c, "2"));
    STATIC_REQUIRE(is_written(-2_c, "-2"));
    STATIC_REQUIRE(is_written(0.1_c, "0.1"));
    STATIC_REQUIRE(is_written(1e-8_c, "1e-8"));
    STATIC_REQUIRE(is_written(pi, "pi"));
    STATIC_REQUIRE(is_written(x + x, "2*x"));
    STATIC_REQUIRE(is_written(x - x, "0"));
    STATIC_REQUIRE(is_written(x - 1_c, "x - 1"));
    STATIC_REQUIRE(is_written(1_c - x, "-x + 1"));
    STATIC_REQUIRE(is_written(x * x, "x^2"));
    STATIC_REQUIRE(is_written(1_c / x, "1/x"));
    STATIC_REQUIRE(is_written(x / 2_c, "0.5*x"));
    STATIC_REQUIRE(is_written(x / 3_c, "x/3"));
    STATIC_REQUIRE(is_written(x / (a * b), "x/(a*b)"));
    STATIC_REQUIRE(is_written(sqrt(x), "sqrt(x)"));
    STATIC_REQUIRE(is_written("x^1.5"_f, "x^1.5"));
    STATIC_REQUIRE(is_written("(x + 1)^2"_f, "(x + 1)^2"));
    STATIC_REQUIRE(is_written("(x + 1)*a"_f, "(x + 1)*a"));
    STATIC_REQUIRE(is_written("(-x)^3"_f, "-x^3"));
    STATIC_REQUIRE(is_written("a^b"_f, "pow(a, b)"));
    STATIC_REQUIRE(is_written("x < 0 ? a : b"_f, "x < 0 ? a : b"));
    STATIC_REQUIRE(is_written("2*(x < 0 ? a : b)"_f, "2*(x < 0 ? a : b)"));
    STATIC_REQUIRE(is_written(max(x, 0_c), "max(x, 0)"));
    STATIC_REQUIRE(is_written(clamp(x, 0_c, 6_c), "min(max(x, 0), 6)"));
    STATIC_REQUIRE(is_written(parameter<"alpha", 0.5>{} * x, "alpha*x"));
}

TEST_CASE("derivatives as text") {
    STATIC_REQUIRE(is_written(derivative(x * x), "2*x"));
    STATIC_REQUIRE(is_written(derivative(tanh(x)), "sech(x)^2"));
    STATIC_REQUIRE(is_written(derivative(sigmoid(x)), "sigmoid(x)*sigmoid(-x)"));
    STATIC_REQUIRE(is_written(derivative(softplus(x)), "sigmoid(x)"));
    STATIC_REQUIRE(is_written(derivative(sin(cos(x))), "-sin(x)*cos(cos(x))"));
    STATIC_REQUIRE(is_written(derivative("x^3"_f), "3*x^2"));
    STATIC_REQUIRE(is_written(derivative<2>(exp(x)), "exp(x)"));
    STATIC_REQUIRE(is_written(derivative(max(x, 0_c)), "0 < x ? 1 : 0"));
    STATIC_REQUIRE(is_written(derivative("x/(1 + abs(x))"_f), "1/(abs(x) + 1)^2"));
}

TEST_CASE("stable atoms are written as formulas") {
    STATIC_REQUIRE(is_written("1 - sigmoid(x)"_f, "sigmoid(-x)"));
    STATIC_REQUIRE(is_written("x - tanh(x)"_f, "x - tanh(x)"));
    STATIC_REQUIRE(is_written("2*(x - tanh(x))"_f, "2*(x - tanh(x))"));
    STATIC_REQUIRE(is_written("a/(x - tanh(x))"_f, "a/(x - tanh(x))"));
    STATIC_REQUIRE(is_written("(x - tanh(x))^2"_f, "(x - tanh(x))^2"));
    STATIC_REQUIRE(is_written("sqrt(x^2 + a)"_f, "sqrt(x^2 + a)"));
    STATIC_REQUIRE(is_written("1/sqrt(x^2 + 1)"_f, "1/sqrt(x^2 + 1)"));
    STATIC_REQUIRE(is_written("x*sech(x)^2"_f, "x*sech(x)^2"));
    STATIC_REQUIRE(is_written("a/(x*sech(x)^2)"_f, "a/(x*sech(x)^2)"));
    STATIC_REQUIRE(is_written("(x*sech(x)^2)^3"_f, "(x*sech(x)^2)^3"));
    STATIC_REQUIRE(is_written("log(1 + exp(x))"_f, "softplus(x)"));
}

TEST_CASE("texts read back") {
    READS_BACK(x * sigmoid(b * x));
    READS_BACK(derivative<2>(x * sigmoid(b * x)));
    READS_BACK(derivative(x * tanh(softplus(x))));
    READS_BACK("x/2*(1 + tanh(sqrt(2/pi)*(x + 0.044715*x^3)))"_f);
    READS_BACK(derivative("x/2*(1 + tanh(sqrt(2/pi)*(x + 0.044715*x^3)))"_f));
    READS_BACK(derivative("x/2*(1 + erf(x/sqrt(2)))"_f));
    READS_BACK(derivative<2>("(x + sqrt(x^2 + b))/2"_f));
    READS_BACK("x < -2.5 ? 0 : x > 2.5 ? 1 : 0.2*x + 0.5"_f);
    READS_BACK("-(a - x)^2/(b*-x)"_f);
    READS_BACK("a - (b - (x - 1))"_f);
    READS_BACK("-2^-x"_f);
    READS_BACK("(x < 0 ? a : b) < (x > 1 ? 1 : 2) ? 3 : (4 < x ? 5 : 6)"_f);
    READS_BACK(nest<3>(tanh(x) + x));
    READS_BACK("1e300*x + 1e-300"_f);
}

TEST_CASE("the text lives as long as the program") {
    const auto make = [] { return to_string(derivative(sin(x))); };
    const std::string_view text = make();
    CHECK(text == "cos(x)");
}
