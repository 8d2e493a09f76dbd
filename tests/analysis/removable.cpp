// SPDX-License-Identifier: BSL-1.0
/// Formulas that are 0/0 at a point and have a limit there. Limits from their power series; other numbers by
/// mpmath at 40 digits: stationary points by sign changes of the derivative on a grid and bisection.

#include <chainrule/analysis/kinks.hpp>

#include "support/enclosed.hpp"

using namespace chainrule;
using namespace chainrule::literals;

namespace {

void check(const interval& found, long double truth) { check_enclosed(found, truth); }

}  // namespace

TEST_CASE("sin(x)/x has the limit 1 at 0", "[analysis]") {
    const value_range wave = range_of(sin(x) / x);
    check(wave.sup, 1);
    CHECK(wave.sup_at == 0);
    CHECK(wave.sup_how == attainment::one_sided);
    check(wave.inf, -0.217233628211221657408279325562L);
    CHECK(wave.inf_how == attainment::attained);
    const value_range slope = range_of(derivative(sin(x) / x));
    check(slope.inf, -0.436181817271458495088788056883L);
    check(slope.sup, 0.436181817271458495088788056883L);
    check(range_of(derivative<2>(sin(x) / x)).inf, -1.0L / 3);
    CHECK(kinks(sin(x) / x).empty());
}

TEST_CASE("other quotients with a limit where both parts vanish", "[analysis]") {
    check(range_of((1_c - cos(x)) / (x * x)).sup, 0.5L);
    check(range_of(derivative<2>((1_c - cos(x)) / (x * x)), interval{-4, 4}).inf, -1.0L / 12);
    check(range_of(tanh(x) / x).sup, 1);
    check(range_of(derivative<2>(tanh(x) / x)).inf, -2.0L / 3);
    check(range_of(expm1(x) / x, interval{-1, 1}).inf,
          0.632120558828557678404476229839L);  // 1 − 1/e
    check(range_of(derivative(expm1(x) / x), interval{0, 1}).inf, 0.5L);
    check(range_of(sin(x - 3_c) / (x - 3_c), interval{2, 4}).sup, 1);
}

TEST_CASE("what switches at the zero of a factor is no removable singularity", "[analysis]") {
    // (x e^-|x|)'' = (x - 2 sign(x)) e^-|x|: -2 and 2 from the sides of 0.
    const auto bump = x * exp(-abs(x));
    const value_range bend = range_of(derivative<2>(bump));
    check(bend.inf, -2);
    check(bend.sup, 2);
    CHECK(bend.inf_at == 0);
    CHECK(bend.inf_how == attainment::one_sided);
    check(range_of(derivative<2>(bump + 0.1_c * sin(3_c * x)), interval{0, 1}).inf, -2);
    check(lipschitz(derivative(x * x / (1_c + abs(x)))), 2);
    const value_range third =
        range_of(derivative<3>(x * x * exp(-abs(x - 1_c))), interval{0.5, 1.5});
    check(third.sup, 13);  // from the left of 1: (x^2 + 6x + 6) e^(x - 1)
    check(third.inf, -1);  // from the right
    CHECK(kinks(derivative(bump)).size() == 1);
    CHECK(kinks(sin(x) * sign(x)).size() == 1);
}

TEST_CASE("bounds beside a removable singularity are narrow at every distance from it",
          "[analysis]") {
    const value_range bend = range_of(derivative<2>(x / sinh(x)));
    check(bend.inf, -1.0L / 3);
    check(bend.sup, 0.1060540238387657703341L);  // mpmath: where the third derivative is 0
    CHECK(std::abs(bend.sup_at) == Approx(2.822548603059650353569).epsilon(1e-7));
}
