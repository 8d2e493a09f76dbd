// SPDX-License-Identifier: BSL-1.0
/// Rewrite rules as data: two formula texts and what the rule assumes. The tables are
/// graph/simplify_rules.hpp, graph/stabilise_rules.hpp and graph/compare_rules.hpp; tests/laws checks
/// every row of them.
#pragma once

#include <string_view>

namespace chainrule::detail {

/// When the two sides of a rule are the same number.
enum class validity {
    always,      ///< for every real value of the symbols
    positive_u,  ///< where u > 0; elsewhere the left side is NaN, the rule may extend it
    finite,  ///< for finite values, where the left side has a value: elsewhere it is or hides a NaN
};

struct rewrite_rule {
    std::string_view before;
    std::string_view after;
    validity holds = validity::always;
    std::string_view reason = {};  ///< why a rule that is not valid everywhere is wanted
};

}  // namespace chainrule::detail
