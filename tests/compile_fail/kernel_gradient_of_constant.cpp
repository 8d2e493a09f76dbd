// SPDX-License-Identifier: BSL-1.0
/// A parameter given as a constant of the formula has no gradient.
// expected-error: chainrule: backward returned no gradient for this symbol
// expected-error: "beta"

#include <chainrule/kernel/backward.hpp>
#include <chainrule/op/multiply.hpp>

#include <vector>

using namespace chainrule;
using namespace chainrule::literals;

inline constexpr parameter<"beta"> beta;

double run(const std::vector<float>& in, const std::vector<float>& grad_out,
           std::vector<float>& out) {
#ifdef FIXED
    return backward(x * beta, in, grad_out, out, beta = 1.5f)[beta];
#else
    return backward(x * beta, in, grad_out, out, beta = 1.5_c)[beta];
#endif
}
