// SPDX-License-Identifier: BSL-1.0
/// What the user asks for.
#pragma once

#include "experiment_options.hpp"
#include "formula.hpp"

#include <optional>
#include <string>
#include <vector>

namespace chainrule::report {

struct request {
    enum class kind { report, catalogue, experiment, nothing };

    kind what = kind::nothing;
    std::vector<std::string> formulas;  ///< f₁, then what --compose puts on top
    std::vector<given_value> values;
    int depth = 50;
    std::optional<std::string> input;
    std::optional<std::string> out;
    experiment_options experiment;
};

/// Throws user_error. --help and --version are answered here; then there is nothing left to do.
request read_command_line(int count, const char* const* words);

}  // namespace chainrule::report
