// SPDX-License-Identifier: BSL-1.0
/// The commands of the program.
#pragma once

#include "command_line.hpp"

namespace chainrule::report {

void run_report(const request& wanted);
void run_catalogue(const request& wanted);
void run_experiment_command(const request& wanted);

}  // namespace chainrule::report
