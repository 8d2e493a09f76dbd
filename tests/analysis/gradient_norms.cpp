// SPDX-License-Identifier: BSL-1.0
/// Predicted gradient norms at and below the critical point; random_network.cpp compares them with measured ones.

#include <chainrule/analysis/gradient_norms.hpp>
#include <chainrule/chainrule.hpp>

#include "support/catch.hpp"

#include <cmath>
#include <vector>

using namespace chainrule;
using namespace chainrule::activations;

TEST_CASE("at the critical point nothing grows or shrinks; below it the gradient decays by chi") {
    const std::vector<std::size_t> widths(31, 100);
    const initialisation edge = critical_initialisation_of(tanh(x), 0.5);
    REQUIRE(edge.bias_variance > 0);
    const auto flat =
        predict_gradients(widths, tanh(x), edge, (0.5 - edge.bias_variance) / edge.weight_variance);
    CHECK(flat.front().length == Approx(0.5).epsilon(1e-9));
    CHECK(std::fabs(flat.front().log_gradient - flat.back().log_gradient) < 1e-7);
    const auto decays = predict_gradients(widths, sigmoid(x), lecun_initialisation(), 1);
    CHECK(decays[5].chi == Approx(decays[6].chi).epsilon(0.01));
    CHECK(decays[5].log_gradient - decays[6].log_gradient == Approx(0.5 * std::log(decays[5].chi)));
    CHECK(decays[5].chi < 0.0625);
}
