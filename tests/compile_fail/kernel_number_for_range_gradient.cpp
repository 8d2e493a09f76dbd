// SPDX-License-Identifier: BSL-1.0
/// A symbol bound to a range has one gradient per element.
// expected-error: chainrule: this symbol is bound to a range, so its gradient has one value per element; give grad(symbol) = a range
// expected-error: "beta"

#include <chainrule/kernel/backward.hpp>
#include <chainrule/op/multiply.hpp>

#include <vector>

using namespace chainrule;
using namespace chainrule::literals;

inline constexpr parameter<"beta"> beta;

void run(const std::vector<float>& in, const std::vector<float>& grad_out,
         std::vector<float>& out) {
#ifdef FIXED
    backward(x * beta, grad_out, x = in, beta = in, grad(beta) = out);
#else
    float sum = 0;
    backward(x * beta, grad_out, x = in, beta = in, grad(beta) = sum);
#endif
}
