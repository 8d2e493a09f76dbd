// SPDX-License-Identifier: BSL-1.0
/// gelu's slope is not a function of its output.
// expected-error: chainrule: the slope of this formula is not a function of its output, or cannot be found; beside this message stands why; keep the input and call backward

#include <chainrule/chainrule.hpp>

#include <vector>

using namespace chainrule;
using namespace chainrule::literals;

inline constexpr parameter<"bias"> bias;

void run(const std::vector<float>& in, const std::vector<float>& grad_out, std::vector<float>& out,
         std::vector<float>& grad_in) {
    (void)in, (void)grad_out, (void)out, (void)grad_in;
#ifdef FIXED
    const auto y = forward_saved(activations::elu, in, out);
    backward_from_output(activations::elu, y, grad_out, grad_in);
#else
    const auto y = forward_saved(activations::gelu, in, out);
    backward_from_output(activations::gelu, y, grad_out, grad_in);
#endif
}
