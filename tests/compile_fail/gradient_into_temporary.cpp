// SPDX-License-Identifier: BSL-1.0
/// A gradient needs a place to go to.
// expected-error: chainrule: grad(symbol) = target needs a variable or a range that can be written to, not a temporary number

#include <chainrule/chainrule.hpp>

using namespace chainrule;
using namespace chainrule::literals;

#ifdef FIXED
inline double sum = 0;
inline auto request() { return grad(x) = sum; }
#else
inline auto request() { return grad(x) = 1.0; }
#endif
