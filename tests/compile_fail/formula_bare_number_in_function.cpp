// SPDX-License-Identifier: BSL-1.0
/// Nor as an argument of a function.
// expected-error: chainrule: a plain number cannot stand in a formula

#include <chainrule/chainrule.hpp>

using namespace chainrule;
using namespace chainrule::literals;

#ifdef FIXED
constexpr auto f = max(x, 0_c);
#else
constexpr auto f = max(x, 0);
#endif
