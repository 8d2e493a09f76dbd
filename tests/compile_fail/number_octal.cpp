// SPDX-License-Identifier: BSL-1.0
/// 010 is 8 to the compiler and 10 to the reader.
// expected-error: chainrule: numbers in formulas are decimal; write 16_c or 0.5_c, not 0x10_c, 0b10_c or 010_c

#include <chainrule/chainrule.hpp>

using namespace chainrule;
using namespace chainrule::literals;

#ifdef FIXED
constexpr auto f = 10_c * x + 0.5_c + 0_c + 0e1_c + 00.5_c;
#else
constexpr auto f = 010_c * x;
#endif
