// SPDX-License-Identifier: BSL-1.0
/// There is no derivative with respect to a name that the formula lacks.
// expected-error: chainrule: the formula has no symbol of this name; correct the name or leave the value out

#include <chainrule/verify/gradient_check.hpp>

using namespace chainrule;

inline constexpr parameter<"beta"> beta;
inline constexpr parameter<"slope"> slope;

bool passes() {
#ifdef FIXED
    return check_derivatives(x * beta, {}, beta, beta = 2.0).passed;
#else
    return check_derivatives(x * beta, {}, slope, beta = 2.0).passed;
#endif
}
