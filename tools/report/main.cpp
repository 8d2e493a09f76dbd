// SPDX-License-Identifier: BSL-1.0
/// chainrule report "FORMULA", chainrule experiment "FORMULA", chainrule catalogue.
#include "commands.hpp"
#include "progress.hpp"
#include "user_error.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <exception>

int main(int count, char** words) {
    using namespace chainrule::report;
    try {
        watch_for_interrupts();
        const request wanted = read_command_line(count, words);
        if (wanted.what == request::kind::report) run_report(wanted);
        if (wanted.what == request::kind::catalogue) run_catalogue(wanted);
        if (wanted.what == request::kind::experiment) run_experiment_command(wanted);
        return 0;
    } catch (const user_error& problem) {
        fmt::print(stderr, "chainrule: {}\n", problem.what());
        return 2;
    } catch (const std::exception& problem) {
        fmt::print(stderr, "chainrule: {}\n", problem.what());
        return 1;
    }
}
