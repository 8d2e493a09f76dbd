// SPDX-License-Identifier: BSL-1.0
/// The clock for time limits: a busy machine must not change the answers.
#pragma once

#include <ctime>

namespace chainrule::report {

/// Seconds that this thread has worked so far, not those it has waited.
inline double processor_seconds() {
    std::timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

}  // namespace chainrule::report
