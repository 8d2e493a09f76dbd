// SPDX-License-Identifier: BSL-1.0
/// The plain loop at -O3.
#include "textbook_loops.hpp"

[[maybe_unused]] static const bool registered = [] {
    textbook::add_all({"gcc -O3"});
    return true;
}();
