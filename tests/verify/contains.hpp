// SPDX-License-Identifier: BSL-1.0
/// "The text contains": the matcher has another name in each version of Catch2.
#pragma once

#include <chainrule/verify/catch2.hpp>

#include "support/catch.hpp"

#include <string>

inline auto contains_text(const std::string& text) {
#if CHAINRULE_CATCH_VERSION >= 3
    return Catch::Matchers::ContainsSubstring(text);
#else
    return Catch::Matchers::Contains(text);
#endif
}
