// SPDX-License-Identifier: BSL-1.0
/// backward_from_output takes no plain range: it could be the input.
// expected-error: chainrule: backward_from_output takes a saved output, which forward_saved(f, in, out) returns and saved_output(f, out) declares; a plain range could be the input

#include <chainrule/chainrule.hpp>

#include <vector>

using namespace chainrule;
using namespace chainrule::literals;

inline constexpr parameter<"bias"> bias;

void run(const std::vector<float>& in, const std::vector<float>& grad_out, std::vector<float>& out,
         std::vector<float>& grad_in) {
    (void)in, (void)grad_out, (void)out, (void)grad_in;
#ifdef FIXED
    backward_from_output(tanh(x), saved_output(tanh(x), out), grad_out, grad_in);
#else
    backward_from_output(tanh(x), out, grad_out, grad_in);
#endif
}
