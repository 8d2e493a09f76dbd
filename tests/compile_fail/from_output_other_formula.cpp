// SPDX-License-Identifier: BSL-1.0
/// An output belongs to the formula that made it.
// expected-error: chainrule: this output was saved of another formula; give backward_from_output the formula that made it

#include <chainrule/chainrule.hpp>

#include <vector>

using namespace chainrule;
using namespace chainrule::literals;

inline constexpr parameter<"bias"> bias;

void run(const std::vector<float>& in, const std::vector<float>& grad_out, std::vector<float>& out,
         std::vector<float>& grad_in) {
    (void)in, (void)grad_out, (void)out, (void)grad_in;
    const auto y = forward_saved(tanh(x), in, out);
#ifdef FIXED
    backward_from_output(tanh(x), y, grad_out, grad_in);
#else
    backward_from_output(sigmoid(x), y, grad_out, grad_in);
#endif
}
