// SPDX-License-Identifier: BSL-1.0
/// Mean field against mpmath (25 digits), closed forms of erf and relu, and published values.
#include <chainrule/activations/catalogue.hpp>
#include <chainrule/analysis/mean_field.hpp>

#include "support/catch.hpp"

using namespace chainrule;
using namespace chainrule::literals;

namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();
constexpr double circle_pi = 3.14159265358979323846;

void require_close(const char* what, double found, double expected, double tolerance) {
    INFO(what << ": " << found << ", expected " << expected);
    CHECK(std::abs(found - expected) <= tolerance * std::abs(expected) + 1e-15);
}

struct row {
    mean_field_report found;
    double expected[6];  ///< q*, V′, χ₁, ξ_q, ξ_c, c*
};
struct edge_row {
    edge_point found;
    double weight_variance;
    double bias_variance;
};

}  // namespace

TEST_CASE("fixed points, slopes and depth scales agree with mpmath") {
    const row rows[] = {
        {mean_field(activations::gelu, 2.0, 0.125),
         {0.541754507330827872, 0.9069802132821936, 0.826608436761749763, 10.2422659843373724,
          5.25143419577275305, 1.0}},
        {mean_field(activations::silu, 1.5, 0.25),
         {0.473274254806425005, 0.542970434102689017, 0.497317106956831636, 1.63746410534793401,
          1.43158304126427015, 1.0}},
        {mean_field(activations::elu, 1.5, 0.0625),
         {1.20490306965891243, 0.846738803829045746, 0.984917280081121128, 6.01095159696809344,
          65.7997724325249128, 1.0}},
        {mean_field(activations::hard_tanh, 1.0, 0.0625),
         {0.369918271497417579, 0.560333185727730759, 0.899859212029626037, 1.72644870026729864,
          9.47714954767910519, 1.0}},
        {mean_field(sigmoid(x), 4.0, 1.0),
         {2.29651944857732028, 0.0731626459471739435, 0.141634307219504601, 0.382398899181921589,
          0.511638013876675652, 1.0}},
        {mean_field(tanh(x), 4.0, 0.0625),
         {2.21378688483273457, 0.315166866887497073, 1.33753103240734264, 0.866061025834264847,
          6.85058125329015731, 0.198344252510245736}},
        {mean_field(tanh(x), 2.5, 0.0),
         {0.973574107194572917, 0.466059410282184974, 1.17297039863101305, 1.30985691952179556,
          14.1979381483143399, 0.0}},
    };
    for (const row& r : rows) {
        CHECK(r.found.outcome == mean_field_outcome::fixed_point);
        require_close("length", r.found.length, r.expected[0], 1e-12);
        require_close("length slope", r.found.length_slope, r.expected[1], 1e-12);
        require_close("chi1", r.found.chi1, r.expected[2], 1e-12);
        require_close("depth scale of the length", r.found.depth_scale_length, r.expected[3],
                      1e-10);
        require_close("depth scale of the correlation", r.found.depth_scale_correlation,
                      r.expected[4], 1e-10);
        require_close("correlation", r.found.correlation, r.expected[5], 1e-12);
        CHECK(std::abs(r.found.length - r.expected[0]) <= r.found.error.length + 1e-16);
        CHECK(r.found.phase == (r.expected[2] < 1 ? phase::ordered : phase::chaotic));
    }
}

TEST_CASE("the edge of chaos agrees with mpmath") {
    const edge_row rows[] = {
        {edge_of_chaos(tanh(x), 1.0), 2.15330264890279003, 0.15096462937855289},
        {edge_of_chaos(tanh(x), 4.0), 3.90700632278299028, 1.51803034113920937},
        {edge_of_chaos(activations::gelu, 1.0), 2.19369990353239519, 0.0671916747056337342},
        {edge_of_chaos(activations::elu, 0.25), 1.3130626367395218, 0.00401002835108969991},
        {edge_of_chaos(activations::hard_tanh, 1.0), 1.46479477349154408, 0.244080131735662709},
        {edge_of_chaos(sigmoid(x), 46.0), 103.419300455841696, 0.170753420185105476},
    };
    for (const edge_row& r : rows) {
        require_close("weight variance", r.found.weight_variance, r.weight_variance, 1e-12);
        require_close("bias variance", r.found.bias_variance, r.bias_variance,
                      1e-12 * r.found.length / r.bias_variance);
        CHECK(r.found.admissible);
    }
}

