// SPDX-License-Identifier: BSL-1.0
/// An output is written.
// expected-error: chainrule: an output range must be writable; this one is const

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
    forward(x * x, out, in);
#endif
}
