// SPDX-License-Identifier: BSL-1.0
/// Solves against published constants and mpmath (25 digits, findroot on the same equations).
#include <chainrule/activations/catalogue.hpp>
#include <chainrule/analysis/solve.hpp>

#include "support/catch.hpp"

using namespace chainrule;
using namespace chainrule::literals;

TEST_CASE("SELU's constants to 15 digits, from the ELU family") {
    // Klambauer, Unterthiner, Mayr, Hochreiter 2017
    const auto selu = self_normalising_scales(activations::relu, expm1(min(x, 0_c)));
    CHECK(selu.scale == Approx(1.0507009873554805).epsilon(4e-16));
    CHECK(selu.factor == Approx(1.6732632423543772).epsilon(4e-16));
    CHECK(selu.residual < 1e-13);
}

TEST_CASE("the moment map of SELU") {
    const auto map = moment_map(activations::selu);
    CHECK(map.mean == Approx(0).margin(1e-15));
    CHECK(map.variance == Approx(1).epsilon(1e-14));
    // Their Jacobian at (0, 1): (0, 0.088834; 0, 0.782648), spectral norm 0.7877
    CHECK(map.jacobian[0][0] == 0);
    CHECK(map.jacobian[0][1] == Approx(0.088834).epsilon(1e-5));
    CHECK(map.jacobian[1][0] == 0);
    CHECK(map.jacobian[1][1] == Approx(0.782648).epsilon(1e-6));
    CHECK(map.spectral_norm == Approx(0.7877).epsilon(5e-5));
    CHECK(map.spectral_radius < 1);
    for (const double omega : {-0.1, 0.0, 0.1}) {
        const auto point = self_normalising(activations::selu, 0.05, 1.1, omega, 1.0);
        CHECK(point.converged);
        CHECK(point.residual <= 1e-13);
        CHECK(point.mean == Approx(0).margin(1e-14));
        CHECK(point.variance == Approx(1).epsilon(1e-13));
    }
    // Every layer of these loses variance, next to nothing of a small one or (hard_shrink) a large one.
    CHECK_FALSE(self_normalising(activations::hard_tanh).converged);
    CHECK_FALSE(self_normalising(activations::gcu).converged);
    CHECK_FALSE(self_normalising(activations::hard_shrink).converged);
    CHECK(self_normalising(activations::identity).converged);
    // Differences of the map itself.
    const double h = 1e-6;
    const auto here = moment_map(activations::gelu, 0.3, 0.8, 0.5, 1.2);
    const auto up = moment_map(activations::gelu, 0.3 + h, 0.8, 0.5, 1.2);
    const auto down = moment_map(activations::gelu, 0.3 - h, 0.8, 0.5, 1.2);
    CHECK(here.jacobian[0][0] == Approx((up.mean - down.mean) / (2 * h)).epsilon(1e-8));
    CHECK(here.jacobian[1][0] == Approx((up.variance - down.variance) / (2 * h)).epsilon(1e-8));
    const auto more = moment_map(activations::gelu, 0.3, 0.8 + h, 0.5, 1.2);
    const auto less = moment_map(activations::gelu, 0.3, 0.8 - h, 0.5, 1.2);
    CHECK(here.jacobian[0][1] == Approx((more.mean - less.mean) / (2 * h)).epsilon(1e-8));
    CHECK(here.jacobian[1][1] == Approx((more.variance - less.variance) / (2 * h)).epsilon(1e-8));
}

TEST_CASE("standardised: mean 0, second moment 1") {
    const auto s = standardised(activations::silu, 2.0);
    const auto m = moments(activations::silu, 2.0);
    CHECK(s.scale * m.mean.value + s.shift == Approx(0).margin(1e-15));
    CHECK(s.scale * s.scale * m.second_moment.value + 2 * s.scale * s.shift * m.mean.value +
              s.shift * s.shift ==
          Approx(1).epsilon(1e-13));
}

