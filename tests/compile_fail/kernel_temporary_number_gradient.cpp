// SPDX-License-Identifier: BSL-1.0
/// A sum has to go somewhere.
// expected-error: chainrule: grad(symbol) = target needs a variable or a range that can be written to, not a temporary number

#include <chainrule/kernel/backward.hpp>
#include <chainrule/op/multiply.hpp>

#include <vector>

using namespace chainrule;
using namespace chainrule::literals;

inline constexpr parameter<"beta"> beta;

void run(const std::vector<float>& in, const std::vector<float>& grad_out,
         std::vector<float>& out) {
#ifdef FIXED
    double sum = 0;
    backward(x * beta, grad_out, x = in, beta = 2.0f, grad(beta) = sum, grad(x) = out);
#else
    backward(x * beta, grad_out, x = in, beta = 2.0f, grad(beta) = 0.0, grad(x) = out);
#endif
}
