// SPDX-License-Identifier: BSL-1.0
/// The scorecard: what people ask of an activation, one row for each.
#pragma once

#include "catalogue_page.hpp"

namespace chainrule::report {

/// Vanishing, exploding, dead zone, centring, smoothness, bounds, saturation, monotony and cost.
section catalogue_scorecard(const std::vector<catalogue_row>& rows);

/// Looked for beside the report of a row: the long chain and the operations.
catalogue_extras find_catalogue_extras(const formula& subject);

}  // namespace chainrule::report
