// SPDX-License-Identifier: BSL-1.0
/// The sections of a report that say what the analyses found.
#pragma once

#include "analysis.hpp"
#include "document.hpp"

namespace chainrule::report {

/// One paragraph: what becomes of the gradient, and which quantity says so.
section verdict_section(const analysis& a);
section range_section(const analysis& a);       ///< certified ranges, shape
section saturation_section(const analysis& a);  ///< saturation, dead zones, numerically dead inputs
section moment_section(const analysis& a);      ///< moments and gains
section profile_section(const analysis& a);     ///< the chain layer by layer, compositions
section mean_field_section(const analysis& a);  ///< wide random networks, edge of chaos, C-map
section network_section(const analysis& a);     ///< one random network: measured and predicted
section solve_section(const analysis& a);       ///< what to multiply by, add, or start from
section parameter_section(const analysis& a);   ///< gradients by parameters

/// All of some, else some evenly spaced, both ends included: for tables.
std::vector<std::size_t> evenly_spaced(std::size_t count, std::size_t most);

}  // namespace chainrule::report
