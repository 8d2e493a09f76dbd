// SPDX-License-Identifier: BSL-1.0
/// The formula as C++ with std:: functions, the way one writes it by hand: textbook form, nothing
/// stabilised. What the fused kernel is compared with.
#pragma once

#include "formula.hpp"

#include <string>

namespace chainrule::report {

struct plain_code {
    std::string value;  ///< body of a loop from `const float x` to `value[i] = …`; may be empty
    std::string backward;  ///< ends in `grad_in[i] = grad_out[i] * …`
    std::string why_not;   ///< if empty above: the primitive that has no counterpart in std::
};

plain_code write_plain_code(const formula& f);

}  // namespace chainrule::report
