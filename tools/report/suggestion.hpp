// SPDX-License-Identifier: BSL-1.0
/// "Did you mean …?"
#pragma once

#include <string_view>
#include <vector>

namespace chainrule::report {

/// The name that differs least from `word`, in at most two letters, capitals aside; empty if none is that near.
std::string_view nearest_name(std::string_view word, const std::vector<std::string_view>& names);

}  // namespace chainrule::report
