// SPDX-License-Identifier: BSL-1.0
/// Random networks: weights as they are drawn before training, and the gradient norms they have, measured
/// and predicted by mean-field theory. Opt-in: needs Eigen.
#pragma once

#include <chainrule/analysis/layer_stack.hpp>

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <random>
#include <span>
#include <utility>
#include <vector>

namespace chainrule {

/// Random numbers that depend on the seed alone, not on the standard library.
class random_numbers {
public:
    explicit random_numbers(std::uint64_t seed) : engine(seed) {}
    /// Gives these normal numbers, drawn before, again: for networks that differ in f alone. They must live
    /// as long and be enough.
    explicit random_numbers(std::span<const double> normals) : drawn(normals) {}

    /// Even on [0, 1).
    double uniform() { return static_cast<double>(engine() >> 11) * 0x1p-53; }
    /// N(0, 1), by the method of Box and Muller.
    double normal() {
        if (!drawn.empty()) {
            const double next = drawn.front();
            drawn = drawn.subspan(1);
            return next;
        }
        const double radius = std::sqrt(-2 * std::log(1 - uniform()));
        return radius * std::cos(2 * std::numbers::pi * uniform());
    }
    /// One of 0 ... n - 1.
    std::size_t below(std::size_t n) {
        return static_cast<std::size_t>(uniform() * static_cast<double>(n));
    }

private:
    std::mt19937_64 engine;
    std::span<const double> drawn;
};

/// How weights and biases are drawn: Var W = σ_w²/inputs, Var b = σ_b², all normal; glorot shares between
/// inputs and units, orthogonal has no variance but WᵀW or WWᵀ = σ_w² 1.
struct initialisation {
    enum class scheme { fan_in, glorot, orthogonal };

    scheme how = scheme::fan_in;
    double weight_variance = 1;  ///< σ_w²
    double bias_variance = 0;    ///< σ_b²

    /// The variance of one weight, times the number of inputs: σ_w² of the mean field of this layer.
    [[nodiscard]] double mean_field_variance(std::size_t units, std::size_t inputs) const {
        const auto n = static_cast<double>(inputs);
        const auto m = static_cast<double>(units);
        if (how == scheme::glorot) return weight_variance * 2 * n / (n + m);
        if (how == scheme::orthogonal) return weight_variance * std::min(1.0, n / m);
        return weight_variance;
    }
};

/// Var W = gain²/inputs; He et al., ICCV 2015 (gain √2, for relu).
inline initialisation he_initialisation(double gain = std::numbers::sqrt2) {
    return {initialisation::scheme::fan_in, gain * gain, 0};
}
/// Var W = gain²/inputs; LeCun et al., Efficient BackProp, 1998.
inline initialisation lecun_initialisation(double gain = 1) {
    return {initialisation::scheme::fan_in, gain * gain, 0};
}
/// Var W = 2 gain²/(inputs + units); Glorot and Bengio, AISTATS 2010.
inline initialisation glorot_initialisation(double gain = 1) {
    return {initialisation::scheme::glorot, gain * gain, 0};
}
/// Orthonormal rows or columns times gain; Saxe et al., ICLR 2014.
inline initialisation orthogonal_initialisation(double gain = 1) {
    return {initialisation::scheme::orthogonal, gain * gain, 0};
}
/// Var W = weight_variance/inputs, Var b = bias_variance: a point of the edge of chaos, for example.
inline initialisation critical_initialisation(double weight_variance, double bias_variance) {
    return {initialisation::scheme::fan_in, weight_variance, bias_variance};
}

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

/// Means under N(0, q).
struct kernel_moments {
    double second_moment = 0;        ///< E f²
    double slope_second_moment = 0;  ///< E f'²
};

/// E f² and E f'² under N(0, variance) by Gauss–Legendre panels that end at the kinks given. Relative error
/// below 1e-9 for activations whose kinks are given; a kink that is not costs up to 1e-4.
inline kernel_moments moments_of(const activation_kernel<double>& f, double variance,
                                 std::span<const double> kinks = {}) {
    // Ten nodes on [-1, 1]: the positive ones, and their weights (Abramowitz and Stegun, table 25.4).
    constexpr double node[] = {0.14887433898163121089, 0.43339539412924719080,
                               0.67940956829902440623, 0.86506336668898451073,
                               0.97390652851717172008};
    constexpr double weight[] = {0.29552422471475287017, 0.26926671930999635509,
                                 0.21908636251598204400, 0.14945134915058059315,
                                 0.06667134430868813759};
    constexpr double farthest = 14;  // the normal density is 1e-43 there
    const double deviation = std::sqrt(variance);
    std::vector<double> edges;
    for (int i = -56; i <= 56; ++i) edges.push_back(i * 0.25);
    auto add_edge = [&](double at) {
        if (deviation > 0 && std::fabs(at / deviation) < farthest) edges.push_back(at / deviation);
    };
    for (const double k : kinks) add_edge(k);
    for (int i = -40; i <= 40; ++i)
        add_edge(i * 0.5);  // where activations bend, if the deviation is large
    std::sort(edges.begin(), edges.end());

    std::vector<double> at;
    std::vector<double> mass;
    for (std::size_t i = 0; i + 1 < edges.size(); ++i) {
        const double middle = 0.5 * (edges[i] + edges[i + 1]);
        const double half = 0.5 * (edges[i + 1] - edges[i]);
        if (half == 0) continue;
        for (std::size_t k = 0; k < 5; ++k) {
            for (const double sign : {-1.0, 1.0}) {
                const double z = middle + sign * half * node[k];
                at.push_back(deviation * z);
                mass.push_back(half * weight[k] * std::exp(-0.5 * z * z) /
                               std::sqrt(2 * std::numbers::pi));
            }
        }
    }
    std::vector<double> value(at.size());
    std::vector<double> slope(at.size());
    f(at, value, slope);
    kernel_moments result;
    for (std::size_t i = 0; i < at.size(); ++i) {
        result.second_moment += mass[i] * value[i] * value[i];
        result.slope_second_moment += mass[i] * slope[i] * slope[i];
    }
    return result;
}

/// The point of the edge of chaos where N(0, length) stays N(0, length): χ₁ = 1 there (Hayou et al., ICML
/// 2019). A negative σ_b² says that there is none.
inline initialisation critical_initialisation_of(const activation_kernel<double>& f, double length,
                                                 std::span<const double> kinks = {}) {
    const kernel_moments m = moments_of(f, length, kinks);
    const double weight_variance = 1 / m.slope_second_moment;
    double bias_variance = length - weight_variance * m.second_moment;
    if (std::fabs(bias_variance) < 1e-12 * length)
        bias_variance = 0;  // relu and its like: exactly 0
    return critical_initialisation(weight_variance, bias_variance);
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

/// The same for the columns of `inputs`: root mean squares over them, which differs where the length of the
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

/// The gradient norms of one layer over many draws; natural logarithms.
struct measured_layer {
    double log_gradient = 0;         ///< ln of the root mean square of |dL/du_l|
    double log_gradient_low = 0;     ///< the smallest of the draws
    double log_gradient_high = 0;    ///< the largest
    double log_weight_gradient = 0;  ///< ln of the root mean square of |dL/dW_l|
};

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
