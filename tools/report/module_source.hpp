// SPDX-License-Identifier: BSL-1.0
/// The C++ source of the module that computes some formulas through the library.
#pragma once

#include "formula.hpp"

#include <memory>
#include <string>
#include <vector>

namespace chainrule::report {

/// Without `pairs`, value_and_slope_float and value_and_slope_double are null: half of the time to compile a formula.
std::string write_module_source(const std::vector<std::shared_ptr<const formula>>& formulas,
                                bool pairs);

}  // namespace chainrule::report
