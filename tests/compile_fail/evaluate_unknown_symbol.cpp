// SPDX-License-Identifier: BSL-1.0
/// A value for a name that the formula lacks is refused, with the name.
// expected-error: chainrule: the formula has no symbol of this name; correct the name or leave the value out
// expected-error: "gamma"

#include <chainrule/op/multiply.hpp>
#include <chainrule/program/evaluate.hpp>

using namespace chainrule;
using namespace chainrule::literals;

inline constexpr parameter<"beta"> beta;
inline constexpr parameter<"gamma"> gamma_;

double value() {
#ifdef FIXED
    return evaluate(x * beta, x = 1.0, beta = 2.0);
#else
    return evaluate(x * beta, x = 1.0, beta = 2.0, gamma_ = 3.0);
#endif
}
