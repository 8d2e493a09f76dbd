// SPDX-License-Identifier: BSL-1.0
/// backward returns the gradients of parameters bound to numbers only; the name is shown.
// expected-error: chainrule: backward returned no gradient for this symbol
// expected-error: "gamma"

#include <chainrule/kernel/backward.hpp>
#include <chainrule/op/multiply.hpp>

#include <vector>

using namespace chainrule;
using namespace chainrule::literals;

inline constexpr parameter<"beta"> beta;
inline constexpr parameter<"gamma"> gamma_;

double run(const std::vector<float>& in, const std::vector<float>& grad_out,
           std::vector<float>& out) {
#ifdef FIXED
    return backward(x * beta, in, grad_out, out, beta = 1.5f)[beta];
#else
    return backward(x * beta, in, grad_out, out, beta = 1.5f)[gamma_];
#endif
}
