// SPDX-License-Identifier: BSL-1.0
/// A function that does not exist, by name.
// expected-error: chainrule: this formula text cannot be read; beside this message stand the text, the position of the error counted from 1, what was found there and what was expected
// expected-error: "x*sigmod(beta*x)"}, 3,
// expected-error: "sigmod(beta*x)"
// expected-error: "the name of a known function; "
// expected-error: sigmod\' is none

#include <chainrule/chainrule.hpp>

using namespace chainrule;
using namespace chainrule::literals;

#ifdef FIXED
static_assert(!("x*sigmoid(beta*x)"_f == x));
#else
static_assert("x*sigmod(beta*x)"_f == x);
#endif
