// SPDX-License-Identifier: BSL-1.0
/// What the user can put right: one sentence, exit code 2.
#pragma once

#include <stdexcept>

namespace chainrule::report {

struct user_error : std::runtime_error {
    using std::runtime_error::runtime_error;
};

}  // namespace chainrule::report
