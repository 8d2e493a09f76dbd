// SPDX-License-Identifier: BSL-1.0
/// One gradient, one target.
// expected-error: chainrule: a gradient is asked for twice in one call

#include <chainrule/kernel/backward.hpp>
#include <chainrule/op/multiply.hpp>

#include <vector>

using namespace chainrule;
using namespace chainrule::literals;

inline constexpr parameter<"beta"> beta;

void run(const std::vector<float>& in, std::vector<float>& out, std::vector<float>& again) {
#ifdef FIXED
    backward(x * x, in, x = in, grad(x) = out);
#else
    backward(x * x, in, x = in, grad(x) = out, grad(x) = again);
#endif
}
