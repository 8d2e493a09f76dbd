// SPDX-License-Identifier: BSL-1.0
/// Certified ranges against extrema worked out with mpmath at 50 digits (tests/analysis/range_oracle.py
/// prints the rows), and against what is known of compositions, intervals and poles.

#include <chainrule/activations/catalogue.hpp>
#include <chainrule/analysis/range.hpp>

#include "support/enclosed.hpp"

#include <ctime>
#include <string>
#include <vector>

using namespace chainrule;
using namespace chainrule::literals;
using namespace chainrule::activations;

namespace {

constexpr long double infinity = std::numeric_limits<long double>::infinity();
constexpr double inf = std::numeric_limits<double>::infinity();
inline constexpr parameter<"alpha"> alpha;
inline constexpr parameter<"beta"> beta;

void check(const interval& found, long double truth) { check_enclosed(found, truth, 1); }

struct row {
    std::string name;
    value_range value;
    value_range slope;
    long double least, most, slope_least, slope_most;
};

template<class E>
row measured(const char* name, E e, long double least, long double most, long double slope_least,
             long double slope_most) {
    return {name, range_of(e), range_of(derivative(e)), least, most, slope_least, slope_most};
}

#define ROW(formula, ...) measured(#formula, formula, __VA_ARGS__),

const std::vector<row>& rows() {
    static const std::vector<row> all = {
        ROW(sigmoid(x), 0, 1.0L, 0, 0.25L) ROW(tanh(x), -1.0L, 1.0L, 0, 1.0L) ROW(
            relu, 0, infinity, 0, 1.0L) ROW(leaky_relu, -infinity, infinity, 0.01L,
                                            1.0L) ROW(relu6, 0, 6.0L, 0,
                                                      1.0L) ROW(elu, -1.0L, infinity, 0, 1.0L)
            ROW(selu, -1.75809934084737685994021752081L, infinity, 0, 1.75809934084737685994021752081L) ROW(
                celu(alpha = 0.5_c), -0.5L, infinity,
                0,
                1.0L) ROW(silu, -0.278464542761073795109358739023L, infinity,
                          -0.0998393201288669169581849243206L, 1.09983932012886691695818492432L)
                ROW(swish(beta = 1.5_c), -0.185643028507382530072905826015L, infinity,
                    -0.0998393201288669169581849243206L,
                    1.09983932012886691695818492432L) ROW(gelu, -0.169971207479903661693868470982L,
                                                          infinity, -0.128904145185154786340744442262L,
                                                          1.12890414518515478634074444226L)
                    ROW(gelu_tanh, -0.170040750571254050639067427988L, infinity,
                        -0.1289930686587717654559044704L,
                        1.1289930686587717654559044704L) ROW(gelu_quick,
                                                             -0.163610189636353581145334159238L,
                                                             infinity,
                                                             -0.0998393201288669169581849243206L,
                                                             1.09983932012886691695818492432L)
                        ROW(mish, -0.308843413017250406628760229042L, infinity,
                            -0.112526122389462556407327901149L,
                            1.08849816125172786122829362739L) ROW(tanhexp,
                                                                  -0.35328577784821127098744711556L,
                                                                  infinity, -0.13157003618971581554338275662L,
                                                                  1.06197530871791596923181505024L)
                            ROW(lisht, 0, infinity, -1.19967864025773383391636984864L,
                                1.19967864025773383391636984864L)
                                ROW(hard_swish, -0.375L, infinity, -0.5L, 1.5L) ROW(
                                    hard_sigmoid,
                                    0, 1.0L,
                                    0,
                                    0.166666666666666666666666666667L) ROW(hard_tanh, -1.0L, 1.0L,
                                                                           0, 1.0L)
                                    ROW(softsign, -1.0L, 1.0L, 0, 1.0L) ROW(
                                        isru, -3.16227766016837933199889354443L,
                                        3.16227766016837933199889354443L,
                                        0,
                                        1.0L) ROW(isrlu,
                                                  -3.16227766016837933199889354443L, infinity, 0,
                                                  1.0L) ROW(softplus(x), 0, infinity, 0, 1.0L)
                                        ROW(log_sigmoid(x), -infinity, 0, 0, 1.0L) ROW(
                                            squareplus,
                                            0, infinity,
                                            0, 1.0L) ROW(tanh_shrink, -infinity, infinity, 0, 1.0L)
                                            ROW(erf(x), -1.0L, 1.0L, 0, 1.12837916709551257389615890312L) ROW(
                                                elish, -0.171572875253809902396622551581L, infinity,
                                                -0.0785468478755558758717783087706L,
                                                1.09983932012886691695818492432L) ROW(sqnl, -1.0L, 1.0L, 0, 1.0L)
                                                ROW(sparse_plus, 0, infinity, 0, 1.0L) ROW(
                                                    soft_shrink,
                                                    -infinity, infinity,
                                                    0,
                                                    1.0L) ROW(atan(x),
                                                              -1.57079632679489661923132169164L,
                                                              1.57079632679489661923132169164L, 0,
                                                              1.0L)
                                                    ROW(asinh(x), -infinity, infinity, 0, 1.0L) ROW(
                                                        exp(-(x * x)), 0,
                                                        1.0L, -0.857763884960706796480189641279L,
                                                        0.857763884960706796480189641279L)
                                                        ROW(exp(-exp(-x)), 0, 1.0L, 0,
                                                            0.367879441171442321595523770161L)
                                                            ROW(x * log1p(sigmoid(x)),
                                                                -0.252768816789440353090922887074L,
                                                                infinity,
                                                                -0.08982878552089006353089374043L,
                                                                0.746311180412739681345426763191L)
                                                                ROW(x * erf(softplus(x)),
                                                                    -0.348437458759606420222003970591L,
                                                                    infinity,
                                                                    -0.126968589057905387539234218271L,
                                                                    1.08612544415099715337566733846L)
                                                                    ROW(x * tanh(log1p(sigmoid(x))),
                                                                        -0.249993663660129495394037678618L,
                                                                        infinity,
                                                                        -0.0891532052350203127585549064879L,
                                                                        0.636884222881226298653031083019L)
                                                                        ROW(sigmoid(sigmoid(x)),
                                                                            0.5L,
                                                                            0.731058578630004879251159241822L,
                                                                            0,
                                                                            0.0589589806237420238028756950809L)};
    return all;
}

#undef ROW

}  // namespace

