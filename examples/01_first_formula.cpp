// SPDX-License-Identifier: BSL-1.0
/// The first formula: write it, differentiate it, run it over an array.

// [program]
#include <chainrule/chainrule.hpp>

#include <cassert>
#include <cmath>
#include <cstdio>
#include <vector>

using namespace chainrule;            // x, functions, verbs
using namespace chainrule::literals;  // 2_c, "x*sigmoid(beta*x)"_f

inline constexpr parameter<"beta"> beta;
inline constexpr auto my_swish = x * sigmoid(beta * x);

static_assert(derivative(x * x) == 2_c * x);
static_assert(my_swish == "x*sigmoid(beta*x)"_f);
static_assert(evaluate(my_swish, x = 0.0, beta = 1.5) == 0.0);

int main() {
    constexpr std::string_view slope_text =
        to_string(derivative(my_swish));  // made by the compiler
    std::printf("f' = %.*s\n", static_cast<int>(slope_text.size()), slope_text.data());

    const std::vector<float> in{-4, -1, 0, 1, 4};
    std::vector<float> value(in.size());
    std::vector<float> slope(in.size());
    value_and_derivative(my_swish, in, value, slope,
                         beta = 1.5f);  // one loop, shared subexpressions
    for (std::size_t i = 0; i < in.size(); ++i) {
        std::printf("f(%2.0f) = %9.6f   f' = %9.6f\n", double{in[i]}, double{value[i]},
                    double{slope[i]});
    }
    assert(value[2] == 0.0f && slope[2] == 0.5f);
    assert(std::abs(value[3] - value[1] - 1) < 1e-6f);  // f(1) - f(-1) = 1
}
// [/program]
