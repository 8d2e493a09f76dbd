// SPDX-License-Identifier: BSL-1.0
/// Variances of weights as the papers give them, and as the mean field of a layer sees them.

#include <chainrule/analysis/initialisation.hpp>

#include "support/catch.hpp"

using namespace chainrule;

TEST_CASE("the variances of weights and biases") {
    CHECK(he_initialisation().weight_variance == Approx(2).epsilon(1e-15));
    CHECK(he_initialisation(1.5).weight_variance == 2.25);
    CHECK(lecun_initialisation().weight_variance == 1);
    CHECK(glorot_initialisation(3).weight_variance == 9);
    CHECK(orthogonal_initialisation(0.5).weight_variance == 0.25);
    CHECK(he_initialisation().bias_variance == 0);
    const initialisation edge = critical_initialisation(1.7, 0.25);
    CHECK(edge.weight_variance == 1.7);
    CHECK(edge.bias_variance == 0.25);
}

TEST_CASE("the mean field of a layer sees the variance of a weight times the inputs") {
    // 300 inputs, 200 units.
    CHECK(lecun_initialisation().mean_field_variance(200, 300) == 1);
    CHECK(critical_initialisation(1.7, 0).mean_field_variance(200, 300) == 1.7);
    // Var W = 2/(300 + 200).
    CHECK(glorot_initialisation().mean_field_variance(200, 300) == Approx(1.2).epsilon(1e-15));
    CHECK(glorot_initialisation().mean_field_variance(300, 300) == 1);
    // Orthonormal columns (more units than inputs) share the length of the input among the units.
    CHECK(orthogonal_initialisation().mean_field_variance(600, 300) == 0.5);
    CHECK(orthogonal_initialisation().mean_field_variance(200, 300) == 1);
}
