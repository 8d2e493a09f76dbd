// SPDX-License-Identifier: BSL-1.0
/// The form by name needs x as well.
// expected-error: chainrule: this symbol of the formula has no value; give it one by name
// expected-error: "x"

#include <chainrule/kernel/forward.hpp>
#include <chainrule/op/multiply.hpp>

#include <vector>

using namespace chainrule;
using namespace chainrule::literals;

inline constexpr parameter<"beta"> beta;

void run(const std::vector<float>& in, std::vector<float>& out) {
#ifdef FIXED
    forward(x * beta, out, x = 2.0f, beta = in);
#else
    forward(x * beta, out, beta = in);
#endif
}
