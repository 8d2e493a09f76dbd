// SPDX-License-Identifier: BSL-1.0
/// Numbers in formulas are decimal.
// expected-error: chainrule: numbers in formulas are decimal; write 16_c or 0.5_c, not 0x10_c, 0b10_c or 010_c

#include <chainrule/chainrule.hpp>

using namespace chainrule;
using namespace chainrule::literals;

#ifdef FIXED
constexpr auto f = 16_c * x;
#else
constexpr auto f = 0x10_c * x;
#endif
