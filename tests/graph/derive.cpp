// SPDX-License-Identifier: BSL-1.0
/// derivative(): any symbol, any order, through any composition; both sweeps.
#include <chainrule/graph/compare.hpp>
#include <chainrule/op/op.hpp>
#include <chainrule/program/evaluate.hpp>

#include "support/catch.hpp"

#include <cmath>
#include <vector>

using namespace chainrule;
using namespace chainrule::literals;

namespace {

inline constexpr parameter<"a"> a;
inline constexpr parameter<"b"> b;

/// The reverse sweep's answer for every symbol is the forward sweep's.
template<class F>
constexpr bool sweeps_agree(F) {
    using namespace chainrule::detail;
    graph raw;
    lowering_scope scope{raw, {}, {}};
    std::vector<int> roots{lower<F>(scope)};
    graph g = simplified(raw, roots, for_programs);
    std::vector<std::string_view> names;
    for (const symbol_entry& s : g.symbols) names.push_back(s.name);
    const std::vector<int> reverse = derive_all(g, roots[0], names);
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (!same_nodes(g, reverse[i], derive(g, roots[0], names[i], kink_rule::usual)))
            return false;
    }
    return true;
}

}  // namespace

TEST_CASE("orders") {
    STATIC_REQUIRE(derivative<0>(sin(x)) == sin(x));
    STATIC_REQUIRE(derivative<1>(sin(x)) == cos(x));
    STATIC_REQUIRE(derivative<2>(sin(x)) == -sin(x));
    STATIC_REQUIRE(derivative<4>(sin(x)) == sin(x));
    STATIC_REQUIRE(derivative<3>("x^3"_f) == 6_c);
    STATIC_REQUIRE(derivative<4>("x^3"_f) == 0_c);
    STATIC_REQUIRE(derivative<5>(exp(2_c * x)) == 32_c * exp(2_c * x));
    STATIC_REQUIRE(derivative<2>(tanh(x)) == "-2*tanh(x)*sech(x)^2"_f);
    STATIC_REQUIRE(derivative<2>(sigmoid(x)) == "sigmoid(x)*sigmoid(-x)*(1 - 2*sigmoid(x))"_f);
    STATIC_REQUIRE(derivative<2>("x^n"_f) == "n*(n - 1)*x^(n - 2)"_f);
    STATIC_REQUIRE(derivative(derivative(log(x))) == derivative<2>(log(x)));
    STATIC_REQUIRE(derivative<2>("x*normal_cdf(x)"_f) == "(2 - x^2)*normal_pdf(x)"_f);
}

TEST_CASE("symbols") {
    constexpr auto f = "a*x^2 + b*sin(a*x)"_f;
    STATIC_REQUIRE(derivative(f, x) == "2*a*x + a*b*cos(a*x)"_f);
    STATIC_REQUIRE(derivative(f, a) == "x^2 + b*x*cos(a*x)"_f);
    STATIC_REQUIRE(derivative(f, b) == "sin(a*x)"_f);
    STATIC_REQUIRE(derivative(f, parameter<"absent">{}) == 0_c);
    STATIC_REQUIRE(derivative(f, variable<"a">{}) == derivative(f, a));
    STATIC_REQUIRE(derivative<2>(f, a) == "-b*x^2*sin(a*x)"_f);
}

TEST_CASE("mixed derivatives commute") {
    constexpr auto f = "exp(a*x)*sin(b*x)"_f;
    STATIC_REQUIRE(derivative(derivative(f, a), x) == derivative(derivative(f, x), a));
    STATIC_REQUIRE(derivative(derivative(f, a), b) == derivative(derivative(f, b), a));
    STATIC_REQUIRE(derivative(derivative(x * sigmoid(b * x), b), x) ==
                   derivative(derivative(x * sigmoid(b * x), x), b));
}

TEST_CASE("the chain rule") {
    STATIC_REQUIRE(derivative(sin(x)(x * x)) == 2_c * x * cos(x * x));
    STATIC_REQUIRE(derivative(compose(exp(x), sin(x), x * x)) == "2*x*cos(x^2)*exp(sin(x^2))"_f);
    STATIC_REQUIRE(derivative("sin(x)^2"_f) == "2*sin(x)*cos(x)"_f);
    STATIC_REQUIRE(derivative("x^x"_f(x = exp(x))) == derivative("exp(x)^exp(x)"_f));
    STATIC_REQUIRE(derivative(sin(a * x)(tanh(x)), a) == tanh(x) * cos(a * tanh(x)));
    // The outer f and the inner f share their parameter.
    constexpr auto f = a * x;
    STATIC_REQUIRE(derivative(f(f), a) == 2_c * a * x);
    STATIC_REQUIRE(derivative(f(f(a = b)), a) == b * x);
    STATIC_REQUIRE(derivative(f(f(a = b)), b) == a * x);
    // d/dx (f'(g)) is f''(g) g'.
    STATIC_REQUIRE(derivative(derivative(sin(x))(x * x)) == -2_c * x * sin(x * x));
}

