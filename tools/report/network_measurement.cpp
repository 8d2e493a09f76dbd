// SPDX-License-Identifier: BSL-1.0
#include "network_measurement.hpp"

#include <chainrule/analysis/random_network.hpp>

namespace chainrule::report {

namespace {

/// Drawing them takes half of the time of a measurement.
random_numbers normal_numbers(std::size_t count) {
    static const std::vector<double> drawn = [] {
        std::vector<double> numbers(std::size_t{1} << 22);
        random_numbers random(1);
        for (double& v : numbers) v = random.normal();
        return numbers;
    }();
    return count <= drawn.size() ? random_numbers(drawn) : random_numbers(1);
}

}  // namespace

network_measurement measure_network(const run_time_kernel& doubles, const initialisation& init,
                                    network_shape shape, std::span<const double> kinks) {
    const auto width = static_cast<std::size_t>(shape.width);
    const auto depth = static_cast<std::size_t>(shape.depth);
    const auto draws = static_cast<std::size_t>(shape.draws);
    // Per draw: an input, the weights and biases of every layer, the gradient of the loss.
    random_numbers random = normal_numbers(draws * width * (2 + depth * (width + 1)));
    Eigen::MatrixXd inputs(shape.width, shape.draws);
    for (double& v : inputs.reshaped()) v = random.normal();
    const activation_kernel<double> f(doubles);
    const std::vector<std::size_t> widths(depth + 1, width);
    return {predict_gradients(widths, f, init, inputs, kinks),
            measure_gradients(widths, f, init, inputs, shape.draws, random)};
}

}  // namespace chainrule::report
