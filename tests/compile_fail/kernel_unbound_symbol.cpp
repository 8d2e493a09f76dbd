// SPDX-License-Identifier: BSL-1.0
/// A symbol without a value and without a default is named.
// expected-error: chainrule: this symbol of the formula has no value; give it one by name
// expected-error: "beta"

#include <chainrule/kernel/forward.hpp>
#include <chainrule/op/multiply.hpp>

#include <vector>

using namespace chainrule;
using namespace chainrule::literals;

inline constexpr parameter<"beta"> beta;

void run(const std::vector<float>& in, std::vector<float>& out) {
#ifdef FIXED
    forward(x * beta, in, out, beta = 1.5f);
#else
    forward(x * beta, in, out);
#endif
}
