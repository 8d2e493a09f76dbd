// SPDX-License-Identifier: BSL-1.0
/// A number and a name with nothing between them.
// expected-error: chainrule: this formula text cannot be read; beside this message stand the text, the position of the error counted from 1, what was found there and what was expected
// expected-error: "1 + 2x"}, 6,
// expected-error: "an operator between number "
// expected-error: "and name"

#include <chainrule/chainrule.hpp>

using namespace chainrule;
using namespace chainrule::literals;

#ifdef FIXED
static_assert(!("1 + 2*x"_f == x));
#else
static_assert(!("1 + 2x"_f == x));
#endif
