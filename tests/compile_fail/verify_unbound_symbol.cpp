// SPDX-License-Identifier: BSL-1.0
/// A check needs a value for every symbol but x.
// expected-error: chainrule: this symbol of the formula has no value; give it one by name

#include <chainrule/verify/gradient_check.hpp>

using namespace chainrule;

inline constexpr parameter<"beta"> beta;
inline constexpr parameter<"slope"> slope;

bool passes() {
#ifdef FIXED
    return check_derivatives(x * beta, {}, x, beta = 2.0).passed;
#else
    return check_derivatives(x * beta).passed;
#endif
}
