// SPDX-License-Identifier: BSL-1.0
/// One call, one element type; the range is named by its symbol.
// expected-error: chainrule: all ranges of one call must have the same element type
// expected-error: "x"

#include <chainrule/kernel/forward.hpp>
#include <chainrule/op/multiply.hpp>

#include <vector>

using namespace chainrule;
using namespace chainrule::literals;

inline constexpr parameter<"beta"> beta;

void run(const std::vector<double>& in, std::vector<float>& out,
         std::vector<double>& out_of_doubles) {
#ifdef FIXED
    forward(x * x, in, out_of_doubles);
#else
    forward(x * x, in, out);
#endif
}
