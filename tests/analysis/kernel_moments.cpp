// SPDX-License-Identifier: BSL-1.0
/// Gaussian moments by a kernel, and the critical points they give.

#include <chainrule/analysis/kernel_moments.hpp>
#include <chainrule/chainrule.hpp>

#include "support/catch.hpp"

#include <cmath>
#include <numbers>
#include <vector>

using namespace chainrule;
using namespace chainrule::activations;

TEST_CASE("Gaussian means and critical points against published and exact values") {
    const std::vector<double> zero{0};
    // relu: E f² = E f'² = 1/2, at every variance: the critical point is He's, σ_w² = 2, σ_b² = 0.
    CHECK(moments_of(relu, 7.0, zero).second_moment == Approx(3.5).epsilon(1e-12));
    CHECK(moments_of(relu, 7.0, zero).slope_second_moment == Approx(0.5).epsilon(1e-12));
    const initialisation he = critical_initialisation_of(relu, 1.0, zero);
    CHECK(he.weight_variance == Approx(2).epsilon(1e-12));
    CHECK(he.bias_variance == 0);
    // E erf(u)² = (2/π) asin(2q/(1+2q)) (Williams, NIPS 1996); E erf'² = (4/π)/sqrt(1+4q).
    for (const double q : {0.01, 1.0, 30.0, 1e4}) {
        const kernel_moments m = moments_of(erf(x), q);
        CHECK(m.second_moment ==
              Approx(2 / std::numbers::pi * std::asin(2 * q / (1 + 2 * q))).epsilon(1e-9));
        CHECK(m.slope_second_moment ==
              Approx(4 / std::numbers::pi / std::sqrt(1 + 4 * q)).epsilon(1e-9));
    }
    CHECK(moments_of(exp(x), 1.0).second_moment == Approx(std::exp(2)).epsilon(1e-9));
}
