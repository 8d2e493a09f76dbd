// SPDX-License-Identifier: BSL-1.0
/// Ways of drawing the weights of a network, by the papers that proposed them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <numbers>

namespace chainrule {

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

}  // namespace chainrule