TEST_CASE("closed forms of erf") {
    // E erf(√q u₁) erf(√q u₂) = 2/π asin(2qc/(1 + 2q)); E erf′ erf′ = 4/π / √((1 + 2q)² − 4q²c²)
    for (const double weight : {0.3, 0.9, 1.3, 2.0, 7.0, 60.0}) {
        const double bias = 0.04;
        const auto r = mean_field(erf(x), weight, bias);
        const double q = r.length;
        CHECK(weight * 2 / circle_pi * std::asin(2 * q / (1 + 2 * q)) + bias ==
              Approx(q).epsilon(1e-13));
        CHECK(r.chi1 == Approx(weight * 4 / circle_pi / std::sqrt(1 + 4 * q)).epsilon(1e-12));
        if (r.chi1 > 1) {
            const double c = r.correlation;
            CHECK(c < 1);
            CHECK((weight * 2 / circle_pi * std::asin(2 * q * c / (1 + 2 * q)) + bias) / q ==
                  Approx(c).epsilon(1e-12));
            const double slope =
                weight * 4 / circle_pi / std::sqrt((1 + 2 * q) * (1 + 2 * q) - 4 * q * q * c * c);
            CHECK(r.correlation_slope == Approx(slope).epsilon(1e-11));
            CHECK(r.depth_scale_correlation == Approx(-1 / std::log(slope)).epsilon(1e-10));
        } else {
            CHECK(r.correlation == 1);
            CHECK(r.depth_scale_correlation == Approx(-1 / std::log(r.chi1)).epsilon(1e-10));
        }
        CHECK(r.gradient_decade_depth ==
              Approx(std::log(10) / std::abs(std::log(r.chi1))).epsilon(1e-10));
    }
    // Just above criticality, where c* is close to 1.
    const auto edge = edge_of_chaos(erf(x), 1.0);
    const auto near = mean_field(erf(x), edge.weight_variance * 1.001, edge.bias_variance);
    const double q = near.length;
    const double c = near.correlation;
    CHECK(near.chi1 > 1);
    CHECK(c > 0.99);
    const double slope = near.correlation_slope;
    CHECK(slope ==
          Approx(edge.weight_variance * 1.001 * 4 / circle_pi /
                 std::sqrt((1 + 2 * q) * (1 + 2 * q) - 4 * q * q * c * c))
              .epsilon(1e-12));
}

