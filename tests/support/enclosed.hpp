// SPDX-License-Identifier: BSL-1.0
/// What tests ask of a certified bound: it contains the truth, and is narrow.
#pragma once

#include <chainrule/core/interval.hpp>

#include "support/catch.hpp"

#include <cmath>

/// 1e-12 of the truth's size wide at most, of `size_of_zero` where the truth is 0; exact where it is infinite.
/// A long double next to the truth is on its side of every double that bounds it.
inline void check_enclosed(const chainrule::interval& found, long double truth,
                           double size_of_zero = 0) {
    INFO("[" << found.lo << ", " << found.hi << "] around " << static_cast<double>(truth));
    CHECK(static_cast<long double>(found.lo) <= truth);
    CHECK(truth <= static_cast<long double>(found.hi));
    if (std::isinf(truth)) {
        CHECK(found.lo == found.hi);
    } else {
        const double size = truth == 0 ? size_of_zero : static_cast<double>(std::fabs(truth));
        CHECK(found.width() <= 1e-12 * size);
    }
}
