// SPDX-License-Identifier: BSL-1.0
/// == compares formulas as a whole and is no condition.
// expected-error: chainrule: select needs a condition made with <, <=, > or >=; == compares two formulas as a whole and is not a condition

#include <chainrule/chainrule.hpp>

using namespace chainrule;
using namespace chainrule::literals;

#ifdef FIXED
constexpr auto f = select(x <= 0_c, 1_c, x);
#else
constexpr auto f = select(x == 0_c, 1_c, x);
#endif