TEST_CASE("ranges of activations and their slopes over all real numbers", "[analysis]") {
    for (const row& r : rows()) {
        INFO(r.name);
        check(r.value.inf, r.least);
        check(r.value.sup, r.most);
        check(r.slope.inf, r.slope_least);
        check(r.slope.sup, r.slope_most);
    }
}

TEST_CASE("ranges say where and how the bounds are reached", "[analysis]") {
    const value_range s = range_of(derivative(silu));
    CHECK(s.sup_how == attainment::attained);
    CHECK(s.sup_at == Approx(2.399357280515467).epsilon(1e-14));
    CHECK(s.inf_at == Approx(-2.399357280515467).epsilon(1e-14));
    const value_range h = range_of(derivative(hard_swish));
    CHECK(h.sup_how == attainment::one_sided);
    CHECK(h.sup_at == 3);
    CHECK(h.inf_how == attainment::one_sided);
    CHECK(h.inf_at == -3);
    const value_range t = range_of(tanh(x));
    CHECK(t.sup_how == attainment::limit);
    CHECK(t.sup_at == inf);
    CHECK(t.inf_how == attainment::limit);
    CHECK(t.inf_at == -inf);
    const value_range g = range_of(derivative(gelu));
    CHECK(g.sup_at == Approx(1.4142135623730951).epsilon(1e-14));
    CHECK(range_of(relu6).sup_how == attainment::attained);
    CHECK(range_of(derivative(relu)).inf_how == attainment::attained);
    CHECK(range_of(derivative(selu)).sup_how == attainment::attained);  // PyTorch's slope at 0
    CHECK(range_of(derivative(selu)).sup_at == 0);
    CHECK(range_of(exp(x)).inf_how == attainment::limit);
    CHECK(range_of(derivative(tanh(x))).sup_at == 0);
}

