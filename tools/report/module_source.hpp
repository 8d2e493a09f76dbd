// SPDX-License-Identifier: BSL-1.0
/// The C++ source of the module that computes some formulas through the library.
#pragma once

#include "formula.hpp"

#include <memory>
#include <string>
#include <vector>

namespace chainrule::report {

/// Without `float_pairs`, value_and_slope_float is null: a quarter of the time to compile a formula.
std::string write_module_source(const std::vector<std::shared_ptr<const formula>>& formulas,
                                bool float_pairs);

}  // namespace chainrule::report
