// SPDX-License-Identifier: BSL-1.0
/// Gradient norms of random networks of a formula. A file of its own: compiling Eigen's
/// factorisations takes longer than all the rest of what includes this.
#pragma once

#include <chainrule/analysis/gradient_norms.hpp>

#include "run_time_kernel.hpp"

#include <span>
#include <vector>

namespace chainrule::report {

struct network_measurement {
    std::vector<predicted_layer> predicted;
    std::vector<measured_layer> measured;
};

struct network_shape {
    int width = 0;
    int depth = 0;
    int draws = 0;  ///< networks that are drawn, each with an input of its own
};

/// The same random numbers for every formula and every way of drawing. Throws argument_error where values
/// leave the range of double.
network_measurement measure_network(const run_time_kernel& doubles, const initialisation& init,
                                    network_shape shape, std::span<const double> kinks);

}  // namespace chainrule::report
