// SPDX-License-Identifier: BSL-1.0
/// The plain loop at -Ofast with 512-bit vectors: the compiler calls glibc's libmvec. Only this file is
/// compiled so, and the program is linked without it, as -ffast-math at the link sets flush-to-zero.
#include "textbook_loops.hpp"

[[maybe_unused]] static const bool registered = [] {
    textbook::add_all({"libmvec"});
    textbook::add_simplified({"libmvec, simplified"});
    return true;
}();