TEST_CASE("ranges over intervals", "[analysis]") {
    const value_range s = range_of(silu, interval{-4, 4});
    CHECK(s.sup_at == 4);
    CHECK(s.sup_how == attainment::attained);
    check(s.sup, 3.92805516015163376L);  // mpmath: 4/(1 + exp(-4))
    const value_range part = range_of(sin(x), interval{0, 1});
    check(part.inf, 0);
    check(part.sup, 0.841470984807896506652502321630298999622563060798L);  // mpmath
    const value_range wave = range_of(sin(x), interval{0, 7});
    check(wave.inf, -1);
    check(wave.sup, 1);
    const value_range point = range_of(x * x, interval{3, 3});
    CHECK(point.inf == interval{9, 9});
    CHECK(point.sup == interval{9, 9});
    const value_range roots = range_of(sqrt(x), interval{-4, 4});
    CHECK(roots.inf.contains(0));
    CHECK(roots.sup.contains(2));
    CHECK_THROWS_WITH(range_of(x, interval{1, 0}),
                      "chainrule: range_of needs an interval{a, b} with a <= b");
}

TEST_CASE("dependent terms do not blow ranges up", "[analysis]") {
    CHECK(range_of(x - x).sup == interval{0, 0});
    check(range_of(x / (1_c + x * x)).sup, 0.5L);
    check(range_of(x * exp(-x)).sup, 0.367879441171442321595523770161461L);  // 1/e
    check(range_of(sigmoid(x) + sigmoid(-x)).sup, 1);
    check(range_of(sigmoid(x) + sigmoid(-x)).inf, 1);
    check(range_of(derivative(snake)).sup, 2);
    check(range_of(derivative(snake)).inf, 0);
    check(range_of(cos(x) * cos(x) + sin(3_c * x)).inf,
          -1.0L);  // at π/2 + 2πk: cos² = 0, sin 3x = −1
}

// anchors: recomputed published values, to the digits given there; the middle ones with mpmath
TEST_CASE("compositions of which a part is undefined at the middle of an interval", "[analysis]") {
    // The slope is a product of factors 1 + 1/(u - 40) > 1, which goes to 1 as x goes to infinity.
    const value_range r = range_of(derivative(nest<10>(x + log(x - constant<40>))));
    CHECK(r.inf.lo <= 1);
    CHECK(r.inf.hi >= 1);
    CHECK(std::isinf(r.sup.hi));
}

TEST_CASE("ranges of slopes of compositions", "[analysis]") {
    check(range_of(derivative(nest<2>(sigmoid(x)))).sup, 0.0589589806237420238028756950809L);
    const interval ten = lipschitz(nest<10>(sigmoid(x)));
    CHECK(ten.middle() == Approx(3.90127e-7).epsilon(2e-6));
    CHECK(ten.width() <= 1e-12 * ten.hi);
    const interval silus = lipschitz(nest<10>(silu));
    CHECK(silus.middle() == Approx(2.3594).epsilon(3e-5));
    CHECK(silus.width() <= 1e-12 * silus.hi);
    const interval gelus = lipschitz(nest<10>(gelu));
    CHECK(gelus.middle() == Approx(2.9674).epsilon(3e-5));
    CHECK(gelus.width() <= 1e-12 * gelus.hi);
    const value_range hard = range_of(derivative(nest<10>(hard_swish)));
    check(hard.sup, 57.6650390625L);
    CHECK(hard.sup_how == attainment::one_sided);
    CHECK(hard.sup_at == 3);
    const value_range scaled = range_of(derivative(nest<10>(selu)));
    CHECK(scaled.sup.middle() == Approx(282.12).epsilon(2e-5));
    CHECK(scaled.sup.width() <= 1e-12 * scaled.sup.hi);
    CHECK(scaled.sup_at == 0);
}

