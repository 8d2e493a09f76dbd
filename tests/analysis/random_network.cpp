// SPDX-License-Identifier: BSL-1.0
/// Random networks: the distributions that are drawn, and measured against predicted gradient norms.

#include <chainrule/analysis/random_network.hpp>
#include <chainrule/chainrule.hpp>

#include "support/catch.hpp"

#include <cmath>
#include <numbers>
#include <vector>

using namespace chainrule;
using namespace chainrule::activations;

TEST_CASE("a seed gives the same numbers always") {
    // mt19937_64 with seed 5489 yields 14514284786278117030 first: >> 11, · 2^-53.
    CHECK(random_numbers(5489).uniform() ==
          static_cast<double>(14514284786278117030ULL >> 11) * 0x1p-53);
    random_numbers a(1);
    random_numbers b(1);
    for (int i = 0; i < 100; ++i) REQUIRE(a.normal() == b.normal());
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < 200000; ++i) {
        const double v = a.normal();
        sum += v;
        squares += v * v;
    }
    CHECK(std::fabs(sum / 200000) < 5 / std::sqrt(200000.0));
    CHECK(std::fabs(squares / 200000 - 1) < 5 * std::sqrt(2 / 200000.0));
}

TEST_CASE("weights have the variance that their authors gave them") {
    random_numbers random(2);
    struct {
        initialisation init;
        double variance;
    } const cases[] = {
        {he_initialisation(), 2.0 / 300},
        {he_initialisation(1.5), 2.25 / 300},
        {lecun_initialisation(), 1.0 / 300},
        {glorot_initialisation(), 2.0 / 500},
        {critical_initialisation(1.7, 0.25), 1.7 / 300},
    };
    for (const auto& c : cases) {
        const Eigen::MatrixXd w = draw_weights(c.init, 200, 300, random);
        REQUIRE(w.rows() == 200);
        REQUIRE(w.cols() == 300);
        const double squares = w.squaredNorm() / 60000;
        CHECK(std::fabs(squares / c.variance - 1) < 5 * std::sqrt(2 / 60000.0));
    }
    CHECK(draw_biases(he_initialisation(), 7, random) == Eigen::VectorXd::Zero(7));
    const Eigen::VectorXd b = draw_biases(critical_initialisation(1.7, 0.25), 50000, random);
    CHECK(std::fabs(b.squaredNorm() / 50000 / 0.25 - 1) < 5 * std::sqrt(2 / 50000.0));
}

TEST_CASE("orthogonal weights are orthogonal, wide, tall and square") {
    random_numbers random(3);
    for (const auto& [units, inputs] :
         {std::pair<std::size_t, std::size_t>{5, 9}, {9, 5}, {6, 6}}) {
        const Eigen::MatrixXd w =
            draw_weights(orthogonal_initialisation(1.5), units, inputs, random);
        const Eigen::MatrixXd tall = units < inputs ? Eigen::MatrixXd(w.transpose()) : w;
        const Eigen::MatrixXd product = tall.transpose() * tall;
        const auto n = product.rows();
        CHECK((product - 2.25 * Eigen::MatrixXd::Identity(n, n)).cwiseAbs().maxCoeff() <
              1e-14 * 10);
    }
}

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

TEST_CASE("measured gradient norms are those of the mean field") {
    random_numbers random(4);
    struct {
        activation_kernel<double> f;
        initialisation init;
        std::vector<double> kinks;
    } const cases[] = {
        {tanh(x), lecun_initialisation(), {}},
        {tanh(x), glorot_initialisation(1.3), {}},
        {relu, he_initialisation(), {0}},
        {silu, critical_initialisation(2.0, 0.3), {}},
        {tanh(x), orthogonal_initialisation(1.2), {}},
    };
    const std::vector<std::size_t> widths{200, 300, 200, 250, 200, 300, 200};
    Eigen::MatrixXd inputs(200, 1);
    for (double& v : inputs.reshaped()) v = random.normal();
    const double mean_square = inputs.squaredNorm() / 200;
    for (const auto& c : cases) {
        const auto predicted = predict_gradients(widths, c.f, c.init, mean_square, c.kinks);
        const auto measured = measure_gradients(widths, c.f, c.init, inputs, 40, random);
        REQUIRE(predicted.size() == 6);
        REQUIRE(measured.size() == 6);
        for (std::size_t l = 0; l < 6; ++l) {
            // Fluctuations of ln |g|: about 1 / sqrt(width) a layer and draw, finite-width shifts as large
            // as depth / width.
            CHECK(std::fabs(measured[l].log_gradient - predicted[l].log_gradient) < 0.05);
            CHECK(std::fabs(measured[l].log_weight_gradient - predicted[l].log_weight_gradient) <
                  0.05);
            CHECK(measured[l].log_gradient_low <= measured[l].log_gradient);
            CHECK(measured[l].log_gradient <= measured[l].log_gradient_high);
        }
    }
}

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

TEST_CASE("over several inputs, predictions are root mean squares") {
    const std::vector<std::size_t> widths(11, 100);
    Eigen::MatrixXd inputs = Eigen::MatrixXd::Ones(100, 2);
    inputs.col(1) *= 3;
    const auto small = predict_gradients(widths, gelu, he_initialisation(), 1);
    const auto large = predict_gradients(widths, gelu, he_initialisation(), 9);
    const auto both = predict_gradients(widths, gelu, he_initialisation(), inputs);
    for (std::size_t l = 0; l < 10; ++l) {
        const double mean =
            0.5 * (std::exp(2 * small[l].log_gradient) + std::exp(2 * large[l].log_gradient));
        CHECK(both[l].log_gradient == Approx(0.5 * std::log(mean)).epsilon(1e-12).margin(1e-12));
        CHECK(both[l].length == Approx(0.5 * (small[l].length + large[l].length)));
    }
    CHECK(both[9].chi == Approx(0.5 * (small[9].chi + large[9].chi)));
}
