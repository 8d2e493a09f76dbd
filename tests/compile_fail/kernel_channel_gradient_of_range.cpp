// SPDX-License-Identifier: BSL-1.0
/// The gradient of a symbol bound to a range has one value per element.
// expected-error: chainrule: this symbol is bound to a range, so its gradient has one value per element, not per channel; give grad(symbol) = a range

#include <chainrule/chainrule.hpp>

#include <vector>

using namespace chainrule;
using namespace chainrule::literals;

inline constexpr parameter<"bias"> bias;

void run(const std::vector<float>& in, const std::vector<float>& grad_out, std::vector<float>& out,
         std::vector<float>& grad_in) {
    (void)in, (void)grad_out, (void)out, (void)grad_in;
#ifdef FIXED
    backward(x * bias, grad_out, x = in, bias = out, grad(bias) = grad_in);
#else
    backward(x * bias, grad_out, x = in, bias = out, grad(bias) = per_channel(grad_in, 1));
#endif
}
