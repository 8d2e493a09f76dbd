// SPDX-License-Identifier: BSL-1.0
/// The catalogue of the library as the report sees it.
#pragma once

#include "formula.hpp"

#include <string>
#include <vector>

namespace chainrule::report {

struct catalogue_entry {
    std::string name;
    std::string text;                         ///< "elu(x)"
    std::vector<given_value> example_values;  ///< for parameters that have no default
    std::string source;
};

std::vector<catalogue_entry> catalogue_entries();

}  // namespace chainrule::report
