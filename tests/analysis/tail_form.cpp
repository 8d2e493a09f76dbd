// SPDX-License-Identifier: BSL-1.0
/// Formulas whose bounds are ∞/∞ or 1 − 1 far out. Numbers by mpmath at 40 digits: stationary points by sign
/// changes of the derivative on a grid and bisection, Taylor coefficients by truncated power series.

#include <chainrule/analysis/range.hpp>

#include "support/enclosed.hpp"

using namespace chainrule;
using namespace chainrule::literals;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

void check(const interval& found, long double truth) { check_enclosed(found, truth, 1e-3); }
void check(const value_range& found, long double least, long double most) {
    check(found.inf, least);
    check(found.sup, most);
}

}  // namespace

TEST_CASE("ratios of exponentials have bounds far out", "[analysis]") {
    constexpr auto f = x * exp(x) / (2_c + exp(x));
    check(range_of(f).inf, -0.15718495148381400959L);
    check(range_of(derivative(f)), -0.0569510581006319804411812048041L,
          1.16366449311564804167075317451L);
    check(range_of(derivative<2>(f)), -0.0606742758243010079437664460215L,
          0.507415413247148777836831787726L);
    check(range_of(derivative(cosh(x) / (1_c + cosh(x)))), -0.192450089729875254836382926834L,
          0.192450089729875254836382926834L);
    constexpr auto g = exp(x) / (1_c + exp(x) + exp(2_c * x));
    const value_range bump = range_of(g);
    check(bump, 0, 1.0L / 3);
    CHECK(bump.inf_how == attainment::limit);
    check(range_of(derivative(g)), -0.142031526333085112689793906561L,
          0.142031526333085112689793906561L);
    check(range_of(derivative<2>((exp(2_c * x) - 1_c) / (exp(2_c * x) + exp(x) + 1_c))),
          -0.350520828563040187064630366404L, 0.350520828563040187064630366404L);
    check(range_of(tanh(softplus(x)) - sigmoid(x)).sup, 0.134884497736245903532849157505L);
    check(range_of(derivative(log(1_c + exp(x) + exp(2_c * x)))), 0, 2);
    check(range_of(derivative(sinh(x) / cosh(2_c * x))), -0.208589372737837467558011681678L, 1);
}

TEST_CASE("ratios of polynomials have bounds far out", "[analysis]") {
    constexpr auto f = x * x / (1_c + x + x * x);
    check(range_of(f), 0, 4.0L / 3);
    CHECK(range_of(f).sup_at == Approx(-2));
    check(range_of(derivative(f)), -1.47049137593659094617100128525L,
          0.408893865635225821937217269396L);
    check(range_of((2_c * x * x + 3_c * x - 1_c) / (x * x + 1_c)),
          -1.62132034355964257320253308631L, 2.62132034355964257320253308631L);
    check(range_of(derivative(x * abs(x) / (1_c + x * x))), 0, 0.649519052838328985072792378065L);
    const value_range rectified = range_of(derivative(square(max(x, 0_c)) / (1_c + x * x)));
    check(rectified, 0, 0.649519052838328985072792378065L);
    CHECK(rectified.inf_how == attainment::attained);
    check(range_of(derivative<2>(x / square(1_c + x * x))), -2.33427964207760650631398558256L,
          2.33427964207760650631398558256L);
    check(range_of(derivative(1_c / (1_c + exp(-x) + x * x))), -0.291323843871261579445848570554L,
          0.328197027972502980015464778521L);
}

TEST_CASE("slopes next to poles have their signs", "[analysis]") {
    const value_range slope = range_of(derivative(x / (x * x - 4_c)));  // −(x² + 4)/(x² − 4)²
    CHECK(slope.inf == interval{-inf, -inf});
    check(slope.sup, 0);
    CHECK(slope.sup_how == attainment::limit);
    const value_range both_sides = range_of(derivative<2>(x / (x * x - 4_c)));
    CHECK(both_sides.inf == interval{-inf, -inf});
    CHECK(both_sides.sup == interval{inf, inf});
}

TEST_CASE("roots of what shrinks like an exponential are known far out", "[analysis]") {
    // mpmath, 45 digits: the root of f″ at 0.92142250865536…, and f′ there.
    const value_range slope = range_of(derivative(sqrt(log(1_c + exp(x)))));
    check(slope, 0, 0.3190863431694757404676846176647332L);
    CHECK(slope.sup_at == Approx(0.92142250865536031).epsilon(1e-12));
}

TEST_CASE("what falls like the exponential of an exponential is known far out", "[analysis]") {
    // With t = e^x, f″ = t (t² − 3t + 1) e^−t has its extrema at roots of t³ − 6t² + 7t − 1 (mpmath).
    const auto f = exp(x - exp(x));
    const value_range bend = range_of(derivative<2>(f));
    check(bend, -0.4296146707051650703848491L, 0.3874326065190298187919448L);
    CHECK(bend.inf_at == Approx(0.2951885052735284335).epsilon(1e-12));
    CHECK(bend.sup_at == Approx(1.502045025210053495).epsilon(1e-12));
    check(range_of(f).sup, 0.36787944117144232159552L);
    CHECK(range_of(f).inf == interval{0, 0});
}
