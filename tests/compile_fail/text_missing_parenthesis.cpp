// SPDX-License-Identifier: BSL-1.0
/// A parenthesis that is not closed.
// expected-error: chainrule: this formula text cannot be read; beside this message stand the text, the position of the error counted from 1, what was found there and what was expected
// expected-error: "tanh(x*(1 + x)"}, 15,
// expected-error: "the end of the text"
// expected-error: after the last argument

#include <chainrule/chainrule.hpp>

using namespace chainrule;
using namespace chainrule::literals;

#ifdef FIXED
static_assert(!("tanh(x*(1 + x))"_f == x));
#else
static_assert(!("tanh(x*(1 + x)"_f == x));
#endif
