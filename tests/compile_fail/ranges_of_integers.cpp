// SPDX-License-Identifier: BSL-1.0
/// A formula has no values of type int.
// expected-error: chainrule: views::evaluate works on ranges of float or double; convert the elements first

#include <chainrule/interop/ranges.hpp>

#include <vector>

using namespace chainrule;

inline constexpr parameter<"beta"> beta;

double first_value() {
    const std::vector<double> in{1.0};
#ifdef FIXED
    auto values = in | views::evaluate(x * beta, beta = 1.5);
#else
    const std::vector<int> integers{1};
    auto values = integers | views::evaluate(x * beta, beta = 1.5);
#endif
    return *values.begin();
}
