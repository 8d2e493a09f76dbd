// SPDX-License-Identifier: BSL-1.0
/// The range is x.
// expected-error: chainrule: views::evaluate takes x from the range; leave its value out

#include <chainrule/interop/ranges.hpp>

#include <vector>

using namespace chainrule;

inline constexpr parameter<"beta"> beta;

double first_value() {
    const std::vector<double> in{1.0};
#ifdef FIXED
    auto values = in | views::evaluate(x * beta, beta = 1.5);
#else
    auto values = in | views::evaluate(x * beta, x = 2.0, beta = 1.5);
#endif
    return *values.begin();
}
