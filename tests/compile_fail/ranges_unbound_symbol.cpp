// SPDX-License-Identifier: BSL-1.0
/// A view of a formula needs a value for every symbol but x.
// expected-error: chainrule: this symbol of the formula has no value; give it one by name

#include <chainrule/interop/ranges.hpp>

#include <vector>

using namespace chainrule;

inline constexpr parameter<"beta"> beta;

double first_value() {
    const std::vector<double> in{1.0};
#ifdef FIXED
    auto values = in | views::evaluate(x * beta, beta = 1.5);
#else
    auto values = in | views::evaluate(x * beta);
#endif
    return *values.begin();
}
