// SPDX-License-Identifier: BSL-1.0
/// Random networks: weights as they are drawn before training, and the gradient norms they have, measured
/// and predicted by mean-field theory. Opt-in: needs Eigen.
#pragma once

#include <chainrule/analysis/gradient_norms.hpp>
#include <chainrule/analysis/initialisation.hpp>
#include <chainrule/analysis/layer_stack.hpp>
#include <chainrule/analysis/random_numbers.hpp>

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace chainrule {

inline Eigen::MatrixXd draw_weights(const initialisation& init, std::size_t units,
                                    std::size_t inputs, random_numbers& random) {
    const auto m = static_cast<Eigen::Index>(units);
    const auto n = static_cast<Eigen::Index>(inputs);
    if (init.how == initialisation::scheme::orthogonal) {
        // Q of a normal matrix, its columns with the signs of R: even over all rotations.
        const Eigen::Index large = std::max(m, n);
        const Eigen::Index small = std::min(m, n);
        Eigen::MatrixXd normal(large, small);
        for (double& v : normal.reshaped()) v = random.normal();
        const Eigen::HouseholderQR<Eigen::MatrixXd> factors(normal);
        Eigen::MatrixXd q = factors.householderQ() * Eigen::MatrixXd::Identity(large, small);
        for (Eigen::Index k = 0; k < small; ++k) {
            if (factors.matrixQR()(k, k) < 0) q.col(k) *= -1;
        }
        q *= std::sqrt(init.weight_variance);
        if (m < n) q.transposeInPlace();
        return q;
    }
    const double deviation =
        std::sqrt(init.mean_field_variance(units, inputs) / static_cast<double>(inputs));
    Eigen::MatrixXd result(m, n);
    for (double& v : result.reshaped()) v = deviation * random.normal();
    return result;
}

inline Eigen::VectorXd draw_biases(const initialisation& init, std::size_t units,
                                   random_numbers& random) {
    Eigen::VectorXd result = Eigen::VectorXd::Zero(static_cast<Eigen::Index>(units));
    if (init.bias_variance == 0) return result;
    for (double& v : result) v = std::sqrt(init.bias_variance) * random.normal();
    return result;
}

/// A stack with widths[0] inputs and a layer of each further width.
inline layer_stack draw_stack(std::span<const std::size_t> widths, activation_kernel<double> f,
                              const initialisation& init, random_numbers& random) {
    layer_stack result;
    for (std::size_t l = 1; l < widths.size(); ++l) {
        const Eigen::MatrixXd weight = draw_weights(init, widths[l], widths[l - 1], random);
        result.add(weight, draw_biases(init, widths[l], random), f);
    }
    return result;
}

namespace detail {

/// ln of the root mean square of e^v, without overflow.
inline double log_root_mean_square(const std::vector<double>& logarithms) {
    const double largest = *std::max_element(logarithms.begin(), logarithms.end());
    if (std::isinf(largest)) return largest;
    double sum = 0;
    for (const double v : logarithms) sum += std::exp(2 * (v - largest));
    return largest + 0.5 * std::log(sum / static_cast<double>(logarithms.size()));
}

}  // namespace detail

/// predict_gradients for the columns of `inputs`: root mean squares over them, which differs where the length of the
/// input decides what happens to it (gelu after he_initialisation). q_l is their mean; χ of a layer is the
/// growth of the mean square from the next layer.
inline std::vector<predicted_layer> predict_gradients(std::span<const std::size_t> widths,
                                                      const activation_kernel<double>& f,
                                                      const initialisation& init,
                                                      const Eigen::MatrixXd& inputs,
                                                      std::span<const double> kinks = {}) {
    const std::size_t depth = widths.size() - 1;
    std::vector<predicted_layer> result(depth);
    std::vector<std::vector<double>> gradients(depth);
    std::vector<std::vector<double>> weight_gradients(depth);
    for (Eigen::Index i = 0; i < inputs.cols(); ++i) {
        const double mean_square = inputs.col(i).squaredNorm() / static_cast<double>(inputs.rows());
        const auto one = predict_gradients(widths, f, init, mean_square, kinks);
        for (std::size_t l = 0; l < depth; ++l) {
            result[l].length += one[l].length / static_cast<double>(inputs.cols());
            gradients[l].push_back(one[l].log_gradient);
            weight_gradients[l].push_back(one[l].log_weight_gradient);
        }
    }
    for (std::size_t l = depth; l > 0; --l) {
        predicted_layer& here = result[l - 1];
        here.log_gradient = detail::log_root_mean_square(gradients[l - 1]);
        here.log_weight_gradient = detail::log_root_mean_square(weight_gradients[l - 1]);
        const double next =
            l < depth ? result[l].log_gradient : 0.5 * std::log(static_cast<double>(widths[depth]));
        here.chi = std::exp(2 * (here.log_gradient - next));
    }
    return result;
}

/// Draws `draws` networks and measures each at a column of `inputs`, for a random loss gradient of mean
/// square 1 per output. Throws argument_error as profile() does.
inline std::vector<measured_layer> measure_gradients(std::span<const std::size_t> widths,
                                                     activation_kernel<double> f,
                                                     const initialisation& init,
                                                     const Eigen::MatrixXd& inputs, int draws,
                                                     random_numbers& random) {
    const std::size_t depth = widths.size() - 1;
    std::vector<std::vector<double>> gradients(depth);
    std::vector<std::vector<double>> weight_gradients(depth);
    Eigen::VectorXd output_gradient(static_cast<Eigen::Index>(widths[depth]));
    for (int i = 0; i < draws; ++i) {
        const layer_stack stack = draw_stack(widths, f, init, random);
        for (double& v : output_gradient) v = random.normal();
        const stack_profile p =
            detail::profile_stack(stack, inputs.col(i % inputs.cols()), output_gradient, false);
        for (std::size_t l = 0; l < depth; ++l) {
            gradients[l].push_back(p.layers[l].log_gradient);
            weight_gradients[l].push_back(p.layers[l].log_weight_gradient);
        }
    }
    std::vector<measured_layer> result(depth);
    for (std::size_t l = 0; l < depth; ++l) {
        const auto [low, high] = std::minmax_element(gradients[l].begin(), gradients[l].end());
        result[l] = {detail::log_root_mean_square(gradients[l]), *low, *high,
                     detail::log_root_mean_square(weight_gradients[l])};
    }
    return result;
}

}  // namespace chainrule
