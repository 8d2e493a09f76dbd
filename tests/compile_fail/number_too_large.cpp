// SPDX-License-Identifier: BSL-1.0
/// A number must be a double.
// expected-error: chainrule: this number is beyond the range of double

#include <chainrule/chainrule.hpp>

using namespace chainrule;
using namespace chainrule::literals;

#ifdef FIXED
constexpr auto f = 1e308_c * x;
#else
constexpr auto f = 1e309_c * x;
#endif
