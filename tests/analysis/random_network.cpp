// SPDX-License-Identifier: BSL-1.0
/// Random networks: the distributions that are drawn, and measured against predicted gradient norms.

#include <chainrule/analysis/random_network.hpp>
#include <chainrule/chainrule.hpp>

#include "support/catch.hpp"

#include <cmath>
#include <vector>

using namespace chainrule;
using namespace chainrule::activations;

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
