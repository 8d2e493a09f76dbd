// SPDX-License-Identifier: BSL-1.0
/// An argument that is no binding is refused.
// expected-error: chainrule: a kernel call takes bindings, such as beta = 1.5f, x = values or grad(x) = slopes, and policies such as kink::left or parallel; anything else is refused

#include <chainrule/kernel/backward.hpp>
#include <chainrule/op/multiply.hpp>

#include <vector>

using namespace chainrule;
using namespace chainrule::literals;

inline constexpr parameter<"beta"> beta;

void run(const std::vector<float>& in, const std::vector<float>& grad_out,
         std::vector<float>& out) {
#ifdef FIXED
    backward(x * x, in, grad_out, out);
#else
    backward(x * x, in, grad_out, out, 3.0);
#endif
}
