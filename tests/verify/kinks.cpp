// SPDX-License-Identifier: BSL-1.0
/// Kinks are found where mathematics has them, with the slopes it has there.

#include <chainrule/expr/constant.hpp>
#include <chainrule/expr/formula.hpp>
#include <chainrule/verify/kinks.hpp>

#include "support/catch.hpp"

#include <cmath>
#include <vector>

using namespace chainrule;
using namespace chainrule::literals;

namespace {

struct expected_kink {
    double at;
    double left;
    double right;
    bool jump = false;
};

void check(const std::vector<kink_point>& found, const std::vector<expected_kink>& expected) {
    REQUIRE(found.size() == expected.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
        CAPTURE(i, found[i].at, found[i].left_slope, found[i].right_slope);
        CHECK(std::abs(found[i].at - expected[i].at) <= 2 * ulp_of(expected[i].at));
        CHECK(found[i].left_slope == Approx(expected[i].left).epsilon(1e-13).margin(1e-13));
        CHECK(found[i].right_slope == Approx(expected[i].right).epsilon(1e-13).margin(1e-13));
        CHECK(found[i].is_jump == expected[i].jump);
    }
}

}  // namespace

TEST_CASE("kinks of max, min, abs and select") {
    check(find_kinks(max(x, 0_c), -5, 5), {{0, 0, 1}});
    check(find_kinks(abs(x), -5, 5), {{0, -1, 1}});
    check(find_kinks("min(max(x, 0), 6)"_f, -20, 20), {{0, 0, 1}, {6, 1, 0}});
    check(find_kinks("x > 0 ? x : 0.25*x"_f, -20, 20), {{0, 0.25, 1}});
    check(find_kinks("x*min(max(x/6 + 0.5, 0), 1)"_f, -20, 20), {{-3, 0, -0.5}, {3, 1.5, 1}});
}

TEST_CASE("kinks that no double hits are given at the nearest one") {
    const double root = std::cbrt(2.0);
    check(find_kinks("abs(x^3 - 2)"_f, -10, 10), {{root, -3 * root * root, 3 * root * root}});
    check(find_kinks(abs(sin(x)), 1, 7), {{3.141592653589793, -1, 1}, {6.283185307179586, -1, 1}});
    check(find_kinks("max(0.1*x, 0.3)"_f, -10, 10), {{0.3 / 0.1, 0, 0.1}});
}

TEST_CASE("jumps are told from kinks") {
    check(find_kinks(sign(x), -1, 1), {{0, 0, 0, true}});
    check(find_kinks("x > 0.5 ? x : (x < -0.5 ? x : 0)"_f, -4, 4),
          {{-0.5, 1, 0, true}, {0.5, 0, 1, true}});
    check(find_kinks(round(x), -2, 2),
          {{-1.5, 0, 0, true}, {-0.5, 0, 0, true}, {0.5, 0, 0, true}, {1.5, 0, 0, true}});
}

TEST_CASE("two kinks close to each other, and kinks close to zero") {
    check(find_kinks("abs(x^2 - 0.0001)"_f, -3, 3), {{-0.01, -0.02, 0.02}, {0.01, -0.02, 0.02}});
    check(find_kinks("abs(x - 1e-100)"_f, -3, 3), {{1e-100, -1, 1}});
    check(find_kinks("max(x, -1e-300)"_f, -3, 3), {{-1e-300, 0, 1}});
}

TEST_CASE("switches without a kink and poles are not reported") {
    CHECK(find_kinks("x < 0 ? exp(x) - 1 : x"_f, -5, 5).empty());
    CHECK(find_kinks("x/(1 + abs(x))"_f, -5, 5).empty());
    CHECK(find_kinks(abs(x) * abs(x), -5, 5).empty());
    CHECK(find_kinks("1/(x - 1)"_f, -5, 5).empty());
    CHECK(find_kinks(sqrt(x), -5, 5).empty());
    CHECK(find_kinks(tanh(x), -5, 5).empty());
    CHECK(find_kinks("2 + 3"_f, -5, 5).empty());
    CHECK(find_kinks(max(x, 0_c), 1, 5).empty());
}

TEST_CASE("parameters move kinks") {
    constexpr parameter<"cap"> cap;
    constexpr parameter<"slope", 0.25> slope;
    check(find_kinks(min(x, cap), -20, 20, cap = 2.5), {{2.5, 1, 0}});
    check(find_kinks(max(x, slope * x), -20, 20), {{0, 0.25, 1}});
    check(find_kinks(max(x, slope * x), -20, 20, parameter<"slope">{} = 0.5), {{0, 0.5, 1}});
    check(find_kinks(min(x, cap), -20, 20, cap = 4_c), {{4, 1, 0}});
}
