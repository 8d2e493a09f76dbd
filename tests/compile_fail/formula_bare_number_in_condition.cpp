// SPDX-License-Identifier: BSL-1.0
/// Nor in a condition.
// expected-error: chainrule: a plain number cannot stand in a formula

#include <chainrule/chainrule.hpp>

using namespace chainrule;
using namespace chainrule::literals;

#ifdef FIXED
constexpr auto f = select(x < 0.5_c, x, 0_c);
#else
constexpr auto f = select(x < 0.5, x, 0_c);
#endif