TEST_CASE("ranges of deep chains", "[analysis]") {
    const value_range s = range_of(derivative(nest<50>(silu)));
    CHECK(s.sup.width() <= 1e-12 * s.sup.hi);
    CHECK(s.inf.width() <= 1e-12 * -s.inf.lo);
    const value_range t = range_of(derivative(nest<50>(tanh(x))));
    CHECK(t.sup == interval{1, 1});
    const value_range g = range_of(derivative(nest<50>(gelu)), interval{-4, 4});
    CHECK(g.sup.width() <= 1e-12 * g.sup.hi);
    // The value that is enclosed is one that the evaluator finds.
    CHECK(s.sup.lo <= evaluate(derivative(nest<50>(silu)), x = s.sup_at) * (1 + 1e-12));
    CHECK(evaluate(derivative(nest<50>(silu)), x = s.sup_at) <= s.sup.hi * (1 + 1e-12));
}

TEST_CASE("unbounded ranges, poles and missing values", "[analysis]") {
    const value_range l = range_of(log(x));
    CHECK(l.inf == interval{-inf, -inf});
    CHECK(l.inf_how == attainment::one_sided);
    CHECK(l.inf_at == 0);
    CHECK(l.sup == interval{inf, inf});
    const value_range slope = range_of(derivative(log(x)));
    CHECK(slope.inf == interval{0, 0});
    CHECK(slope.sup == interval{inf, inf});
    CHECK(range_of(1_c / x).sup == interval{inf, inf});
    CHECK(range_of(derivative(1_c / x)).sup.contains(0));
    CHECK(range_of(x * x * x).inf == interval{-inf, -inf});
    CHECK(range_of(gcu).sup == interval{inf, inf});
    CHECK(range_of(tan(x)).sup.hi == inf);
    CHECK(range_of(3_c).sup == interval{3, 3});
}

TEST_CASE("poles that no floating-point number is at", "[analysis]") {
    const value_range r = range_of(1_c / (x * x - 2_c));
    CHECK(r.sup == interval{inf, inf});
    CHECK(r.inf == interval{-inf, -inf});
    CHECK(r.sup_how == attainment::one_sided);
    CHECK(std::fabs(r.sup_at) == Approx(1.4142135623730951).epsilon(1e-15));
    const value_range t = range_of(derivative(tan(x)));
    CHECK(t.sup == interval{inf, inf});
    CHECK(t.sup_how == attainment::one_sided);
    CHECK(t.inf == interval{1, 1});
    // A divisor that is small, but not 0.
    check(range_of(1_c / (square(x * x - 2_c) + 0.0009765625_c)).sup, 1024);
    check(range_of(derivative<2>(sqrt(abs(x)) * sigmoid(x))).sup,
          0.0454159845875176388625100278944L);
}

TEST_CASE("terms that cancel far out", "[analysis]") {
    // mpmath, 40 digits: zeros of the slopes by bisection.
    const value_range roots = range_of(sqrt(1_c + x * x) - sqrt(2_c + x * x));
    check(roots.inf, -0.41421356237309504880168872421L);
    check(roots.sup, 0);
    CHECK(roots.sup_how == attainment::limit);
    const value_range slope = range_of(derivative(sqrt(1_c + x * x) - sqrt(2_c + x * x)));
    check(slope.inf, -0.132514126718705240262376562168L);
    check(slope.sup, 0.132514126718705240262376562168L);
    const value_range hyperbola = range_of(x - sqrt(1_c + x * x) * tanh(x));
    check(hyperbola.inf, -0.158114446474361416328736274843L);
    check(hyperbola.sup, 0.158114446474361416328736274843L);
    const value_range plus = range_of(squareplus - softplus(x));
    check(plus.inf, 0);
    check(plus.sup, 0.306852819440054690582767878542L);
    check(range_of(derivative(squareplus - softplus(x))).inf, -0.0368441248300228967252593402767L);
    const value_range gelus = range_of(gelu_tanh - gelu);
    check(gelus.inf, -0.000233670632117657249474487067317L);
    check(gelus.sup, 0.000473235520687284877113982295495L);
    const value_range normal = range_of(0.5_c * x * erfc(-x) - softplus(x));
    check(normal.inf, -0.693147180559945309417232121458L);
    check(normal.sup, 0);
    check(range_of(gelu - relu).sup, 0);
    check(range_of(gelu - relu).inf, -0.169971207479903661693868470982L);
    check(range_of(erfc(x) * exp(x * x)).inf, 0);
}

