// SPDX-License-Identifier: BSL-1.0
/// Where intervals are divided, and when no more.
#pragma once

#include <chainrule/core/elementary.hpp>

#include <algorithm>

namespace chainrule::detail {

/// Where to look first on an interval, and where to split it: 0 if it is inside, the middle of moderate
/// intervals, the middle exponent of those that span orders of magnitude.
inline long double middle_of(long double lo, long double hi) {
    if (lo < 0 && hi > 0) return 0;
    if (hi <= 0) return -middle_of(-hi, -lo);
    if (lo == 0)
        return hi > 4        ? 1.0L
            : hi > 0x1p-20L  ? hi / 2
            : hi > 0x1p-200L ? hi * 0x1p-20L
                             : hi * 0x1p-200L;
    if (hi / 4 > lo) {
        const int low = elementary::own::decompose(lo).exponent,
                  high = elementary::own::decompose(hi).exponent;
        const long double middle = elementary::own::power_of_two((low + high + 1) / 2);
        if (middle > lo && middle < hi) return middle;
    }
    return lo / 2 + hi / 2;
}

/// Nothing lies between the ends that could be told apart from them.
inline bool is_point_like(long double lo, long double hi) {
    const long double size = std::max(lo < 0 ? -lo : lo, hi < 0 ? -hi : hi);
    return hi - lo <= size * 0x1p-59L || hi - lo < 0x1p-2000L;
}

}  // namespace chainrule::detail
