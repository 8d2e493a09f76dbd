// SPDX-License-Identifier: BSL-1.0
/// A gradient that would be ignored is refused.
// expected-error: chainrule: grad(symbol) = target stands in backward by name

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
    backward(x * x, in, grad_out, out, grad(x) = out);
#endif
}
