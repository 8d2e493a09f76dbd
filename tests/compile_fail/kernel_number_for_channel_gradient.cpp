// SPDX-License-Identifier: BSL-1.0
/// The gradient of a symbol bound per channel is a range.
// expected-error: chainrule: this symbol is bound per channel, so its gradient has one value per channel; give grad(symbol) = a range

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
    backward(x * bias, grad_out, x = in, bias = per_channel(out, 1), grad(bias) = grad_in);
#else
    backward(x * bias, grad_out, x = in, bias = per_channel(out, 1), grad(bias) = sum);
#endif
    (void)sum;
}