TEST_CASE("outcomes are honest") {
    using enum mean_field_outcome;
    CHECK(mean_field(activations::relu, 2, 0).outcome == every_length);
    CHECK(mean_field(activations::leaky_relu, 2 / (1 + 0.01 * 0.01), 0).outcome == every_length);
    CHECK(mean_field(abs(x), 1, 0).outcome == every_length);
    CHECK(mean_field(activations::relu, 2, 0.1).outcome == diverges);
    CHECK(mean_field(activations::relu, 2.1, 0).outcome == diverges);
    CHECK(mean_field(activations::relu, 2.1, 0).chi1 == Approx(1.05).epsilon(1e-14));
    CHECK(mean_field(activations::relu, 1.9, 0).outcome == zero);
    CHECK(mean_field(activations::relu, 1.9, 0).length == 0);
    CHECK(mean_field(activations::relu, 1.5, 0.1).length == Approx(0.4).epsilon(1e-14));
    CHECK(mean_field(tanh(x), 0.9, 0).outcome == zero);
    CHECK(mean_field(tanh(x), 0.9, 0).depth_scale_length ==
          Approx(-1 / std::log(0.9)).epsilon(1e-12));
    const auto marginal_tanh = mean_field(tanh(x), 1, 0);
    CHECK(marginal_tanh.outcome == marginal);
    CHECK(marginal_tanh.depth_scale_length == infinite);
    CHECK(marginal_tanh.phase == phase::critical);
    CHECK(mean_field(exp(x), 1, 0).outcome == diverges);
    CHECK(mean_field(log(x), 1, 0).outcome == undefined);
    CHECK(mean_field(exp(-square(x)), 1e4, 0).fixed_points.size() == 1);
    // 0.1 (3q² + 1) = q has two solutions, the larger one unstable.
    const auto square_map = mean_field(square(x), 0.1, 0.1);
    CHECK(square_map.outcome == fixed_point);
    REQUIRE(square_map.fixed_points.size() == 2);
    CHECK(square_map.length == Approx((1 - std::sqrt(1 - 0.12)) / 0.6).epsilon(1e-13));
    CHECK(square_map.fixed_points[1].length ==
          Approx((1 + std::sqrt(1 - 0.12)) / 0.6).epsilon(1e-13));
    CHECK_FALSE(square_map.fixed_points[1].is_stable);
    const auto steps = mean_field(step(x), 2, 0.1);
    CHECK(steps.has_jump);
    CHECK(steps.length == Approx(1.1).epsilon(1e-14));
}

TEST_CASE("published values, and those that are off") {
    // SELU (Klambauer et al. 2017): (0, 1) is a fixed point; χ₁ is not the forward slope.
    const auto selu = mean_field(activations::selu, 1, 0);
    CHECK(selu.length == Approx(1).epsilon(1e-14));
    CHECK(selu.chi1 == Approx(1.07157499).epsilon(1e-8));
    CHECK(selu.length_slope == Approx(0.78264788).epsilon(1e-8));
    // Hayou et al. 2019, (σ_b, σ_w) on the edge: 0.2 with 1.302 for tanh and 1.227 for ELU are loose.
    const auto tanh_edge = edge_of_chaos_for_bias(tanh(x), 0.04);
    REQUIRE(tanh_edge.size() == 1);
    CHECK(std::sqrt(tanh_edge[0].weight_variance) == Approx(1.304146).epsilon(4e-7));
    CHECK(std::sqrt(tanh_edge[0].weight_variance) != Approx(1.302).epsilon(1e-3));
    const auto elu_edge = edge_of_chaos_for_bias(activations::elu, 0.04);
    REQUIRE(elu_edge.size() == 1);
    CHECK(std::sqrt(elu_edge[0].weight_variance) == Approx(1.229251).epsilon(4e-7));
    // "sigmoid has no edge of chaos" holds only below q = 45.6; softplus has none at all.
    CHECK_FALSE(edge_of_chaos(sigmoid(x), 45.6).admissible);
    CHECK(edge_of_chaos(sigmoid(x), 45.65).admissible);
    for (const double q : {1e-3, 1.0, 1e3, 1e5})
        CHECK_FALSE(edge_of_chaos(softplus(x), q).admissible);
    const auto exponential = edge_of_chaos(exp(x), 1.0);
    CHECK(exponential.bias_variance == Approx(0).margin(1e-15));
    CHECK(exponential.length_slope == Approx(2).epsilon(1e-13));
    const auto relu = edge_of_chaos(activations::relu, 3.0);
    CHECK(relu.weight_variance == Approx(2).epsilon(1e-15));
    CHECK(relu.bias_variance == 0);
    CHECK(relu.admissible);
    CHECK_FALSE(edge_of_chaos(step(x), 1.0).admissible);
    const auto by_weight = edge_of_chaos_for_weight(activations::silu, 2.0);
    REQUIRE(by_weight.size() == 1);
    CHECK(edge_of_chaos(activations::silu, by_weight[0].length).weight_variance ==
          Approx(2).epsilon(1e-13));
    const auto curve = edge_of_chaos_curve(tanh(x), 0.1, 10, 5);
    REQUIRE(curve.size() == 5);
    CHECK(curve[2].weight_variance == Approx(2.15330264890279003).epsilon(1e-13));
}

