// SPDX-License-Identifier: BSL-1.0
/// One call, one element type; the range is named by its symbol.
// expected-error: chainrule: all ranges of one call must have the same element type
// expected-error: "gate"

#include <chainrule/kernel/forward.hpp>
#include <chainrule/op/multiply.hpp>

#include <vector>

using namespace chainrule;
using namespace chainrule::literals;

inline constexpr parameter<"beta"> beta;
inline constexpr variable<"gate"> gate;

void run(const std::vector<double>& b, const std::vector<float>& a, std::vector<float>& out) {
#ifdef FIXED
    forward(x * gate, out, x = a, gate = a);
#else
    forward(x * gate, out, x = a, gate = b);
#endif
}
