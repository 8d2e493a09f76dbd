// SPDX-License-Identifier: BSL-1.0
/// Training: the network's gradients against finite differences, and what it learns.

#include <chainrule/analysis/training.hpp>
#include <chainrule/chainrule.hpp>

#include "support/catch.hpp"

#include <cmath>
#include <vector>

using namespace chainrule;
using namespace chainrule::activations;

TEST_CASE("gradients of the loss agree with finite differences") {
    random_numbers random(11);
    const std::vector<std::size_t> widths{3, 5, 4, 6, 3};
    for (const activation_kernel<double> f :
         {activation_kernel<double>(tanh(x)), activation_kernel<double>(gelu),
          activation_kernel<double>(mish)}) {
        classifier<double> network(widths, f, critical_initialisation(1.5, 0.1), random);
        Eigen::MatrixXd inputs(3, 7);
        for (double& v : inputs.reshaped()) v = random.normal();
        const std::vector<int> labels{0, 1, 2, 1, 0, 2, 1};
        std::vector<classifier<double>::layer> gradients;
        std::vector<classifier<double>::layer> ignored;
        const double loss = network.loss_and_gradients(inputs, labels, gradients);
        CHECK(loss > 0);
        REQUIRE(gradients.size() == 4);
        auto check = [&](double& parameter, double gradient) {
            const double start = parameter;
            constexpr double h = 1e-3;  // five points: the error is h⁴/30 f⁽⁵⁾, about 1e-12
            double difference = 0;
            for (const auto& [steps, weight] :
                 {std::pair{-2, 1.0}, {-1, -8.0}, {1, 8.0}, {2, -1.0}}) {
                parameter = start + steps * h;
                difference += weight * network.loss_and_gradients(inputs, labels, ignored);
            }
            parameter = start;
            CHECK(std::fabs(difference / (12 * h) - gradient) < 1e-10);
        };
        for (std::size_t l = 0; l < 4; ++l) {
            auto& layer = network.layers()[l];
            for (Eigen::Index i = 0; i < layer.weight.size(); ++i) {
                check(layer.weight.reshaped()[i], gradients[l].weight.reshaped()[i]);
            }
            for (Eigen::Index i = 0; i < layer.bias.size(); ++i) {
                check(layer.bias[i], gradients[l].bias[i]);
            }
        }
    }
}

TEST_CASE("the loss by hand") {
    // One linear layer, zero weights: every class has probability 1/4.
    random_numbers random(1);
    classifier<double> network(std::vector<std::size_t>{2, 4}, tanh(x), lecun_initialisation(),
                               random);
    network.layers()[0].weight.setZero();
    std::vector<classifier<double>::layer> gradients;
    const Eigen::MatrixXd inputs = Eigen::MatrixXd::Ones(2, 1);
    CHECK(network.loss_and_gradients(inputs, std::vector<int>{2}, gradients) ==
          Approx(std::log(4)));
    CHECK(gradients[0].bias.isApprox(Eigen::Vector4d{0.25, 0.25, -0.75, 0.25}));
    CHECK(gradients[0].weight.col(1).isApprox(Eigen::Vector4d{0.25, 0.25, -0.75, 0.25}));
}

TEST_CASE("two spirals are learned, and the seed decides every number") {
    auto run = [](const activation_kernel<float>& f, const initialisation& init,
                  const optimiser& steps) {
        random_numbers random(7);
        const labelled_data training = two_spirals(600, 0.03, random);
        const labelled_data test = two_spirals(400, 0.03, random);
        const std::vector<std::size_t> widths{2, 32, 32, 32, 2};
        classifier<float> network(widths, f, init, random);
        return train(network, training, test, {.steps = steps, .epochs = 150, .batch = 64}, random);
    };
    optimiser adam;
    adam.rate = 0.005;
    optimiser descent;
    descent.how = optimiser::method::momentum;
    descent.rate = 0.05;
    const auto first = run(silu, he_initialisation(), adam);
    REQUIRE(first.size() == 150);
    CHECK(first.front().test_accuracy < 0.8);
    CHECK(first.back().test_accuracy > 0.97);
    CHECK(first.back().train_accuracy > 0.97);
    CHECK(first.back().loss < 0.1);
    REQUIRE(first.back().log_weight_gradients.size() == 4);

    const auto again = run(silu, he_initialisation(), adam);
    for (std::size_t i = 0; i < first.size(); ++i) {
        REQUIRE(again[i].loss == first[i].loss);
        REQUIRE(again[i].test_accuracy == first[i].test_accuracy);
        REQUIRE(again[i].log_weight_gradients == first[i].log_weight_gradients);
    }

    const auto momentum = run(tanh(x), lecun_initialisation(1.5), descent);
    CHECK(momentum.back().test_accuracy > 0.97);
}

TEST_CASE("a stack that does not pass the gradient does not learn") {
    random_numbers random(7);
    const labelled_data data = two_spirals(300, 0.03, random);
    const std::vector<std::size_t> widths{2, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 2};
    classifier<float> network(widths, sigmoid(x), lecun_initialisation(), random);
    const auto records =
        train(network, data, data, {.steps = {}, .epochs = 20, .batch = 64}, random);
    CHECK(records.back().train_accuracy < 0.65);
    const std::vector<double>& norms = records.front().log_weight_gradients;
    CHECK(norms.front() - norms[9] <
          -9);  // nine layers of σ_w² E sigmoid'² < 1/16, each a factor 1/4
}

TEST_CASE("data that do not fit are refused with a sentence") {
    random_numbers random(1);
    labelled_data data = two_spirals(10, 0, random);
    classifier<float> network(std::vector<std::size_t>{3, 4, 2}, tanh(x), lecun_initialisation(),
                              random);
    CHECK_THROWS_WITH(
        train(network, data, data, {}, random),
        "chainrule: the training data have 2 values per sample, but the network takes 3");
    data.labels.pop_back();
    CHECK_THROWS_WITH(
        train(network, data, data, {}, random),
        "chainrule: the training data have 10 samples and 9 labels; they need one label "
        "per sample");
}
