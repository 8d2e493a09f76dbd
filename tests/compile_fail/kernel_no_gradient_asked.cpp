// SPDX-License-Identifier: BSL-1.0
/// backward by name computes what it is asked for.
// expected-error: chainrule: backward by name computes what it is asked for; add at least one grad(symbol) = target

#include <chainrule/kernel/backward.hpp>
#include <chainrule/op/multiply.hpp>

#include <vector>

using namespace chainrule;
using namespace chainrule::literals;

inline constexpr parameter<"beta"> beta;

void run(const std::vector<float>& in, const std::vector<float>& grad_out,
         std::vector<float>& out) {
#ifdef FIXED
    backward(x * beta, grad_out, x = in, beta = 2.0f, grad(x) = out);
#else
    backward(x * beta, grad_out, x = in, beta = 2.0f);
#endif
}
