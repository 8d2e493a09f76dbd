// SPDX-License-Identifier: BSL-1.0
/// A second array has no place in a view of one range.
// expected-error: chainrule: views::evaluate takes numbers by name, as in views::evaluate(f, beta = 1.5)

#include <chainrule/interop/ranges.hpp>

#include <vector>

using namespace chainrule;

inline constexpr parameter<"beta"> beta;

double first_value() {
    const std::vector<double> in{1.0};
#ifdef FIXED
    auto values = in | views::evaluate(x * beta, beta = 1.5);
#else
    auto values = in | views::evaluate(x * beta, beta = in);
#endif
    return *values.begin();
}
