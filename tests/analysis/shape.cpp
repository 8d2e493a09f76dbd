// SPDX-License-Identifier: BSL-1.0
/// The shape of activations, as textbooks give it; variations of slopes worked out with mpmath.

#include <chainrule/activations/catalogue.hpp>
#include <chainrule/analysis/shape.hpp>

#include "support/catch.hpp"

using namespace chainrule;
using namespace chainrule::literals;
using namespace chainrule::activations;

namespace {

constexpr int smooth = function_shape::smooth;

}  // namespace

TEST_CASE("parity", "[analysis]") {
    CHECK(shape(tanh(x)).symmetry == parity::odd);
    CHECK(shape(lisht).symmetry == parity::even);
    CHECK(shape(softsign).symmetry == parity::odd);
    CHECK(shape(hard_tanh).symmetry == parity::odd);
    CHECK(shape(soft_shrink).symmetry == parity::odd);
    CHECK(shape(abs(x)).symmetry == parity::even);
    CHECK(shape(silu).symmetry == parity::none);
    CHECK(shape(derivative(tanh(x))).symmetry == parity::even);
}

TEST_CASE("monotony and convexity", "[analysis]") {
    CHECK(shape(tanh(x)).is_nondecreasing);
    CHECK(shape(relu).is_nondecreasing);
    CHECK(shape(snake).is_nondecreasing);
    CHECK(shape(-softplus(x)).is_nonincreasing);
    CHECK(shape(hard_shrink).is_nondecreasing);  // its jumps go up
    CHECK_FALSE(shape(silu).is_monotone());
    CHECK_FALSE(shape(hard_swish).is_monotone());
    CHECK_FALSE(shape(select(x > 0_c, x - 1_c, x)).is_monotone());  // slope 1, and a jump down
    CHECK(shape(softplus(x)).is_convex);
    CHECK(shape(relu).is_convex);
    CHECK(shape(squareplus).is_convex);
    CHECK(shape(elu).is_convex);
    CHECK_FALSE(shape(selu).is_convex);  // the slope falls at 0
    CHECK_FALSE(shape(leaky_relu6).is_concave);
    CHECK(shape(min(x, 0_c)).is_concave);
    CHECK(shape(log_sigmoid(x)).is_concave);
}

TEST_CASE("a cusp is neither convex nor concave", "[analysis]") {
    for (const auto& s : {shape("sqrt(abs(x))"_f), shape("sqrt(max(x, 0))"_f),
                          shape("-sqrt(max(x, 0))"_f), shape("sqrt(1 - min(abs(x), 1))"_f)})
        CHECK((!s.is_convex && !s.is_concave && s.smoothness == 0));
    CHECK(shape("max(x, 0)^1.5"_f).is_convex);
    CHECK(shape("sqrt(x)"_f).is_concave);
}

TEST_CASE("smoothness", "[analysis]") {
    CHECK(shape(silu).smoothness == smooth);
    CHECK(shape(relu).smoothness == 0);
    CHECK(shape(elu).smoothness == 1);
    CHECK(shape(softsign).smoothness == 1);
    CHECK(shape(sqnl).smoothness == 1);
    CHECK(shape(isrlu).smoothness == 2);
    CHECK(shape(hard_shrink).smoothness == -1);
    CHECK(shape(abs(x) * x * x).smoothness == 2);
    CHECK(shape(x * exp(-abs(x))).smoothness == 1);
    CHECK(shape(x * x * x / (1_c + abs(x))).smoothness == 3);
    // Kinks without end, ever closer in pairs.
    CHECK(shape(max(tanh(x), sin(x))).smoothness == 0);
}

TEST_CASE("asymptotes and bounds", "[analysis]") {
    const function_shape s = shape(silu);
    CHECK(s.slope_at_minus_infinity == 0);
    CHECK(s.slope_at_infinity == 1);
    CHECK(s.is_bounded_below);
    CHECK_FALSE(s.is_bounded_above);
    CHECK(shape(tanh(x)).is_bounded());
    CHECK(shape(leaky_relu).slope_at_minus_infinity == 0.01);
    const double wave = shape(snake).slope_at_infinity;
    CHECK(wave != wave);
}

// mpmath: the sum of |f'| over the stretches between the zeros of f'', e.g. for silu
// 2·1.0998393201288669 + 2·0.0998393201288669 − 1 with its extrema
TEST_CASE("total variation of the slope", "[analysis]") {
    CHECK(shape(sigmoid(x)).slope_variation.contains(0.5));
    CHECK(shape(tanh(x)).slope_variation.contains(2));
    CHECK(shape(relu).slope_variation == interval{1, 1});
    CHECK(shape(hard_swish).slope_variation.contains(3));
    CHECK(shape(hard_swish).slope_variation.width() < 1e-14);
    const interval s = shape(silu).slope_variation;
    CHECK(s.middle() == Approx(2 * 1.0998393201288669 + 2 * 0.0998393201288669 - 1).epsilon(1e-14));
    CHECK(s.width() < 1e-14);
    CHECK(shape(snake).slope_variation.hi == std::numeric_limits<double>::infinity());
}

TEST_CASE("asymptotes of nested maxima, and roots that are not smooth", "[analysis]") {
    const function_shape nested = shape(max(max(x, 0.125_c * x), x - 1_c));
    CHECK(nested.slope_at_minus_infinity == 0.125);
    CHECK(nested.slope_at_infinity == 1);
    CHECK(nested.slope_variation.contains(0.875));
    CHECK(shape(pow(abs(x), 1.5_c)).smoothness == 1);
    CHECK(shape(pow(abs(x), 2.5_c)).smoothness == 2);
}

TEST_CASE("smoothness where derivatives grow without bound, and where forms touch", "[analysis]") {
    // Near 0: |x|^1.75 sign(x), x|x|^1.5, x log|x| and |x| + |x|^1.5.
    CHECK(shape(pow(abs(x), 0.75_c) * tanh(x)).smoothness == 1);
    CHECK(shape(pow(abs(x), 1.5_c) * sin(x)).smoothness == 2);
    CHECK(shape(x * log(abs(x))).smoothness == 0);
    CHECK(shape(abs(x) * (1_c + sqrt(abs(x)))).smoothness == 0);
    // Φ(x) − sigmoid(x) has the sign of x, so the larger is gelu everywhere; x·eˣ ≥ x.
    CHECK(shape(max(silu, gelu)).smoothness == smooth);
    CHECK(shape(max(x, x * exp(x))).smoothness == smooth);
}

TEST_CASE("a slope that oscillates for ever varies without bound", "[analysis]") {
    const function_shape s = shape(activations::silu * cos(x));
    CHECK(s.slope_variation.hi == std::numeric_limits<double>::infinity());
}
