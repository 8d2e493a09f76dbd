// SPDX-License-Identifier: BSL-1.0
/// A way out of analyses that take too long.
#pragma once

namespace chainrule {

using interruption = void (*)();

/// Called every so often by the analyses of this thread (between evaluations of a formula), if set. It may
/// throw: the exception leaves the analysis, which has nothing to undo. That is how a program sets a time
/// limit or stops at Ctrl-C.
inline thread_local constinit interruption analysis_interruption = nullptr;

namespace detail {

inline void allow_interruption() {
    if (analysis_interruption != nullptr) analysis_interruption();
}

}  // namespace detail

}  // namespace chainrule