TEST_CASE("variances that are none are refused") {
    CHECK_THROWS_WITH(
        mean_field(tanh(x), -1, 0),
        "chainrule: the weight variance is -1.000000; give a finite number that is not negative");
    CHECK_THROWS_WITH(
        mean_field(tanh(x), 1, -2),
        "chainrule: the bias variance is -2.000000; give a finite number that is not negative");
    CHECK_THROWS_WITH(edge_of_chaos(tanh(x), 0),
                      "chainrule: the length q is 0.000000; give a finite number above 0");
}

TEST_CASE("fixed points of functions that jump or oscillate without end") {
    using enum mean_field_outcome;
    // V(q) = 2 Σ (2k − 1) Φ(−(k − ½)/√q), its fixed point by mpmath.
    const auto rounds = mean_field(round(x), 1, 0);
    CHECK(rounds.outcome == diverges);  // V(q) = q + 1/12, nearly
    REQUIRE(rounds.fixed_points.size() == 1);
    CHECK(rounds.fixed_points[0].length == Approx(0.0834135508990231622).epsilon(1e-13));
    CHECK(rounds.fixed_points[0].slope == Approx(1.85026617114728647676).epsilon(1e-12));
    CHECK(rounds.length_slope == 1);
    CHECK(rounds.chi1 == 0);
    // E (x cos x)² = q/2 (1 + (1 − 4q) e^(−2q)): twice that is q at 1/4.
    const auto cosines = mean_field(activations::gcu, 2, 0);
    CHECK(cosines.outcome == fixed_point);
    CHECK(cosines.length == Approx(0.25).epsilon(1e-14));
    CHECK(cosines.fixed_points.size() == 1);
    // E (x + sin² x)² > q, and E f′² → 3/2.
    const auto snakes = mean_field(activations::snake, 1, 0);
    CHECK(snakes.outcome == diverges);
    CHECK(snakes.fixed_points.empty());
    CHECK(snakes.length_slope == Approx(1).epsilon(1e-13));
    CHECK(snakes.chi1 == Approx(1.5).epsilon(1e-13));
    // Hermite coefficients of a fast wave start far from 0.
    const auto waves = mean_field(3_c * sin(20_c * x), 1, 0);
    CHECK(waves.length == Approx(4.5).epsilon(1e-14));
    CHECK(std::abs(waves.correlation) < 1e-12);
}

TEST_CASE("what only rounding tells from a fixed point is none") {
    using enum mean_field_outcome;
    // V(q) < q by a tail that is less than 1e-16 q for q < 0.1.
    for (const auto& r :
         {mean_field(activations::relu6, 2, 0), mean_field(activations::hard_tanh, 1, 0)}) {
        CHECK(r.outcome == marginal);
        CHECK(r.length == 0);
        CHECK(r.fixed_points.empty());
        CHECK(r.length_slope == 1);
    }
    // Limits, not the values at some large or small length.
    CHECK(mean_field(activations::lisht, 1, 0).length_slope == 0);
    CHECK(mean_field(activations::lisht, 1, 0).depth_scale_length == 0);
    CHECK(mean_field(square(x), 1, 0).chi1 == infinite);
    CHECK(mean_field(activations::squareplus, 2, 0).chi1 == Approx(1).epsilon(1e-15));
    CHECK(mean_field(exp(x), 1, 0).error.chi1 == 0);
}