TEST_CASE("one side of a condition, and its slope") {
    STATIC_REQUIRE(derivative("x < 0 ? x^2 : sin(x)"_f) == "x < 0 ? 2*x : cos(x)"_f);
    STATIC_REQUIRE(derivative("x < a ? x : a"_f, a) == "x < a ? 0 : 1"_f);
    STATIC_REQUIRE(derivative("max(x, 0)"_f) == "0 < x ? 1 : 0"_f);
    STATIC_REQUIRE(derivative("max(x, 0)"_f) == step(x));
    STATIC_REQUIRE(derivative("x > 0 ? x : a*(exp(x) - 1)"_f) == "x > 0 ? 1 : a*exp(x)"_f);
    STATIC_REQUIRE(derivative("(x < 0 ? a : b)*x"_f) == "x < 0 ? a : b"_f);
}

TEST_CASE("where a selection makes a slope 0, a pole of the outer slope does not count") {
    STATIC_REQUIRE(derivative("sqrt(max(x, 0))"_f) == "0 < x ? 0.5/sqrt(max(x, 0)) : 0"_f);
    STATIC_REQUIRE(derivative("max(x, 0)^0.25"_f) == "0 < x ? 0.25/max(x, 0)^0.75 : 0"_f);
    STATIC_REQUIRE(derivative<2>("max(x, 0)^1.5"_f) == "0 < x ? 0.75/sqrt(max(x, 0)) : 0"_f);
    STATIC_REQUIRE(derivative("sqrt(tanh(max(x, 0)))"_f) ==
                   "0 < x ? 0.5*sech(max(x, 0))^2/sqrt(tanh(max(x, 0))) : 0"_f);
    // log and 1/u have no value there: no slope either.
    STATIC_REQUIRE(derivative("log(max(x, 0))"_f) == "(0 < x ? 1 : 0)/max(x, 0)"_f);
    for (const double u : {-2.0, 0.0, 0.25, 4.0}) {
        const bool moves = u > 0;
        CHECK(evaluate(derivative("sqrt(max(x, 0))"_f), x = u) == (moves ? 0.5 / std::sqrt(u) : 0));
        CHECK(evaluate(derivative<2>("sqrt(max(x, 0))"_f), x = u) ==
              (moves ? -0.25 / (u * std::sqrt(u)) : 0));
        CHECK(evaluate(derivative<2>("max(x, 0)^1.5"_f), x = u) ==
              (moves ? 0.75 / std::sqrt(u) : 0));
    }
    for (const double u : {-2.0, -1.0, 1.0, 3.0})
        CHECK(evaluate(derivative("sqrt(1 - min(abs(x), 1))"_f), x = u) == 0);
    CHECK(evaluate(derivative("sqrt(1 - min(abs(x), 1))"_f), x = -0.75) == 1);
    STATIC_REQUIRE(sweeps_agree("a*sqrt(max(x, 0)) + b*max(x, 0)^0.75"_f));
}

TEST_CASE("both sweeps agree") {
    STATIC_REQUIRE(sweeps_agree("x*sigmoid(b*x)"_f));
    STATIC_REQUIRE(sweeps_agree("a*x + b*x^2 + a*b"_f));
    STATIC_REQUIRE(sweeps_agree("max(a*x, b)"_f));
    STATIC_REQUIRE(sweeps_agree("a^b"_f));
    STATIC_REQUIRE(sweeps_agree("sqrt(x^2 + a) + x*tanh(b)"_f));
    STATIC_REQUIRE(sweeps_agree("exp(-x^2/a)"_f));
    STATIC_REQUIRE(sweeps_agree(nest<2>(x * sigmoid(b * x))));
}

/// The operations of the program for value and slope.
template<class F>
constexpr std::vector<short> operations(F) {
    using program = detail::plan<F, true, detail::kink_rule::usual, "x">;
    std::vector<short> result;
    for (const auto& step : program::steps.steps) result.push_back(step.operation);
    return result;
}
template<class F>
void check_nested_derivatives(F f) {
    CHECK(operations(derivative(derivative(f))) == operations(derivative<2>(f)));
    CHECK(operations(derivative(derivative<2>(f))) == operations(derivative<3>(f)));
    CHECK(operations(derivative(derivative(f, kink::left), kink::left)) ==
          operations(derivative<2>(f, kink::left)));
}

TEST_CASE("a derivative of a derivative has the program of a second derivative") {
    check_nested_derivatives("x*sigmoid(x)^2"_f);
    check_nested_derivatives("x/sqrt(1 + x^2)"_f);
    check_nested_derivatives("x*tanh(softplus(x))"_f);
    check_nested_derivatives("x/(1 + abs(x))"_f);
    check_nested_derivatives("x*normal_cdf(x)"_f);
}
