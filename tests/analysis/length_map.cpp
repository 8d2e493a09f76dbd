// SPDX-License-Identifier: BSL-1.0
/// The length map against functions whose Gaussian means are known in closed form.

#include <chainrule/analysis/length_map.hpp>
#include <chainrule/chainrule.hpp>

#include "support/catch.hpp"

#include <cmath>
#include <limits>
#include <numbers>

using namespace chainrule;
using namespace chainrule::activations;
using namespace chainrule::literals;
using detail::length_map;

namespace {

template<class F>
length_map map_of(F) {
    return length_map(detail::function_of<F>());
}

/// E f², its derivative by q, and E f′².
void check(const length_map::sample& s, long double square, long double slope,
           long double slope_square) {
    CAPTURE(static_cast<double>(square));
    CHECK(std::fabs(s.square.value - square) <= 1e-15L * square);
    CHECK(std::fabs(s.square_slope.value - slope) <= 1e-14L * slope);
    CHECK(std::fabs(s.slope_square.value - slope_square) <= 1e-15L * slope_square);
    CHECK(std::fabs(s.square.value - square) <= s.square.error);
    CHECK(std::fabs(s.slope_square.value - slope_square) <= s.slope_square.error);
}

}  // namespace

TEST_CASE("length maps in closed form") {
    length_map of_relu = map_of(relu);
    length_map of_square = map_of(square(x));
    length_map of_sine = map_of(sin(x));
    length_map of_exponential = map_of(exp(x));
    length_map of_erf = map_of(erf(x));
    for (const long double q : {0.01L, 1.0L, 7.0L}) {
        check(of_relu.at(q), q / 2, 0.5L, 0.5L);
        check(of_square.at(q), 3 * q * q, 6 * q, 4 * q);
        check(of_sine.at(q), -std::expm1(-2 * q) / 2, std::exp(-2 * q), (1 + std::exp(-2 * q)) / 2);
        check(of_exponential.at(q), std::exp(2 * q), 2 * std::exp(2 * q), std::exp(2 * q));
        // Williams, Computing with infinite networks, NIPS 1996.
        constexpr long double half_turn = std::numbers::pi_v<long double>;
        const long double root = std::sqrt(1 + 4 * q);
        check(of_erf.at(q), 2 / half_turn * std::asin(2 * q / (1 + 2 * q)),
              4 / half_turn / ((1 + 2 * q) * root), 4 / half_turn / root);
    }
}

TEST_CASE("the excess of the critical relu is 0, not a difference of means") {
    length_map map = map_of(relu);
    for (const long double q : {1e-6L, 1.0L, 1e6L}) {
        const length_map::glance g = map.look(q, 2);
        CHECK(g.is_resolved);
        CHECK(g.excess.value == 0);
        CHECK(std::fabs(g.square_slope.value - 0.5L) < 1e-9L);
    }
    CHECK(std::fabs(map.look(1, 3).excess.value - 0.5L) < 1e-9L);
}

TEST_CASE("the length map where q tends to 0") {
    const length_map::sample s = map_of(tanh(x) + 0.5_c).at_origin();
    CHECK(s.square.value == 0.25L);
    CHECK(s.square_slope.value == 1);  // f′² + f f″
    CHECK(s.slope_square.value == 1);
    const length_map::sample cosine = map_of(cos(x)).at_origin();
    CHECK(cosine.square.value == 1);
    CHECK(cosine.square_slope.value == -1);
    CHECK(std::isnan(map_of(relu).at_origin().square.value));
}

TEST_CASE("poles and jumps") {
    CHECK_FALSE(map_of(tanh(x)).has_pole());
    CHECK_FALSE(map_of(tanh(x)).slope_has_pole());
    // log²|x| has a mean, (1/x)² has none.
    length_map of_logarithm = map_of(log(abs(x)));
    CHECK_FALSE(of_logarithm.has_pole());
    CHECK(of_logarithm.slope_has_pole());
    CHECK(of_logarithm.at(1).slope_square.value == std::numeric_limits<long double>::infinity());
    CHECK(map_of(1_c / x).has_pole());
    length_map of_step = map_of(step(x - 3_c));
    CHECK(of_step.has_jump(1));
    CHECK_FALSE(map_of(step(x - 1000_c)).has_jump(1));
    CHECK_FALSE(map_of(relu).has_jump(1));
}
