// SPDX-License-Identifier: BSL-1.0
/// What is asked of chainrule experiment.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace chainrule::report {

/// What the command line says; numbers that are not given are found from the formula.
struct experiment_options {
    int depth = 10;  ///< hidden layers
    int width = 64;  ///< units of each
    std::string init = "he";
    std::optional<double> gain;
    std::optional<double> weight_variance;
    std::optional<double> bias_variance;
    double length = 1;  ///< of the critical point
    int epochs = 100;
    int batch = 64;
    int draws = 20;
    std::string optimiser = "adam";
    std::optional<double> rate;
    std::uint64_t seed = 1;
    std::optional<std::string> data;
    std::optional<std::string> labels;
};

}  // namespace chainrule::report
