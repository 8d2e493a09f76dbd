// SPDX-License-Identifier: BSL-1.0
/// The C-map against closed forms: relu (Cho, Saul 2009), erf (Williams 1997), polynomials.
#include <chainrule/activations/catalogue.hpp>
#include <chainrule/analysis/correlation_map.hpp>

#include "support/catch.hpp"

using namespace chainrule;

namespace {
constexpr double circle_pi = 3.14159265358979323846;
}

TEST_CASE("relu: the arc-cosine kernel") {
    const auto map = correlation_map(activations::relu, 2.5);
    CHECK(map.at_zero.value == Approx(1 / circle_pi).epsilon(1e-14));
    CHECK(map.slope.value == Approx(1).epsilon(1e-14));
    CHECK(map.curvature.value == std::numeric_limits<double>::infinity());
    CHECK(map.has_kink);
    for (const double c : {-1.0, -0.7, 0.0, 0.3, 0.95, 0.9999, 0.999999, 1.0}) {
        const double angle = std::acos(c);
        INFO("c = " << c);
        CHECK(map(c).value ==
              Approx((std::sin(angle) + (circle_pi - angle) * c) / circle_pi)
                  .epsilon(1e-11)
                  .margin(1e-14));
        if (c > -1)
            CHECK(map.slope_at(c).value == Approx((circle_pi - angle) / circle_pi).epsilon(1e-10));
    }
}

TEST_CASE("erf: the arc-sine kernel") {
    for (const double q : {0.2, 1.0, 40.0}) {
        const auto map = correlation_map(erf(x), q);
        const double scale = std::asin(2 * q / (1 + 2 * q));
        CHECK(map.at_zero.value == Approx(0).margin(1e-18));
        for (const double c : {-1.0, -0.5, 0.2, 0.8, 0.999}) {
            INFO("q = " << q << ", c = " << c);
            const double sine = 2 * q * c / (1 + 2 * q);
            CHECK(map(c).value == Approx(std::asin(sine) / scale).epsilon(1e-12));
            CHECK(map.slope_at(c).value ==
                  Approx(2 * q / (1 + 2 * q) / std::sqrt(1 - sine * sine) / scale).epsilon(1e-11));
        }
    }
}

TEST_CASE("sign: a jump makes the slope at 1 infinite, not the map") {
    const auto map = correlation_map(sign(x));
    CHECK(map.has_jump);
    CHECK(map(0.5).value == Approx(2 / circle_pi * std::asin(0.5)).epsilon(1e-10));
}

TEST_CASE("x³: C(c) = (9c + 6c³)/15, C″(1) = 12/5") {
    const auto map = correlation_map(x * x * x);
    CHECK(map.slope.value == Approx(27.0 / 15).epsilon(1e-14));
    CHECK(map.curvature.value == Approx(36.0 / 15).epsilon(1e-14));
    CHECK(map(-0.4).value == Approx((9 * -0.4 + 6 * -0.064) / 15).epsilon(1e-13));
    CHECK_THROWS_WITH(map(1.5),
                      "chainrule: the correlation is 1.500000; give a number between -1 and 1");
}

TEST_CASE("jumps: the slope of the map has their terms, by series and by quadrature") {
    // sign: C(c) = 2/π asin c, C′(c) = 2/π / √(1 − c²)
    const auto map = correlation_map(sign(x), 3.0);
    for (const double c : {-0.5, 0.3, 0.9, 0.9999, 0.999999}) {
        INFO("c = " << c);
        CHECK(map(c).value == Approx(2 / circle_pi * std::asin(c)).epsilon(1e-11));
        CHECK(map.slope_at(c).value ==
              Approx(2 / circle_pi / std::sqrt((1 - c) * (1 + c))).epsilon(1e-10));
    }
    // x + sign x: E f f = qc + 2 √q √(2/π) c + 2/π asin c
    const auto mixed = correlation_map(x + sign(x), 1.0);
    const double square = 1 + 2 * std::sqrt(2 / circle_pi) + 1;
    for (const double c : {0.3, 0.9999}) {
        INFO("c = " << c);
        CHECK(mixed.slope_at(c).value ==
              Approx((1 + 2 * std::sqrt(2 / circle_pi) +
                      2 / circle_pi / std::sqrt((1 - c) * (1 + c))) /
                     square)
                  .epsilon(1e-10));
    }
}

TEST_CASE("the ends c = ±1 of maps whose series has not converged") {
    // leaky_relu(0.1): E f(u)f(−u) = −0.1 q/2·2, E f² = (1 + 0.01) q/2; slope 0.1 q at −1.
    const auto leaky = correlation_map(max(x, constant<0.1> * x), 2.0);
    CHECK(leaky(-1).value == Approx(-0.1 / 0.505).epsilon(1e-13));
    CHECK(leaky.slope_at(-1).value == Approx(0.1 / 0.505).epsilon(1e-13));
    CHECK(leaky(1).value == 1);
    CHECK(correlation_map(sign(x)).slope_at(-1).value == std::numeric_limits<double>::infinity());
}

namespace {
thread_local long evaluations = 0;
}

TEST_CASE("|sin 10x|: many kinks cost no nested quadrature at c = ±1") {
    // |sin t| = 2/π − 4/π Σ cos(2kt)/(4k² − 1), and E cos(20k u₁)cos(20k u₂) ≈ exp(−400k²(1 − |c|))/2.
    const auto map = correlation_map(abs(sin(constant<10.0> * x)));
    evaluations = 0;
    analysis_interruption = [] { ++evaluations; };
    for (const double c : {-1.0, -0.97, -0.9, 0.0, 0.9, 0.97, 1.0}) {
        INFO("c = " << c);
        double sum = 0.5;
        for (int k = 1; k < 4000; ++k) {
            const double n = k;
            sum +=
                std::exp(-400 * n * n * (1 - std::fabs(c))) / ((4 * n * n - 1) * (4 * n * n - 1));
        }
        CHECK(map(c).value == Approx(16 / circle_pi / circle_pi * sum).epsilon(1e-11));
    }
    analysis_interruption = nullptr;
    CHECK(evaluations < 1'000'000);
}

TEST_CASE("odd functions: the error covers what C(0) and C(-1) are off") {
    // The coefficients were once too large by 1e-15, for a constant with a wrong 16th digit.
    const auto odd = correlation_map(tanh(x));
    CHECK(std::abs(odd(0).value) <= 1e-17);
    CHECK(std::abs(odd(-1).value + 1) <= 2e-16);
    const auto half = correlation_map(activations::relu);
    CHECK(std::abs(half.slope_at(0).value - 0.5) <= 1.2e-16);
    // Arc-cosine kernel: C′(c) = 1/2 + asin(c)/π, C(c) by mpmath.
    CHECK(std::abs(half.slope_at(-0.5).value - 1.0 / 3) <= half.slope_at(-0.5).error);
    CHECK(std::abs(half(0.3).value - 0.482744283835487615) <= half(0.3).error);
}
