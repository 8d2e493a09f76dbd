// SPDX-License-Identifier: BSL-1.0
/// An argument too few.
// expected-error: chainrule: this formula text cannot be read; beside this message stand the text, the position of the error counted from 1, what was found there and what was expected
// expected-error: "1 + max(x)"}, 10,
// expected-error: and one more argument of "
// expected-error: "max"

#include <chainrule/chainrule.hpp>

using namespace chainrule;
using namespace chainrule::literals;

#ifdef FIXED
static_assert(!("1 + max(x, 0)"_f == x));
#else
static_assert(!("1 + max(x)"_f == x));
#endif
