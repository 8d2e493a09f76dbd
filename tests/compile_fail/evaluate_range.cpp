// SPDX-License-Identifier: BSL-1.0
/// evaluate works on numbers.
// expected-error: chainrule: evaluate takes numbers, as in evaluate(f, x = 3.0); for ranges use forward(f, in, out)

#include <chainrule/op/multiply.hpp>
#include <chainrule/program/evaluate.hpp>

#include <vector>

using namespace chainrule;
using namespace chainrule::literals;

inline constexpr parameter<"beta"> beta;

double value(const std::vector<double>& in) {
#ifdef FIXED
    return evaluate(x * x, x = in[0]);
#else
    return evaluate(x * x, x = in);
#endif
}