TEST_CASE("half-stable points of GELU and SWISH") {
    // Roberts, Yaida, Hanin 2022, section 5.3.4: GELU at (3 + √17)/2
    const auto gelu = half_stable_points(activations::gelu);
    REQUIRE(gelu.size() == 1);
    CHECK(gelu[0].length == Approx((3 + std::sqrt(17)) / 2).epsilon(1e-12));
    CHECK(gelu[0].weight_variance == Approx(1.98305826).epsilon(1e-8));
    CHECK(gelu[0].bias_variance == Approx(0.17292239).epsilon(1e-7));
    CHECK(gelu[0].length_slope == Approx(1).epsilon(1e-13));
    // SWISH: the book's C_b is 0.55514317; public code that says 0.0555143 is off by ten.
    const auto swish = half_stable_points(activations::silu);
    REQUIRE(swish.size() == 1);
    CHECK(swish[0].length == Approx(14.32017362).epsilon(1e-9));
    CHECK(swish[0].weight_variance == Approx(1.98800468).epsilon(1e-8));
    CHECK(swish[0].bias_variance == Approx(0.5551432).epsilon(1e-7));
    CHECK(swish[0].bias_variance / 0.0555143 == Approx(10).epsilon(1e-5));
    CHECK(half_stable_points(tanh(x)).empty());
    CHECK(half_stable_points(activations::relu).empty());
}

TEST_CASE("deep kernel shaping and tailored transformations agree with mpmath") {
    struct row {
        kernel_shape found;
        double expected[4];
    };
    const row rows[] = {
        {deep_kernel_shaping(tanh(x), 50),
         {0.12844047851328081, 0.57077954753250096, 10.604447643474151, -0.50980724177219122}},
        {deep_kernel_shaping(softplus(x), 50),
         {0.32662517297793249, 0.40937396800106618, 5.0948428934923725, -0.93128430212310376}},
        {tailored_transformation(tanh(x), 50),
         {0.081655235873951085, 0.52584894480213287, 15.941633503335349, -0.48318895503034016}},
        {tailored_transformation(softplus(x), 50),
         {0.21210121887251187, 0.54002507514086054, 7.4557361865842553, -0.99704558489170919}},
        {tailored_transformation(activations::gelu, 10),
         {0.18604657652101388, 0.32496069680976998, 7.1316987486972006, -0.19897809267994404}},
    };
    for (const row& r : rows) {
        CHECK(r.found.converged);
        CHECK(r.found.residual <= 1e-13);
        CHECK(r.found.input_scale == Approx(r.expected[0]).epsilon(1e-11));
        CHECK(r.found.input_shift == Approx(r.expected[1]).epsilon(1e-11));
        CHECK(r.found.output_scale == Approx(r.expected[2]).epsilon(1e-11));
        CHECK(r.found.output_shift == Approx(r.expected[3]).epsilon(1e-11));
    }
    CHECK_FALSE(tailored_transformation(activations::relu, 10).converged);
}

TEST_CASE("the tailored slope of leaky ReLU") {
    for (const int depth : {20, 50, 100, 1000}) {
        const double alpha = tailored_leaky_slope(depth);
        // The C-map of the activation itself, iterated: independent of the closed form that was solved.
        double c = 0;
        for (int i = 0; i < depth; ++i) {
            const double angle = std::acos(c);
            c += (1 - alpha) * (1 - alpha) / (M_PI * (1 + alpha * alpha)) *
                (std::sin(angle) - c * angle);
        }
        CHECK(c == Approx(0.9).epsilon(1e-10));
    }
    CHECK(tailored_leaky_slope(10) == 0);  // ten layers of ReLU stay below 0.9
    // The same map from the formula: C(0) of max(x, αx) with α = 1/2 is (1/2)² / (π (1 + 1/4)).
    CHECK(correlation_map(max(x, 0.5_c * x)).at_zero.value ==
          Approx(0.25 / (M_PI * 1.25)).epsilon(1e-13));
    CHECK_THROWS_WITH(tailored_leaky_slope(0), "chainrule: the depth is 0; give at least 1");
}

TEST_CASE("equations without a solution are given up") {
    // γ (e^(αx + β) + δ): γ and β are one parameter, so that four equations are too many.
    CHECK_FALSE(deep_kernel_shaping(exp(x), 50).converged);
    CHECK_FALSE(tailored_transformation(exp(x), 50).converged);
}
