// SPDX-License-Identifier: BSL-1.0
/// The two commands of the program.
#pragma once

#include "command_line.hpp"

namespace chainrule::report {

void run_report(const request& wanted);
void run_catalogue(const request& wanted);

}  // namespace chainrule::report
