// SPDX-License-Identifier: BSL-1.0
/// Gradient norms of random networks, layer by layer: what is predicted by mean-field theory, and what
/// random_network.hpp measures.
#pragma once

#include <chainrule/analysis/initialisation.hpp>
#include <chainrule/analysis/kernel_moments.hpp>

#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace chainrule {

/// What mean-field theory says of one layer of a wide random network; logarithms of root mean squares.
struct predicted_layer {
    double length = 0;  ///< q_l, the variance of u_l
    double chi = 0;  ///< χ = σ_w² E f'(u_l)²: what |dL/du|² is multiplied by on its way here
    double log_gradient = 0;         ///< ln of the root mean square of |dL/du_l|
    double log_weight_gradient = 0;  ///< the same for |dL/dW_l|
};

/// For a loss whose gradient has mean square 1 per output, and inputs of this mean square per element.
/// q_l = σ_w² E f(u_{l-1})² + σ_b²; E|dL/du_l|² = σ_w² E f'(u_l)² E|dL/du_{l+1}|² (Schoenholz et al., ICLR 2017).
inline std::vector<predicted_layer> predict_gradients(std::span<const std::size_t> widths,
                                                      const activation_kernel<double>& f,
                                                      const initialisation& init,
                                                      double input_mean_square,
                                                      std::span<const double> kinks = {}) {
    const std::size_t depth = widths.size() - 1;
    std::vector<predicted_layer> result(depth);
    std::vector<double> slope(depth);
    std::vector<double> log_input(depth);
    double mean_square = input_mean_square;
    for (std::size_t l = 0; l < depth; ++l) {
        log_input[l] = 0.5 * std::log(mean_square * static_cast<double>(widths[l]));
        result[l].length =
            init.mean_field_variance(widths[l + 1], widths[l]) * mean_square + init.bias_variance;
        const kernel_moments m = moments_of(f, result[l].length, kinks);
        mean_square = m.second_moment;
        slope[l] = m.slope_second_moment;
    }
    double log_square = std::log(static_cast<double>(widths[depth]));
    for (std::size_t l = depth; l > 0; --l) {
        double variance = 1;  // the gradient of the loss itself
        if (l < depth) {
            variance = init.mean_field_variance(widths[l + 1], widths[l]);
            // |Wᵀδ|² has widths[l] terms of σ_w²/widths[l] each.
        }
        result[l - 1].chi = variance * slope[l - 1];
        log_square += std::log(result[l - 1].chi);
        result[l - 1].log_gradient = 0.5 * log_square;
        result[l - 1].log_weight_gradient = 0.5 * log_square + log_input[l - 1];
    }
    return result;
}

/// The gradient norms of one layer over many draws; natural logarithms.
struct measured_layer {
    double log_gradient = 0;         ///< ln of the root mean square of |dL/du_l|
    double log_gradient_low = 0;     ///< the smallest of the draws
    double log_gradient_high = 0;    ///< the largest
    double log_weight_gradient = 0;  ///< ln of the root mean square of |dL/dW_l|
};

}  // namespace chainrule
