// SPDX-License-Identifier: BSL-1.0
/// The report of one formula as a document.
#pragma once

#include "analysis.hpp"
#include "document.hpp"

namespace chainrule::report {

/// Names of the pictures in the output directory, without their extension.
inline constexpr const char* function_picture = "function";
inline constexpr const char* chain_picture = "chain";

/// `compiled_with` names the compiler for the table of speeds.
document write_report(const analysis& a, const std::string& compiled_with);

}  // namespace chainrule::report
