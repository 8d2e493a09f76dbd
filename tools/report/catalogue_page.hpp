// SPDX-License-Identifier: BSL-1.0
/// The page of the whole catalogue.
#pragma once

#include "analysis.hpp"
#include "catalogue_entries.hpp"
#include "document.hpp"

#include <string>
#include <vector>

namespace chainrule::report {

struct catalogue_row {
    catalogue_entry entry;
    analysis found;
};

inline constexpr const char* picture_directory = "pictures";

/// A few columns, for the terminal.
document catalogue_summary(const std::vector<catalogue_row>& rows);
/// Everything, for Markdown and HTML.
document catalogue_document(const std::vector<catalogue_row>& rows);

}  // namespace chainrule::report
