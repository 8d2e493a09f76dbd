// SPDX-License-Identifier: BSL-1.0
/// An analysis of a formula with an open parameter names it.
// expected-error: chainrule: this symbol of the formula has no value; give it one by name
// expected-error: "beta"

#include <chainrule/analysis/range.hpp>

using namespace chainrule;
using namespace chainrule::literals;

inline constexpr parameter<"beta"> beta;

double bound() {
    constexpr auto formula = x * sigmoid(beta * x);
#ifdef FIXED
    return lipschitz(formula(beta = 2_c)).hi;
#else
    return lipschitz(formula).hi;
#endif
}
