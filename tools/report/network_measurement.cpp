// SPDX-License-Identifier: BSL-1.0
#include "network_measurement.hpp"

#include <chainrule/analysis/random_network.hpp>

namespace chainrule::report {

namespace {

/// At least `count` of them. Drawing them is half of the time of a measurement.
std::span<const double> normal_numbers(std::size_t count) {
    static random_numbers random(1);
    static std::vector<double> drawn;
    while (drawn.size() < count) drawn.push_back(random.normal());
    return drawn;
}

}  // namespace

network_measurement measure_network(const compiled_formula& compiled, const initialisation& init,
                                    network_shape shape, std::span<const double> kinks) {
    const auto width = static_cast<std::size_t>(shape.width);
    const auto depth = static_cast<std::size_t>(shape.depth);
    const auto draws = static_cast<std::size_t>(shape.draws);
    // Per draw: an input, the weights and biases of every layer, the gradient of the loss.
    random_numbers random(normal_numbers(draws * width * (2 + depth * (width + 1))));
    Eigen::MatrixXd inputs(shape.width, shape.draws);
    for (double& v : inputs.reshaped()) v = random.normal();
    const activation_kernel<double> f(compiled.value_and_slope_double);
    const std::vector<std::size_t> widths(depth + 1, width);
    return {predict_gradients(widths, f, init, inputs, kinks),
            measure_gradients(widths, f, init, inputs, shape.draws, random)};
}

}  // namespace chainrule::report
