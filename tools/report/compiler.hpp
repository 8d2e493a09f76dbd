// SPDX-License-Identifier: BSL-1.0
/// The local C++ compiler and what it must be told.
#pragma once

#include "process.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace chainrule::report {

struct compiler {
    command_line command;  ///< the program and what CXX says after it
    std::string version;   ///< the first line of its --version
    std::vector<std::string> options;
    std::filesystem::path include_directory;  ///< where <chainrule/chainrule.hpp> is
};

/// What the measurements are shown with, beside the version.
inline constexpr const char* optimisation_words = " -O2 -march=native, plain loops with -O3";

/// $CXX, else the first of c++, g++, clang++ that is there. The headers: $CHAINRULE_INCLUDE, else
/// ../include beside this program, else where it was built. Throws user_error.
compiler find_compiler();

}  // namespace chainrule::report
