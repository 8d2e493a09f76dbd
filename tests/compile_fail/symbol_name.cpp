// SPDX-License-Identifier: BSL-1.0
/// Symbols have names that formula text can spell.
// expected-error: chainrule: the name of a symbol consists of letters, digits and _, does not begin with a digit, and is not pi
// expected-error: "2nd"

#include <chainrule/chainrule.hpp>

using namespace chainrule;

#ifdef FIXED
constexpr auto f = parameter<"second_2">{} * x;
#else
constexpr auto f = parameter<"2nd">{} * x;
#endif
