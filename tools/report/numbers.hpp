// SPDX-License-Identifier: BSL-1.0
/// Numbers as people read them.
#pragma once

#include <string>

namespace chainrule::report {

/// "0.25", "−1.5" is written "-1.5", infinities as ∞, NaN as "undefined".
std::string show(double v, int digits = 6);
/// e^log_value, also where that is beyond the range of double.
std::string show_exponential(double log_value);
/// "12.3 %"; never rounds something that is there to "0 %", nor something missing to "100 %".
std::string show_share(double share);
/// 1234567 as "1 234 567".
std::string show_count(unsigned long long n);
/// x₁₂ and the like.
std::string subscript(int n);

}  // namespace chainrule::report
