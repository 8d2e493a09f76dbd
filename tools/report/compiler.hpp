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

/// $CXX, else the first of c++, g++, clang++ that is there. The headers: $CHAINRULE_INCLUDE, else
/// ../include beside this program, else where it was built. Throws user_error.
compiler find_compiler();

}  // namespace chainrule::report
