// SPDX-License-Identifier: BSL-1.0
/// In the positional form the range is x.
// expected-error: chainrule: a symbol is given two values in one call; keep one of them

#include <chainrule/kernel/forward.hpp>
#include <chainrule/op/multiply.hpp>

#include <vector>

using namespace chainrule;
using namespace chainrule::literals;

inline constexpr parameter<"beta"> beta;

void run(const std::vector<float>& in, std::vector<float>& out) {
#ifdef FIXED
    forward(x * beta, in, out, beta = 1.5f);
#else
    forward(x * beta, in, out, x = in, beta = 1.5f);
#endif
}
