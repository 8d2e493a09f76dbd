// SPDX-License-Identifier: BSL-1.0
/// A formula is called with formulas, named values or numbers.
// expected-error: chainrule: a formula is called with another formula, f(g), with named values, f(beta = 1.5_c), or with a number, f(0.5)
// expected-error: const char

#include <chainrule/chainrule.hpp>

using namespace chainrule;
using namespace chainrule::literals;

#ifdef FIXED
constexpr auto f = (x * x)("2*x"_f);
#else
constexpr auto f = (x * x)("2*x");
#endif
