// SPDX-License-Identifier: BSL-1.0
/// A mistake in text is found wherever the text is used, here in evaluate.
// expected-error: chainrule: this formula text cannot be read; beside this message stand the text, the position of the error counted from 1, what was found there and what was expected
// expected-error: "tan(x"}, 6,

#include <chainrule/chainrule.hpp>

using namespace chainrule;
using namespace chainrule::literals;

#ifdef FIXED
constexpr double slope = evaluate(derivative("tan(x)"_f), x = 0.5);
#else
constexpr double slope = evaluate(derivative("tan(x"_f), x = 0.5);
#endif
