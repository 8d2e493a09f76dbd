// SPDX-License-Identifier: BSL-1.0
/// What is said of activations in articles, and what is so: every number worked out when it is asked for.
#pragma once

#include "catalogue_page.hpp"

namespace chainrule::report {

/// The costs are those measured for the rows.
section catalogue_claims(const std::vector<catalogue_row>& rows);

}  // namespace chainrule::report
