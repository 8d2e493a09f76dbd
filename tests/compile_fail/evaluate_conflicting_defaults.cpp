// SPDX-License-Identifier: BSL-1.0
/// Two defaults of one name are refused until the name is given a value.
// expected-error: chainrule: this parameter has two different defaults in the formula; give it a value by name
// expected-error: "alpha"

#include <chainrule/op/multiply.hpp>
#include <chainrule/program/evaluate.hpp>

using namespace chainrule;
using namespace chainrule::literals;

inline constexpr parameter<"beta"> beta;
inline constexpr auto f = parameter<"alpha", 1.0>{} * x * parameter<"alpha", 2.0>{};

double value() {
#ifdef FIXED
    return evaluate(f, x = 1.0, parameter<"alpha">{} = 3.0);
#else
    return evaluate(f, x = 1.0);
#endif
}
