// SPDX-License-Identifier: BSL-1.0
/// The slope of compositions beside the product of the slopes, with values worked out with mpmath.

#include <chainrule/activations/catalogue.hpp>
#include <chainrule/analysis/composition_bound.hpp>

#include "support/catch.hpp"

using namespace chainrule;
using namespace chainrule::literals;
using namespace chainrule::activations;

TEST_CASE("the sup of a product is not the product of the sups", "[analysis]") {
    const composed_slope two = composition_bound(sigmoid(x), sigmoid(x));
    CHECK(two.slope.contains(0.0589589806237420238028756950809));
    CHECK(two.slope.width() <= 1e-12 * two.slope.hi);
    CHECK(two.product.contains(0.0625));
    CHECK(two.overestimate() == Approx(0.0625 / 0.058958980623742024).epsilon(1e-12));
    const composed_slope three = composition_bound(sigmoid(x), sigmoid(x), sigmoid(x));
    CHECK(three.slope.middle() ==
          Approx(0.0134306).epsilon(4e-6));  // gradient_flow anchors, section 5
    CHECK(three.product.contains(0.015625));
}

TEST_CASE("weights and biases are part of the formulas", "[analysis]") {
    // tanh(2·tanh(3x)) has slope 6·sech²·sech², at most 6, at x = 0; with a bias the two peaks lie apart.
    const composed_slope centred = composition_bound(tanh(2_c * x), tanh(3_c * x));
    CHECK(centred.slope.contains(6));
    CHECK(centred.product.contains(6));
    const composed_slope shifted = composition_bound(tanh(2_c * x + 2_c), tanh(3_c * x));
    // mpmath: max over x of 6·sech(2·tanh(3x) + 2)²·sech(3x)²
    CHECK(shifted.slope.contains(2.201572509986109975833911));
    CHECK(shifted.slope.width() <= 1e-12 * shifted.slope.hi);
    CHECK(shifted.product.contains(6));
}

TEST_CASE("nested formulas", "[analysis]") {
    const composed_slope s = composition_bound<10>(silu);
    CHECK(s.slope.middle() == Approx(2.3594).epsilon(3e-5));
    CHECK(s.product.middle() ==
          Approx(2.58995620226).epsilon(1e-11));  // 1.09983932012886691696¹⁰ by mpmath
    CHECK(composition_bound<1>(silu).product == composition_bound<1>(silu).slope);
}

TEST_CASE("chains of quotients and roots keep their links", "[analysis]") {
    // Multiplied out, x/√(1 + x²/10) in itself hides that it is a chain; n times it is x/√(1 + n x²/10).
    const auto repeated = isru(isru(isru(isru(isru(x)))));
    const value_range slope = range_of(derivative(repeated));
    CHECK(slope.inf.contains(0));
    CHECK(slope.inf.hi == 0);
    CHECK(slope.sup == interval{1, 1});
    CHECK(slope.sup_at == 0);
    const value_range plus = range_of(derivative(nest<5>(squareplus)));
    CHECK(plus.inf == interval{0, 0});
    CHECK(plus.sup.contains(1));
    CHECK(plus.sup.width() <= 1e-12);
    CHECK(plus.sup_how == attainment::limit);
    // mpmath: zeros of the derivative of the product of the ten slopes
    const value_range gelus = range_of(derivative(nest<10>(gelu_tanh)));
    CHECK(gelus.inf.contains(-0.0001819178558607845196313));
    CHECK(gelus.inf.width() <= 1e-12 * -gelus.inf.lo);
    CHECK(gelus.sup.contains(2.975921337820548242848));
    CHECK(gelus.sup.width() <= 1e-12 * gelus.sup.hi);
    CHECK(gelus.sup_at == Approx(1.9003401451202500828).epsilon(1e-7));
    const value_range elishes = range_of(derivative(nest<10>(elish)));
    CHECK(elishes.inf.contains(-0.00009821187330171081803772));
    CHECK(elishes.inf.width() <= 1e-12 * -elishes.inf.lo);
    CHECK(elishes.sup.contains(2.35942966103847942584));
    CHECK(elishes.sup.width() <= 1e-12 * elishes.sup.hi);
}

TEST_CASE("a composition that is defined nowhere has no values", "[analysis]") {
    // log1mexp is below 0, also where it is rounded to 0.
    const value_range nothing = range_of(derivative(log1mexp(log1mexp(x))));
    CHECK(nothing.sup.hi == -std::numeric_limits<double>::infinity());
    CHECK(nothing.inf.lo == std::numeric_limits<double>::infinity());
}
