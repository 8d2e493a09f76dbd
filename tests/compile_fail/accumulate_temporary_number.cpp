// SPDX-License-Identifier: BSL-1.0
/// accumulate needs something that can be written to.
// expected-error: chainrule: accumulate(target) needs a variable or a range that can be written to, not a temporary number

#include <chainrule/chainrule.hpp>

#include <vector>

using namespace chainrule;
using namespace chainrule::literals;

inline constexpr parameter<"bias"> bias;

void run(const std::vector<float>& in, const std::vector<float>& grad_out, std::vector<float>& out,
         std::vector<float>& grad_in) {
    (void)in, (void)grad_out, (void)out, (void)grad_in;
    double sum = 0;
#ifdef FIXED
    backward(x * bias, grad_out, x = in, bias = 2.0f, grad(bias) = accumulate(sum));
#else
    backward(x * bias, grad_out, x = in, bias = 2.0f, grad(bias) = accumulate(1.5));
#endif
    (void)sum;
}
