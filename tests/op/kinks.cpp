// SPDX-License-Identifier: BSL-1.0
/// Which value a derivative takes at a kink: by the usual rule, from the left, from the right, in the mid.
#include <chainrule/op/op.hpp>
#include <chainrule/program/evaluate.hpp>

#include "support/catch.hpp"

using namespace chainrule;
using namespace chainrule::literals;

namespace {

/// The four values at a kink: usual, left, right, mid.
template<class F, class T>
constexpr bool slopes_at(F f, T point, double usual, double left, double right) {
    return evaluate(derivative(f), x = point) == usual &&
        evaluate(derivative(f, kink::left), x = point) == left &&
        evaluate(derivative(f, kink::right), x = point) == right &&
        evaluate(derivative(f, kink::mid), x = point) == (left + right) / 2;
}

}  // namespace

TEST_CASE("abs and sign") {
    STATIC_REQUIRE(slopes_at(abs(x), 0.0, 0, -1, 1));
    STATIC_REQUIRE(slopes_at(abs(x), -0.0, 0, -1, 1));
    STATIC_REQUIRE(slopes_at(abs(x), 2.0, 1, 1, 1));
    STATIC_REQUIRE(slopes_at(abs(-x), 0.0, 0, -1, 1));
    STATIC_REQUIRE(slopes_at(-abs(x), 0.0, 0, 1, -1));
    STATIC_REQUIRE(slopes_at(abs(x * x), 0.0, 0, 0, 0));
    STATIC_REQUIRE(slopes_at(abs("1 - x"_f), 1.0, 0, -1, 1));
    STATIC_REQUIRE(slopes_at(x * sign(x), 0.0, 0, -1, 1));
    STATIC_REQUIRE(slopes_at(x / ("1 + abs(x)"_f), 0.0, 1, 1, 1));
}

TEST_CASE("max: the operand that does not depend on x wins a tie, else the first") {
    constexpr auto relu = max(x, 0_c);
    STATIC_REQUIRE(slopes_at(relu, 0.0, 0, 0, 1));
    STATIC_REQUIRE(slopes_at(max(0_c, x), 0.0, 0, 0, 1));
    STATIC_REQUIRE(slopes_at(relu, 1.0, 1, 1, 1));
    STATIC_REQUIRE(slopes_at(relu, -1.0, 0, 0, 0));
    STATIC_REQUIRE(slopes_at(max(x, 0.25_c * x), 0.0, 1, 0.25, 1));
    STATIC_REQUIRE(slopes_at(max(0.25_c * x, x), 0.0, 0.25, 0.25, 1));
    STATIC_REQUIRE(slopes_at(max(-x, x), 0.0, -1, -1, 1));
    STATIC_REQUIRE(slopes_at(max(x, 2_c - x), 1.0, 1, -1, 1));
    STATIC_REQUIRE(slopes_at("max(-x, 0)"_f, 0.0, 0, -1, 0));
}

TEST_CASE("min mirrors max") {
    STATIC_REQUIRE(slopes_at(min(x, 6_c), 6.0, 0, 1, 0));
    STATIC_REQUIRE(slopes_at(min(6_c, x), 6.0, 0, 1, 0));
    STATIC_REQUIRE(slopes_at(min(x, 0.25_c * x), 0.0, 1, 1, 0.25));
    STATIC_REQUIRE(slopes_at(min(0.25_c * x, x), 0.0, 0.25, 1, 0.25));
    STATIC_REQUIRE(slopes_at(-max(-x, 0_c), 0.0, 0, 1, 0));
}

TEST_CASE("clamp, and relu6 as PyTorch has it") {
    constexpr auto relu6 = clamp(x, 0_c, 6_c);
    STATIC_REQUIRE(slopes_at(relu6, 0.0, 0, 0, 1));
    STATIC_REQUIRE(slopes_at(relu6, 6.0, 0, 1, 0));
    STATIC_REQUIRE(slopes_at(relu6, 3.0, 1, 1, 1));
    STATIC_REQUIRE(slopes_at(relu6, 7.0, 0, 0, 0));
    constexpr auto hard_tanh = "clamp(x, -1, 1)"_f;
    STATIC_REQUIRE(slopes_at(hard_tanh, -1.0, 0, 0, 1));
    STATIC_REQUIRE(slopes_at(hard_tanh, 1.0, 0, 1, 0));
}

