// SPDX-License-Identifier: BSL-1.0
/// An output is written.
// expected-error: chainrule: an output range must be writable; this one is const

#include <chainrule/kernel/forward.hpp>
#include <chainrule/op/multiply.hpp>

#include <vector>

using namespace chainrule;
using namespace chainrule::literals;

inline constexpr parameter<"beta"> beta;

void run(const std::vector<float>& in, const std::vector<float>& grad_out,
         std::vector<float>& out) {
#ifdef FIXED
    std::vector<float> slope(in.size());
    value_and_derivative(x * x, in, out, slope);
#else
    value_and_derivative(x * x, in, out, grad_out);
#endif
}
