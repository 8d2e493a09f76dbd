// SPDX-License-Identifier: BSL-1.0
/// Parameters of backward_from_output are numbers.
// expected-error: chainrule: backward_from_output takes parameters as numbers; with ranges keep the input and call backward

#include <chainrule/chainrule.hpp>

#include <vector>

using namespace chainrule;
using namespace chainrule::literals;

inline constexpr parameter<"bias"> bias;

void run(const std::vector<float>& in, const std::vector<float>& grad_out, std::vector<float>& out,
         std::vector<float>& grad_in) {
    (void)in, (void)grad_out, (void)out, (void)grad_in;
    const auto y = forward_saved(tanh(x) + bias, in, out, bias = 0.5f);
#ifdef FIXED
    backward_from_output(tanh(x) + bias, y, grad_out, grad_in, bias = 0.5f);
#else
    backward_from_output(tanh(x) + bias, y, grad_out, grad_in, bias = in);
#endif
}
