// SPDX-License-Identifier: BSL-1.0
/// A symbol without a value and without a default is named.
// expected-error: chainrule: this symbol of the formula has no value; give it one by name
// expected-error: "beta"

#include <chainrule/op/multiply.hpp>
#include <chainrule/program/evaluate.hpp>

using namespace chainrule;
using namespace chainrule::literals;

inline constexpr parameter<"beta"> beta;

double value() {
#ifdef FIXED
    return evaluate(x * beta, x = 1.0, beta = 2.0);
#else
    return evaluate(x * beta, x = 1.0);
#endif
}