TEST_CASE("poles") {
    using enum mean_field_outcome;
    const auto tangents = mean_field(tan(x), 1, 0);
    CHECK(tangents.outcome == diverges);
    CHECK(tangents.length == infinite);
    // E |x| = √(2q/π)
    const auto roots = mean_field(sqrt(abs(x)), 1, 0);
    CHECK(roots.length == Approx(2 / circle_pi).epsilon(1e-14));
    CHECK(roots.length_slope == Approx(0.5).epsilon(1e-13));
    CHECK(roots.chi1 == infinite);
    // E √|u₁u₂| = q √2 Γ(3/4)²/π ₂F₁(−1/4, −1/4; 1/2; c²): c* and C′(c*) by findroot and diff of mpmath.
    CHECK(roots.correlation == Approx(0.998738461205592669776).epsilon(1e-8));
    CHECK(std::abs(roots.depth_scale_correlation - 7.49172045131937176283) <=
          roots.error.depth_scale_correlation);
    CHECK(roots.error.depth_scale_correlation <= 0.02);
}

TEST_CASE("a jump leaves a point of the edge as it is, and is said") {
    const auto e = edge_of_chaos(select(x > 0.0_c, x, 0.01_c * x - 1e-6_c), 1.0);
    CHECK(e.has_jump);
    CHECK_FALSE(edge_of_chaos(activations::relu, 1.0).has_jump);
    CHECK(std::isnan(edge_of_chaos(step(x), 1.0).length_slope));
}

TEST_CASE("what little is left at 0 is a fixed point") {
    // q = f(0)² + V′(0) q: mpmath, with V′(0) = f′(0)² + f(0) f″(0) by its diff.
    const auto bump = mean_field(exp(-100_c * square(x - 1.5_c)), 1, 0);
    CHECK(bump.outcome == mean_field_outcome::fixed_point);
    CHECK(bump.length == Approx(3.69388306848725621879e-196).epsilon(1e-14));
    CHECK(bump.length_slope == Approx(6.64160175714008668139e-191).epsilon(1e-14));
    CHECK(bump.chi1 == Approx(3.32449476163853059691e-191).epsilon(1e-14));
    CHECK(bump.depth_scale_length == Approx(0.00228362431483455653236).epsilon(1e-14));
    // e^−4500 is no double.
    const auto less = mean_field(exp(-1000_c * square(x - 1.5_c)), 1, 0);
    CHECK(less.outcome == mean_field_outcome::zero);
    CHECK(less.length == 0);
    CHECK(less.length_slope == 0);
    // q = 1e-40/(1 − 1/2)
    const auto biased = mean_field(tanh(x), 0.5, 1e-40);
    CHECK(biased.outcome == mean_field_outcome::fixed_point);
    CHECK(biased.length == Approx(2e-40).epsilon(1e-14));
}

TEST_CASE("a correlation next to 1 is found as far as rounding allows") {
    // σw² = 1/E f′² = 2/erf(6/√2). By the arc-cosine kernel 1 − C(1 − d) = χ₁ d − (2√2/3π) d^3/2 and
    // C′(1 − d) = χ₁ − √(2d)/π, so that χ_c* = 1 − (χ₁ − 1)/2.
    const double weight_variance = 1 / moments(activations::relu6, 1.0).slope_second_moment.value;
    const auto r = mean_field(activations::relu6, weight_variance, 0);
    CHECK(r.outcome == mean_field_outcome::marginal);
    CHECK(r.correlation == 1);
    CHECK(r.depth_scale_correlation == Approx(2 / (r.chi1 - 1)).epsilon(0.01));
}

TEST_CASE("what is only rounding is not followed", "[analysis]") {
    // σ(x) + σ(−x) = 1: E f² is ½ for every q. χ₁ by mpmath quad, 30 digits.
    const auto r = mean_field(sqrt(sigmoid(x)), 1, 0);
    CHECK(r.length == 0.5);
    CHECK(r.length_slope == 0);
    CHECK(r.chi1 == Approx(0.02807792099920497).epsilon(1e-14));
}
