// SPDX-License-Identifier: BSL-1.0
/// Only gradients are added up.
// expected-error: chainrule: accumulate(target) is for gradients, in backward and forward_backward; here give the range itself

#include <chainrule/chainrule.hpp>

#include <vector>

using namespace chainrule;
using namespace chainrule::literals;

inline constexpr parameter<"bias"> bias;

void run(const std::vector<float>& in, const std::vector<float>& grad_out, std::vector<float>& out,
         std::vector<float>& grad_in) {
    (void)in, (void)grad_out, (void)out, (void)grad_in;
#ifdef FIXED
    forward(tanh(x), in, out);
#else
    forward(tanh(x), in, accumulate(out));
#endif
}
