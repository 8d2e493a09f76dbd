// SPDX-License-Identifier: BSL-1.0
/// forward computes no gradients.
// expected-error: chainrule: grad(symbol) = target stands in backward by name

#include <chainrule/kernel/forward.hpp>
#include <chainrule/op/multiply.hpp>

#include <vector>

using namespace chainrule;
using namespace chainrule::literals;

inline constexpr parameter<"beta"> beta;

void run(const std::vector<float>& in, std::vector<float>& out) {
#ifdef FIXED
    forward(x * x, in, out);
#else
    forward(x * x, in, out, grad(x) = out);
#endif
}
