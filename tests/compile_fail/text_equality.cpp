// SPDX-License-Identifier: BSL-1.0
/// Formula text knows no ==, either.
// expected-error: chainrule: this formula text cannot be read; beside this message stand the text, the position of the error counted from 1, what was found there and what was expected
// expected-error: "x == 1 ? 2 : 3"}, 3,
// expected-error: "== 1 ? 2 : 3"
// expected-error: "<, <=, > or >= (formulas have "

#include <chainrule/chainrule.hpp>

using namespace chainrule;
using namespace chainrule::literals;

#ifdef FIXED
static_assert(!("x <= 1 ? 2 : 3"_f == x));
#else
static_assert(!("x == 1 ? 2 : 3"_f == x));
#endif
