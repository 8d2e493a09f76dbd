// SPDX-License-Identifier: BSL-1.0
/// Real weights: where a network loses its gradient, and what its initialisation should have been.

#include <chainrule/analysis/training.hpp>
#include <chainrule/chainrule.hpp>
#include <chainrule/interop/eigen.hpp>

#include <cassert>
#include <cmath>
#include <cstdio>
#include <vector>

using namespace chainrule;
using namespace chainrule::activations;

int main() {
    // Layers as a training program leaves them. From files: read_npy_matrix("w1.npy").
    random_numbers random(1);
    const Eigen::MatrixXd w1 = draw_weights(lecun_initialisation(), 32, 8, random);
    const Eigen::MatrixXd w2 = draw_weights(lecun_initialisation(), 32, 32, random);
    const Eigen::MatrixXd w3 = draw_weights(lecun_initialisation(), 4, 32, random);
    const Eigen::VectorXd b2 = Eigen::VectorXd::Constant(32, -3);
    const Eigen::VectorXd input = Eigen::VectorXd::Ones(8);

    // [profile]
    layer_stack layers;
    layers.add(w1, tanh(x)).add(w2, b2, sigmoid(x)).add(w3, silu);  // any formula per layer
    const stack_profile p = profile(layers, input);
    for (const stack_layer_profile& layer : p.layers) {
        std::printf("largest singular value of D W %.3f   ln |dL/du| %6.2f   ln |dL/dW| %6.2f\n",
                    layer.singular_values[0], layer.log_gradient, layer.log_weight_gradient);
    }
    std::printf("total Jacobian: e^%.2f; weakest layer: %zu\n", p.log_spectral_norm, p.weakest());
    // [/profile]
    assert(p.weakest() == 2);  // its biases of -3 saturate the sigmoid: f' is about 0.045
    assert(p.layers[1].singular_values[0] < 0.3);
    assert(p.dead_layers().empty());

    // A thousand layers: logarithms do not underflow, and the depth where it dies has a number.
    // [deep]
    const std::vector<std::size_t> widths(1001, 8);
    const layer_stack deep = draw_stack(widths, sigmoid(x), lecun_initialisation(), random);
    const stack_profile q = profile(deep, input);
    const std::optional<std::size_t> lost = q.gradient_first_below(std::log(1e-38));  // float32
    // [/deep]
    assert(q.log_spectral_norm < -745);  // exp of it is 0 in double
    assert(lost && *lost > 900);
    std::printf("of 1000 layers, those up to %zu get no gradient in float32\n", *lost);

    // Before training: measured norms, and the prediction of mean-field theory.
    // [initialisation]
    const initialisation edge = critical_initialisation_of(tanh(x), 0.5);  // keeps the variance 0.5
    const std::vector<std::size_t> wide(21, 100);
    const Eigen::MatrixXd inputs = draw_weights(lecun_initialisation(10), 100, 20, random);
    const auto predicted = predict_gradients(wide, tanh(x), edge, inputs.squaredNorm() / 2000);
    const auto measured = measure_gradients(wide, tanh(x), edge, inputs, 20, random);
    // [/initialisation]
    std::printf("critical tanh: σ_w² = %.4f, σ_b² = %.4f\n", edge.weight_variance,
                edge.bias_variance);
    for (std::size_t l = 0; l < measured.size(); ++l) {
        assert(std::fabs(measured[l].log_gradient - predicted[l].log_gradient) < 0.5);
    }

    // Training with the fused kernels, the gradient norm of each layer recorded.
    // [training]
    const labelled_data spirals = two_spirals(600, 0.03, random);
    const std::vector<std::size_t> sizes{2, 32, 32, 32, 2};
    classifier<float> network(sizes, silu, he_initialisation(), random);
    const auto epochs = train(network, spirals, spirals, {}, random);
    // [/training]
    std::printf("accuracy %.3f, ln |dL/dW_1| from %.2f to %.2f\n", epochs.back().train_accuracy,
                epochs.front().log_weight_gradients[0], epochs.back().log_weight_gradients[0]);
    assert(epochs.back().train_accuracy > 0.97);
}