TEST_CASE("logarithms and roots against each other, next to a pole and far out", "[analysis]") {
    // mpmath, 40 digits: zeros of the slopes.
    const value_range slow = range_of("asinh(x)/(1+x^2)^0.25"_f);
    check(slow.sup, 1.031719029898556525905001121886L);
    check(slow.inf, -1.031719029898556525905001121886L);
    CHECK(slow.sup_at == Approx(3.880594629718014077).epsilon(1e-9));
    check(range_of(derivative<2>(log1p(x) / x)).inf, 0);
    const auto roots = "(1+x^2)^0.75 - abs(x)^1.5"_f;
    check(range_of(roots).inf, 0);
    check(range_of(roots).sup, 1);
    check(range_of(derivative(roots)).sup, 0.3815766234948996327432787158311L);
    check(range_of(derivative("exp(log1mexp(abs(x)))"_f)).sup, 1);
    check(range_of(x * erfc(x) * exp(x * x)).sup,
          0.5641895835477562869480794515607725858L);  // 1/√π
}

TEST_CASE("the slope of the hazard of the normal distribution", "[analysis]") {
    const value_range r = range_of(derivative(normal_pdf(x) / normal_cdf(x)));
    check(r.inf, -1);
    CHECK(r.inf_how == attainment::limit);
    check(r.sup, 0);
}

TEST_CASE("a convention for the derivative at a kink is no value of it", "[analysis]") {
    const value_range r = range_of(derivative<2>(abs(x * x - 1_c) * exp(-abs(x))));
    check(r.inf, -1);
    CHECK(r.inf_how == attainment::one_sided);
    CHECK(r.inf_at == 0);
    check(r.sup, 0.7357588823428846431910475403229L);  // 2/e
    CHECK(r.sup_how == attainment::one_sided);
    const value_range half = range_of(derivative(relu));
    CHECK(half.inf_how == attainment::attained);
    CHECK(range_of(derivative(abs(x) * x)).inf_how == attainment::attained);
}

TEST_CASE("what cannot be told apart far out is enclosed widely, never wrongly", "[analysis]") {
    const value_range r = range_of(derivative(exp(x) / (3_c + exp(x))));  // σ′ shifted by ln 3
    CHECK(r.inf.contains(0));
    CHECK(r.sup.contains(0.25));
}

TEST_CASE("what oscillates for ever does not hide what settles beside it", "[analysis]") {
    // mpmath, 40 digits: roots of f″ and their slopes.
    const auto wavy = x / (1_c + exp(-1.3_c * x)) + 0.1_c * sin(3_c * x);
    const auto slope = range_of(derivative(wavy));
    check(slope.inf, -0.3502698565125730354725209L);
    check(slope.sup, 1.396004024350934147451278L);
    CHECK(slope.sup_at == Approx(2.0839415913902061744).epsilon(1e-12));
    check(range_of(wavy).inf, -0.2882640629578240320105946L);
    check(range_of(derivative<2>(tanh(x) * sin(x))).inf, -1.208511400822412096749592L);
    // The supremum of what it approaches.
    const value_range waves = range_of(sin(x) * tanh(x));
    check(waves.sup, 1);
    check(waves.inf, -1);
    CHECK(waves.sup_how == attainment::limit);
    check(range_of(cos(2_c * x) * sigmoid(x)).inf, -1);
    check(range_of((sin(x) + cos(x)) * tanh(x)).sup, 1.414213562373095048801688724210L);
    check(range_of(sin(x) * softsign).sup, 1);
    // Ever faster waves: no box far out is ever settled, the first wave reaches as much.
    for (const value_range& fast : {range_of(sin(x * x)), range_of(sin(x * x * x)),
                                    range_of(sin(exp(x))), range_of(sin(sqrt(x)))}) {
        check(fast.sup, 1);
        check(fast.inf, -1);
        CHECK(fast.sup_how == attainment::attained);
        CHECK(std::fabs(fast.sup_at) < 100);
    }
    // ∞ · [−1, 1] / ∞ is not 0: this has no limit, and no value below (3/2 − √2) · 5/6.
    const auto above_zero = x * (sin(x) + cos(x) + 1.5_c) / (1_c + x);
    const interval least = range_of(above_zero, interval{5, inf}).inf;
    CHECK(least.lo <= 0.0858);
    CHECK(least.hi >= 0.05);
    const interval also =
        range_of(x * x * (sin(x) + cos(x) + 1.5_c) * (1_c / (1_c + x * x)), interval{5, inf}).inf;
    CHECK(also.hi >= 0.05);
    // The third term grows without end, though hardly at all: no bound may be found.
    const auto slow = range_of(x * exp(-x) + log(log(x * x + 3_c)) + sin(x), interval{0, inf});
    CHECK(slow.sup.hi == inf);
}

