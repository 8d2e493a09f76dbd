// SPDX-License-Identifier: BSL-1.0
/// The code that docs/how_to/ask_whether_a_gradient_vanishes.md shows.
// [include]
#include <chainrule/analysis/analysis.hpp>
#include <chainrule/chainrule.hpp>
// [/include]
#include <chainrule/verify/gradient_flow.hpp>

#include "support/catch.hpp"

using namespace chainrule;
using namespace chainrule::literals;
using namespace chainrule::activations;

// [static]
static_assert(gradient_flow(nest<10>(silu)).verdict != verdict::explodes);
static_assert(gradient_flow(nest<5>(sigmoid(x))).verdict == verdict::vanishes);
// [/static]

// [matchers]
TEST_CASE("my activation can be stacked") {
    CHECK_THAT(silu, KeepsGradient().through(20).layers());
    CHECK_THAT(tanh(x), IsZeroCentred(1e-3));
}
// [/matchers]

TEST_CASE("the examples of the page") {
    {
        // [moments]
        const auto m = moments(gelu, 1.0);  // x ~ N(0, 1)
        const double initial_scale =
            m.backward_gain.value;  // 1/√(E f′²): keeps the gradient's size
        const double doubt = m.backward_gain.error;
        // [/moments]
        CHECK(initial_scale == Approx(1.481113).epsilon(1e-5));
        CHECK(doubt < 1e-14);
    }
    {
        // [mean_field]
        const auto mf = mean_field(tanh(x), 1.5, 0.05);  // σ_w², σ_b²
        if (mf.outcome == mean_field_outcome::fixed_point && mf.phase == phase::ordered) {
            // gradients shrink by √χ₁ per layer, and correlations reach about 6 ξ_c layers deep
        }
        const auto edge =
            edge_of_chaos(tanh(x), 1.0);  // the variances for which χ₁ = 1 at length 1
        // [/mean_field]
        CHECK(mf.phase == phase::ordered);
        CHECK(edge.weight_variance == Approx(2.153302649).epsilon(1e-9));
    }
    {
        // [profile]
        std::vector<layer> layers(40, layer(silu, 1.2));
        layers.push_back(layer(sigmoid(x), 8.0, -3.0));
        const auto p = profile(layers, 0.5);
        const double size = p.log_slope;          // ln|∂x₄₁/∂x₀|
        const std::size_t culprit = p.weakest();  // the layer that costs most, counted from 1
        const auto lost_from =
            p.first_below(-5.0);  // the first depth with |∂x_n/∂x₀| < e⁻⁵, if any
        // [/profile]
        CHECK(p.layers.size() == 41);
        CHECK(size < 0);
        CHECK(culprit >= 1);
        CHECK(lost_from.has_value());
    }
    {
        // [solve]
        const auto selu_like = self_normalising_scales(relu, expm1(min(x, 0_c)));  // SELU's λ and α
        const auto half_stable = half_stable_points(gelu);      // χ_∥ = χ_⊥ = 1
        const auto shaped = deep_kernel_shaping(tanh(x), 100);  // γ (tanh(α x + β) + δ)
        // [/solve]
        CHECK(selu_like.scale == Approx(1.0507009873554805).epsilon(1e-15));
        CHECK(half_stable.size() == 1);
        CHECK(shaped.converged);
    }
}
