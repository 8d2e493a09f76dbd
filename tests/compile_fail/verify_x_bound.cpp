// SPDX-License-Identifier: BSL-1.0
/// A check moves x itself.
// expected-error: chainrule: a check moves x itself; give the interval with from and to

#include <chainrule/verify/gradient_check.hpp>

using namespace chainrule;

inline constexpr parameter<"beta"> beta;
inline constexpr parameter<"slope"> slope;

bool passes() {
#ifdef FIXED
    return check_derivatives(x * beta, {}, x, beta = 2.0).passed;
#else
    return check_derivatives(x * beta, {}, x, x = 1.0, beta = 2.0).passed;
#endif
}