TEST_CASE("operands that are equal on a half-line, and signs of exponentials far out",
          "[analysis]") {
    // The switch of the outer maximum is 0 for every x above 0.
    const value_range slope = range_of(derivative(max(max(x, 0.5_c * x), x)));
    check(slope.inf, 0.5L);
    check(slope.sup, 1);
    check(range_of(derivative(max(abs(x), x))).inf, -1);
    // |eˣ| is eˣ.
    const value_range logistic = range_of(derivative(compose(activations::softsign, exp(x))));
    check(logistic.inf, 0);
    check(logistic.sup, 0.25L);
}

TEST_CASE("an extremum where two monotone pieces meet is not lost between them", "[analysis]") {
    CHECK(
        range_of(3_c * x * x / (2_c + 5_c * x * x)).inf.contains(0));  // by a rounding error, once
    check(range_of(x * x / (1_c + x * x)).sup, 1);
    check(range_of(x * x / (1_c + x * x)).inf, 0);
    check(range_of(derivative(x * x / (1_c + x * x))).sup,
          0.649519052838328985072792378065L);  // 3√3/8
    check(lipschitz(sqrt(1_c + x * x)), 1);
}

TEST_CASE("long formulas without a limit do not take long", "[analysis]") {
    const auto start = std::clock();
    const value_range r = range_of(derivative<2>(tanhexp(sin(0.5_c * gelu_tanh - 0.5_c))));
    CHECK(static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC < 4);
    CHECK(r.sup.hi < 1.2);
    CHECK(r.inf.lo > -1);
}

TEST_CASE("Lipschitz constants", "[analysis]") {
    CHECK(lipschitz(tanh(x)) == interval{1, 1});
    check(lipschitz(silu), 1.09983932012886691695818492432L);
    check(lipschitz(sin(2_c * x)), 2);
    check(lipschitz(x * x, interval{-1, 3}), 6);
    CHECK(lipschitz(x * x).lo == inf);
    check(lipschitz(-2_c * abs(x)), 2);
    CHECK(lipschitz(2_c + 0_c * x) == interval{0, 0});
}

TEST_CASE("growing and shrinking factors are bounded together", "[analysis]") {
    // Numbers by mpmath at 30 digits: extrema of the second derivative of x tanh eˣ.
    const value_range t = range_of(derivative<2>(tanhexp));
    check(t.inf, -0.112271741278913515262958551012824L);
    check(t.sup, 0.902162341700721305864014308970825L);
    CHECK(t.inf_at == Approx(0.988783997889071851).epsilon(1e-8));
    const value_range shifted = range_of(derivative(exp(x) / (3_c + exp(x))));
    check(shifted.inf, 0);
    check(shifted.sup, 0.25L);
    const value_range logistic = range_of(exp(2_c * x) / square(1_c + exp(x)));
    check(logistic.inf, 0);
    check(logistic.sup, 1);
    const value_range hyperbolic = range_of(derivative(exp(x) / (1_c + exp(2_c * x))));
    check(hyperbolic.inf, -0.25L);
    check(hyperbolic.sup, 0.25L);
    const value_range rational = range_of(derivative(x * x * x / (1_c + x * x)));
    check(rational.inf, 0);
    check(rational.sup, 1.125L);
}
