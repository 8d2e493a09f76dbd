// SPDX-License-Identifier: BSL-1.0
/// One name, one formula.
// expected-error: chainrule: a symbol is given two values in one call; keep one of them

#include <chainrule/op/multiply.hpp>
#include <chainrule/program/evaluate.hpp>

using namespace chainrule;
using namespace chainrule::literals;

inline constexpr parameter<"beta"> beta;

double value() {
#ifdef FIXED
    return evaluate(x * beta, x = 1.0, beta = 2_c);
#else
    return evaluate(x * beta, x = 1.0, beta = 2_c, beta = 2.0);
#endif
}
