// SPDX-License-Identifier: BSL-1.0
/// report.json: every number of a report at full precision, for programs.
#pragma once

#include "analysis.hpp"

#include <string>

namespace chainrule::report {

/// Enclosures are [lo, hi], estimates {"value", "error"}; infinities are the strings "inf" and "-inf". What
/// does not exist is null, what was not found {"value": null, "reason": "…"}.
std::string report_json(const analysis& a, const std::string& compiled_with);

}  // namespace chainrule::report
