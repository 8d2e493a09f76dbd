// SPDX-License-Identifier: BSL-1.0
/// The version of the library, written once: CMake reads the three numbers from this file.
#pragma once

namespace chainrule {

struct library_version_numbers {
    int major = 0;
    int minor = 1;
    int patch = 0;
};

inline constexpr library_version_numbers library_version{};

}  // namespace chainrule
