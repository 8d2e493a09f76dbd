// SPDX-License-Identifier: BSL-1.0
/// A view of a formula takes no value for a name that the formula lacks.
// expected-error: chainrule: the formula has no symbol of this name; correct the name or leave the value out

#include <chainrule/interop/ranges.hpp>

#include <vector>

using namespace chainrule;

inline constexpr parameter<"beta"> beta;

double first_value() {
    const std::vector<double> in{1.0};
#ifdef FIXED
    auto values = in | views::evaluate(x * x);
#else
    auto values = in | views::evaluate(x * x, beta = 1.5);
#endif
    return *values.begin();
}
