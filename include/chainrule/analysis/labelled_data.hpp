// SPDX-License-Identifier: BSL-1.0
/// Samples with their classes, to train on. Opt-in: needs Eigen.
#pragma once

#include <chainrule/analysis/random_numbers.hpp>

#include <Eigen/Core>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <vector>

namespace chainrule {

/// Samples with their classes.
struct labelled_data {
    Eigen::MatrixXf inputs;  ///< one column per sample
    std::vector<int> labels;
    int classes = 0;

    [[nodiscard]] std::size_t size() const { return labels.size(); }
};

/// Two spirals that turn about the origin one and a half times, half a turn apart; `noise` is the standard
/// deviation around them, their outer radius 2, so that each coordinate has a variance near 1.
inline labelled_data two_spirals(std::size_t samples, double noise, random_numbers& random) {
    labelled_data result;
    result.classes = 2;
    result.inputs.resize(2, static_cast<Eigen::Index>(samples));
    for (std::size_t i = 0; i < samples; ++i) {
        const int label = static_cast<int>(i % 2);
        const double radius = std::sqrt(random.uniform());
        const double angle = 3 * std::numbers::pi * radius + std::numbers::pi * label;
        const auto column = static_cast<Eigen::Index>(i);
        result.inputs(0, column) =
            static_cast<float>(2 * radius * std::cos(angle) + noise * random.normal());
        result.inputs(1, column) =
            static_cast<float>(2 * radius * std::sin(angle) + noise * random.normal());
        result.labels.push_back(label);
    }
    return result;
}

}  // namespace chainrule
