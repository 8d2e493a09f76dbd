// SPDX-License-Identifier: BSL-1.0
/// The gradient of a name that the formula lacks is refused, with the name.
// expected-error: chainrule: the formula has no symbol of this name; correct the name or leave the value out
// expected-error: "gamma"

#include <chainrule/kernel/backward.hpp>
#include <chainrule/op/multiply.hpp>

#include <vector>

using namespace chainrule;
using namespace chainrule::literals;

inline constexpr parameter<"beta"> beta;
inline constexpr parameter<"gamma"> gamma_;

void run(const std::vector<float>& in, std::vector<float>& out) {
#ifdef FIXED
    backward(x * beta, in, x = in, beta = 1.5f, grad(x) = out);
#else
    backward(x * beta, in, x = in, beta = 1.5f, grad(gamma_) = out);
#endif
}
