// SPDX-License-Identifier: BSL-1.0
/// The first formula: write it, differentiate it, run it over an array.

// [program]
#include <chainrule/chainrule.hpp>

#include <cassert>
#include <iostream>

using namespace chainrule;  // x, functions, verbs

constexpr parameter<"beta"> beta;
constexpr auto my_swish = x * sigmoid(beta * x);                            // the formula
static_assert(evaluate(derivative(my_swish), x = 0.0, beta = 1.5) == 0.5);  // at compile time

int main() {
    const float in[] = {-4, -1, 0, 1, 4};
    float value[5], slope[5];
    value_and_derivative(my_swish, in, value, slope, beta = 1.5f);  // one vector loop
    std::cout << "f' = " << to_string(derivative(my_swish)) << '\n';
    for (int i : {0, 1, 2, 3, 4})
        std::cout << in[i] << ": " << value[i] << ", " << slope[i] << '\n';
    assert(slope[2] == 0.5f);
}
// [/program]
