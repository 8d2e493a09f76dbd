// SPDX-License-Identifier: BSL-1.0
/// Kernels have no arithmetic on int.
// expected-error: chainrule: kernels work on contiguous ranges of float, double, float16 or bfloat16, such as std::vector<float>, std::array, std::span or a C array

#include <chainrule/kernel/forward.hpp>
#include <chainrule/op/multiply.hpp>

#include <vector>

using namespace chainrule;
using namespace chainrule::literals;

inline constexpr parameter<"beta"> beta;

void run(std::vector<int>& integers, std::vector<float>& in, std::vector<float>& out) {
#ifdef FIXED
    forward(x * x, in, out);
#else
    forward(x * x, integers, out);
#endif
}
