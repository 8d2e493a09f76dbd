// SPDX-License-Identifier: BSL-1.0
/// A number in text must be a double.
// expected-error: chainrule: this formula text cannot be read; beside this message stand the text, the position of the error counted from 1, what was found there and what was expected
// expected-error: "1e999*x"},
// expected-error: "a number within the range of "

#include <chainrule/chainrule.hpp>

using namespace chainrule;
using namespace chainrule::literals;

#ifdef FIXED
static_assert(!("1e99*x"_f == x));
#else
static_assert(!("1e999*x"_f == x));
#endif
