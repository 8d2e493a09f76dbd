// SPDX-License-Identifier: BSL-1.0
/// Formulas compiled into shared objects, kept for the next time.
#pragma once

#include "compiled_formula.hpp"
#include "compiler.hpp"
#include "formula.hpp"

#include <memory>
#include <vector>

namespace chainrule::report {

/// One module holds a few formulas; its shared object stays loaded to the end of the program.
using formula_list = std::vector<std::shared_ptr<const formula>>;

/// Compiles what is not in the cache, several modules at a time, with progress on stderr. The results
/// are in the order of the formulas. `pairs`: with value_and_slope_float and value_and_slope_double. The key of the cache is the generated source, the headers of the
/// library, the compiler with its options and the processor. Throws user_error with the log's place.
std::vector<const compiled_formula*> compile(const compiler& with, const formula_list& formulas,
                                             const std::string& what,
                                             std::size_t formulas_per_module = 1,
                                             bool pairs = true);

}  // namespace chainrule::report
