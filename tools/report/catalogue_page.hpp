// SPDX-License-Identifier: BSL-1.0
/// The page of the whole catalogue.
#pragma once

#include "analysis.hpp"
#include "catalogue_entries.hpp"
#include "document.hpp"

#include <optional>
#include <string>
#include <vector>

namespace chainrule::report {

inline constexpr std::size_t long_chain_depth = 1000;

struct catalogue_extras {
    double log_slope = 0;  ///< of long_chain_depth layers f, from chain_start_at
    std::optional<std::size_t>
        first_below;                   ///< the layer from which on less than lost_below is left
    std::size_t value_operations = 0;  ///< steps of the loop for f
    std::size_t slope_operations = 0;  ///< of the loop for f and f′
};

struct catalogue_row {
    catalogue_entry entry;
    analysis found;
    catalogue_extras extras;
};

inline constexpr const char* picture_directory = "pictures";

/// A few columns, for the terminal.
document catalogue_summary(const std::vector<catalogue_row>& rows);
/// Everything, for Markdown and HTML.
document catalogue_document(const std::vector<catalogue_row>& rows);
/// Every number of every row: a list of what report.json has for one formula.
std::string catalogue_json(const std::vector<catalogue_row>& rows,
                           const std::string& compiled_with);

}  // namespace chainrule::report
