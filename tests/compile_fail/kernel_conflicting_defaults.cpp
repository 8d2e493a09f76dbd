// SPDX-License-Identifier: BSL-1.0
/// Two defaults of one name are refused until the name is given a value.
// expected-error: chainrule: this parameter has two different defaults in the formula; give it a value by name
// expected-error: "alpha"

#include <chainrule/kernel/forward.hpp>
#include <chainrule/op/multiply.hpp>

#include <vector>

using namespace chainrule;
using namespace chainrule::literals;

inline constexpr parameter<"beta"> beta;
inline constexpr auto f = parameter<"alpha", 1.0>{} * x * parameter<"alpha", 2.0>{};

void run(const std::vector<float>& in, std::vector<float>& out) {
#ifdef FIXED
    forward(f, in, out, parameter<"alpha">{} = 3.0f);
#else
    forward(f, in, out);
#endif
}
