// SPDX-License-Identifier: BSL-1.0
/// A saved output is no input.
// expected-error: chainrule: kernels work on contiguous ranges of float, double, float16 or bfloat16, such as std::vector<float>, std::array, std::span or a C array

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
    backward(tanh(x), y, grad_out, grad_in);
#endif
}
