// SPDX-License-Identifier: BSL-1.0
/// A character that means nothing in formulas.
// expected-error: chainrule: this formula text cannot be read; beside this message stand the text, the position of the error counted from 1, what was found there and what was expected
// expected-error: "x*y; x"}, 4,
// expected-error: "; x"
// expected-error: "an operator or the end of the "

#include <chainrule/chainrule.hpp>

using namespace chainrule;
using namespace chainrule::literals;

#ifdef FIXED
constexpr auto text = to_string("x*y*x"_f);
#else
constexpr auto text = to_string("x*y; x"_f);
#endif