TEST_CASE("select: strict conditions take the else-arm at a tie") {
    constexpr auto strict = select(x < 0_c, 0.25_c * x, x);
    STATIC_REQUIRE(slopes_at(strict, 0.0, 1, 0.25, 1));
    constexpr auto loose = select(x <= 0_c, 0.25_c * x, x);
    STATIC_REQUIRE(slopes_at(loose, 0.0, 0.25, 0.25, 1));
    constexpr auto turned = select(x > 0_c, x, 0.25_c * x);
    STATIC_REQUIRE(slopes_at(turned, 0.0, 0.25, 0.25, 1));
    constexpr auto turned_loose = select(x >= 0_c, x, 0.25_c * x);
    STATIC_REQUIRE(slopes_at(turned_loose, 0.0, 1, 0.25, 1));
    STATIC_REQUIRE(slopes_at("-x < 0 ? x : 0.25*x"_f, 0.0, 0.25, 0.25, 1));
    STATIC_REQUIRE(slopes_at("x < 1 ? (x < -1 ? 0 : x) : 2*x"_f, 1.0, 2, 1, 2));
    STATIC_REQUIRE(slopes_at("x < 1 ? (x < -1 ? 0 : x) : 2*x"_f, -1.0, 1, 0, 1));
}

TEST_CASE("only the chosen arm is differentiated") {
    // The other arm's slope is infinite or NaN; times a mask of 0 it would be NaN.
    STATIC_REQUIRE(
        slopes_at("x <= 0 ? 0 : sqrt(x)"_f, 0.0, 0, 0, std::numeric_limits<double>::infinity()));
    STATIC_REQUIRE(evaluate(derivative("x <= 0 ? 0 : log(x)"_f), x = -1.0) == 0);
    STATIC_REQUIRE(evaluate(derivative("x > 0 ? log(x) : 0"_f), x = 0.0) == 0);
    STATIC_REQUIRE(evaluate(derivative("x <= 0 ? exp(x) - 1 : exp(x)*x"_f), x = -1e6) == 0);
    STATIC_REQUIRE(evaluate(derivative("x <= 500 ? x : exp(x*x)"_f), x = 1.0) == 1);
}

TEST_CASE("kinks inside compositions") {
    constexpr auto relu = max(x, 0_c);
    STATIC_REQUIRE(slopes_at(relu(relu), 0.0, 0, 0, 1));
    STATIC_REQUIRE(slopes_at(relu(-x), 0.0, 0, -1, 0));
    STATIC_REQUIRE(slopes_at(relu(x * x), 0.0, 0, 0, 0));
    STATIC_REQUIRE(slopes_at(abs(relu), 0.0, 0, 0, 1));
    STATIC_REQUIRE(slopes_at(relu(2_c * x) + relu(-3_c * x), 0.0, 0, -3, 2));
    STATIC_REQUIRE(slopes_at(exp(abs(x)), 0.0, 0, -1, 1));
    STATIC_REQUIRE(slopes_at("max(max(x, 0), 2*x)"_f, 0.0, 0, 0, 2));
    STATIC_REQUIRE(slopes_at("min(max(0.01*x, x), 6)"_f, 6.0, 0, 1, 0));
}

TEST_CASE("kinks with respect to a parameter") {
    constexpr parameter<"alpha"> alpha;
    constexpr auto prelu = select(x > 0_c, x, alpha * x);
    STATIC_REQUIRE(evaluate(derivative(prelu, alpha), x = -2.0) == -2.0);
    STATIC_REQUIRE(evaluate(derivative(prelu, alpha), x = 2.0) == 0.0);
    constexpr auto f = max(x, alpha);
    // With respect to alpha it is x that does not depend on the symbol.
    STATIC_REQUIRE(evaluate(derivative(f, alpha), x = 1.0, alpha = 1.0) == 0.0);
    STATIC_REQUIRE(evaluate(derivative(f, x), x = 1.0, alpha = 1.0) == 0.0);
    STATIC_REQUIRE(evaluate(derivative(f, alpha, kink::left), x = 1.0, alpha = 1.0) == 0.0);
    STATIC_REQUIRE(evaluate(derivative(f, alpha, kink::right), x = 1.0, alpha = 1.0) == 1.0);
}

TEST_CASE("NaN is never swallowed") {
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    const auto is_nan = [](double v) { return v != v; };
    CHECK(is_nan(evaluate(max(x, 0_c), x = nan)));
    CHECK(is_nan(evaluate(clamp(x, 0_c, 6_c), x = nan)));
    CHECK(is_nan(evaluate(select(x < 0_c, 1_c, 2_c), x = nan)));
    CHECK(is_nan(evaluate(derivative(max(x, 0_c)), x = nan)));
    CHECK(is_nan(evaluate(derivative(abs(x)), x = nan)));
    CHECK(is_nan(evaluate(sign(x), x = nan)));
    CHECK(is_nan(evaluate(step(x), x = nan)));
}
