// SPDX-License-Identifier: BSL-1.0
/// A plain number cannot stand in a formula.
// expected-error: chainrule: a plain number cannot stand in a formula, because a formula lives in its type; write the number with _c, as in 2.0_c * x, or write the formula as text, as in "2.0*x"_f

#include <chainrule/chainrule.hpp>

using namespace chainrule;
using namespace chainrule::literals;

#ifdef FIXED
constexpr auto f = 2.0_c * x;
#else
constexpr auto f = 2.0 * x;
#endif
