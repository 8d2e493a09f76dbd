// SPDX-License-Identifier: BSL-1.0
/// Pictures of the gradient flow, and the words below them.
#pragma once

#include "document.hpp"
#include "flow_curves.hpp"
#include "plots.hpp"

#include <string>
#include <vector>

namespace chainrule::report {

/// Adds the pictures that exist to the script: edge.svg, phases.svg, correlation.svg, gradients.svg. A block
/// for each of the four: the picture, or the reason why there is none. `title`: title_command().
std::vector<block> add_flow_pictures(plot_script& plots, const std::string& title,
                                     const flow_curves& curves);

}  // namespace chainrule::report
