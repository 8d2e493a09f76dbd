// SPDX-License-Identifier: BSL-1.0
/// Curves between their switches: ranges, Lipschitz constants and kinks on intervals that end at kinks,
/// poles and the smallest numbers. The numbers are elementary, or from mpmath at 60 digits where it says so.

#include <chainrule/analysis/analysis.hpp>

#include "support/enclosed.hpp"

using namespace chainrule;
using namespace chainrule::literals;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

void check(const interval& found, long double truth) { check_enclosed(found, truth, 0x1p-1000); }

}  // namespace

TEST_CASE("beside a switch the sign of what vanishes there is known", "[analysis]") {
    const auto cubic = abs(x * x * x - x);
    const value_range slope = range_of(derivative(cubic), interval{0, 1});
    check(slope.sup, 1);
    check(slope.inf, -2);
    CHECK(slope.inf_at == 1);
    CHECK(slope.inf_how == attainment::one_sided);
    check(range_of(derivative<2>(cubic), interval{-1, 1}).sup, 0);
    check(range_of(derivative<2>(cubic), interval{-1, 1}).inf, -6);
    const auto smaller = min(x * x, abs(x));
    check(range_of(derivative(smaller), interval{-0.3125, 0.5}).inf, -0.625L);
    check(range_of(derivative(smaller), interval{-0.3125, 0.5}).sup, 1);
    check(range_of(derivative(x - abs(x * x - 2_c)), interval{0, 1}).sup, 3);
    // mpmath: the zero of x² − 2 next to 1 is no double; 1 − 2√2 and 1 + 2√2 are one-sided slopes there.
    const value_range irrational = range_of(derivative(x - abs(x * x - 2_c)), interval{1, 1.5});
    check(irrational.sup, 3.82842712474619009760337744842L);
    check(irrational.inf, -2);
}

TEST_CASE("nothing outside the interval is taken for a value in it", "[analysis]") {
    // The limit next to 0 was once looked for at 2^-122.
    const value_range tiny = range_of(max(0_c, x) * exp(-x / 3_c), interval{-1e-310, 3e-310});
    check(tiny.inf, 0);
    check(tiny.sup, 3e-310);
    check(range_of(derivative<2>(abs(tanh(x) - 0.5_c * x)), interval{-1e-310, 3e-310}).inf,
          -2 * static_cast<long double>(3e-310));
}

TEST_CASE("a period of one piece is enough", "[analysis]") {
    const auto half_wave = select(x < 0_c, sin(x), x + x * x);
    const value_range r = range_of(half_wave, interval{-inf, 0});
    check(r.inf, -1);
    check(r.sup, 1);
    check(range_of(derivative(half_wave), interval{-inf, 0}).inf, -1);
}

TEST_CASE("periods of compositions", "[analysis]") {
    check(range_of(derivative(sin(x + sin(x)))).sup, 2);
    // mpmath, 40 digits: the least slope.
    check(range_of(derivative(sin(x + sin(x)))).inf, -0.858163638546448618392567777709626L);
    const auto snake = x + square(sin(x));
    const value_range twice = range_of(derivative(snake(snake)));
    CHECK(twice.inf.contains(0));
    CHECK(twice.inf.width() < 1e-16);
    check(twice.sup, 3.79968485994839710170200011947851L);
    check(range_of(cos(2_c * x) * sin(3_c * x)).sup, 1);
}

TEST_CASE("a Lipschitz constant does not depend on the slope chosen at a kink", "[analysis]") {
    check(lipschitz(max(x, -0.125_c * x), interval{-2, 0}), 0.125L);
    check(lipschitz(max(x, -0.125_c * x), interval{-2, 1}), 1);
    check(lipschitz(abs(1_c - cos(x)), interval{-1, 1}),
          0.841470984807896506652502321630L);  // sin 1
}

TEST_CASE("poles at the end of a domain are where they are", "[analysis]") {
    const value_range root = range_of(derivative(sqrt(x) * sigmoid(x)), interval{0, inf});
    CHECK(root.sup.lo == inf);
    CHECK(root.sup_at == 0);
    CHECK(root.sup_how == attainment::one_sided);
    check(root.inf, 0);
    const value_range odd = range_of(derivative(sign(x) * sqrt(abs(x))), interval{0, 1});
    check(odd.inf, 0.5L);
    CHECK(odd.inf_at == 1);
    CHECK(odd.sup_at == 0);
}

TEST_CASE("exponentials inside |u| are bounded far out once its sign is known", "[analysis]") {
    const auto soft = sinh(x) / (1_c + abs(sinh(x)));
    check(range_of(soft).sup, 1);
    check(range_of(derivative(soft)).sup, 1);
    check(range_of(derivative<2>(soft)).inf, -2);
}

TEST_CASE("kinks of compositions, with slopes from both sides", "[analysis]") {
    const kink_collection clipped = kinks(min(max(x * (x + 1_c), 0_c), 6_c));
    REQUIRE(clipped.size() == 4);
    CHECK(clipped[0].at == -3);
    CHECK(clipped[0].left_slope == 0);
    CHECK(clipped[0].right_slope == -5);
    CHECK(clipped[1].at == -1);
    CHECK(clipped[1].left_slope == -1);
    CHECK(clipped[3].at == 2);
    CHECK(clipped[3].left_slope == 5);
    // No kink where 1 − cos x touches 0.
    CHECK(kinks(abs(1_c - cos(x)), interval{-20, 20}).empty());
}
