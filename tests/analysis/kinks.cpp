// SPDX-License-Identifier: BSL-1.0
/// Kinks are found exactly where mathematics has them, with the slopes of both sides.

#include <chainrule/activations/catalogue.hpp>
#include <chainrule/analysis/kinks.hpp>

#include "support/catch.hpp"

#include <vector>

using namespace chainrule;
using namespace chainrule::literals;
using namespace chainrule::activations;

namespace {

struct expected_kink {
    double at;
    double left;
    double right;
    bool jump = false;
};

void check(const kink_collection& found, const std::vector<expected_kink>& expected) {
    REQUIRE(found.size() == expected.size());
    CHECK(found.is_complete);
    for (std::size_t i = 0; i < found.size(); ++i) {
        CAPTURE(i, found[i].at, found[i].left_slope, found[i].right_slope);
        CHECK(found[i].at == expected[i].at);
        CHECK(found[i].left_slope == Approx(expected[i].left).epsilon(1e-15).margin(1e-17));
        CHECK(found[i].right_slope == Approx(expected[i].right).epsilon(1e-15).margin(1e-17));
        CHECK(found[i].has_jump == expected[i].jump);
    }
}

inline constexpr parameter<"alpha"> alpha;
inline constexpr parameter<"t"> t;
inline constexpr parameter<"v"> v;

}  // namespace

TEST_CASE("kinks of the catalogue", "[analysis]") {
    check(kinks(relu), {{0, 0, 1}});
    check(kinks(leaky_relu), {{0, 0.01, 1}});
    check(kinks(relu6), {{0, 0, 1}, {6, 1, 0}});
    check(kinks(leaky_relu6), {{0, 0.01, 1}, {6, 1, 0}});
    check(kinks(hard_tanh), {{-1, 0, 1}, {1, 1, 0}});
    check(kinks(hard_sigmoid), {{-3, 0, 1.0 / 6}, {3, 1.0 / 6, 0}});
    check(kinks(hard_swish), {{-3, 0, -0.5}, {3, 1.5, 1}});
    check(kinks(selu), {{0, 1.7580993408473768599, 1.0507009873554804934}});
    check(kinks(elu), {});  // α = 1: the slopes meet
    check(kinks(elu(alpha = 0.5_c)), {{0, 0.5, 1}});
    check(kinks(celu(alpha = 0.5_c)), {});
    check(kinks(softsign), {});
    check(kinks(sqnl), {});
    check(kinks(silu), {});
    check(kinks(soft_shrink), {{-0.5, 1, 0}, {0.5, 0, 1}});
    check(kinks(hard_shrink), {{-0.5, 1, 0, true}, {0.5, 0, 1, true}});
    check(kinks(threshold(t = 1_c, v = 20_c)), {{1, 0, 1, true}});
    check(kinks(sign(x)), {{0, 0, 0, true}});
}

TEST_CASE("kinks that no double hits are given at the nearest one", "[analysis]") {
    // mpmath: cbrt(2) = 1.25992104989487316…, 3·cbrt(4) = 4.76220315590459842…
    check(kinks(abs(x * x * x - 2_c)),
          {{1.2599210498948732, -4.762203155904598423, 4.762203155904598423}});
    // mpmath: the doubles nearest to π and 2π
    check(kinks(abs(sin(x)), interval{1, 7}),
          {{3.141592653589793, -1, 1}, {6.283185307179586, -1, 1}});
}

TEST_CASE("kinks of compositions and derivatives", "[analysis]") {
    check(kinks(nest<10>(relu)), {{0, 0, 1}});
    check(kinks(tanh(abs(x - 1_c))), {{1, -1, 1}});
    check(kinks(relu(x * x - 4_c)), {{-2, -4, 0}, {2, 0, 4}});
    check(kinks(derivative(sqnl)), {{-2, 0, 0.5}, {0, 0.5, -0.5}, {2, -0.5, 0}});
    check(kinks(derivative(relu)), {{0, 0, 0, true}});
    const kink_collection chain = kinks(nest<3>(selu));
    REQUIRE(chain.size() == 1);
    CHECK(chain[0].at == 0);
    CHECK(chain[0].left_slope == Approx(5.43413262178789488).epsilon(1e-15));  // (λα)³ by mpmath
    CHECK(chain[0].right_slope == Approx(1.15994506388001371).epsilon(1e-15));  // λ³ by mpmath
}

TEST_CASE("kinks without end are given near 0, and said to go on", "[analysis]") {
    const kink_collection steps = kinks(round(x));
    CHECK_FALSE(steps.is_complete);
    CHECK(steps.has_jump());
    REQUIRE(steps.size() == 128);
    CHECK(steps[64].at == 0.5);
    CHECK_FALSE(kinks(abs(sin(x))).is_complete);
}

TEST_CASE("a kink may have an infinite slope; a pole is none", "[analysis]") {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    const auto root = kinks("sqrt(max(x, 0))"_f);
    REQUIRE(root.size() == 1);
    CHECK((root[0].at == 0 && root[0].left_slope == 0 && root[0].right_slope == infinity));
    const auto cusp = kinks("sqrt(abs(x))"_f);
    REQUIRE(cusp.size() == 1);
    CHECK((cusp[0].left_slope == -infinity && cusp[0].right_slope == infinity));
    CHECK(kinks("sign(x)*sqrt(abs(x))"_f).empty());  // a vertical tangent
    CHECK(kinks("1/abs(x)"_f).empty());
    CHECK(kinks("log(abs(x))"_f).empty());
}

TEST_CASE("a kink whose curvature is infinite", "[analysis]") {
    const auto list = kinks(abs(x) * (1_c + sqrt(abs(x))));  // slopes ±(1 + 1.5 √|x|)
    REQUIRE(list.size() == 1);
    CHECK(list[0].at == 0);
    CHECK(list[0].left_slope == -1);
    CHECK(list[0].right_slope == 1);
    CHECK(kinks(pow(abs(x), 0.75_c) * tanh(x)).empty());
    CHECK(kinks(max(silu, gelu)).empty());
}
