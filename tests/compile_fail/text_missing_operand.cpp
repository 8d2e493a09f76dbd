// SPDX-License-Identifier: BSL-1.0
/// An operator without its right side.
// expected-error: chainrule: this formula text cannot be read; beside this message stand the text, the position of the error counted from 1, what was found there and what was expected
// expected-error: "x +"}, 4,
// expected-error: "the end of the text"
// expected-error: "a number, a name or

#include <chainrule/chainrule.hpp>

using namespace chainrule;
using namespace chainrule::literals;

#ifdef FIXED
static_assert(!("x + 1"_f == x));
#else
static_assert(!("x +"_f == x));
#endif
