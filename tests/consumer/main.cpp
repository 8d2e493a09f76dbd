// SPDX-License-Identifier: BSL-1.0
/// What a user builds against the library, with nothing but the target chainrule::chainrule.

#include <chainrule/chainrule.hpp>
#include <chainrule/core/version.hpp>

#include <array>
#include <cmath>
#include <cstdio>

using namespace chainrule;
using namespace chainrule::literals;

inline constexpr parameter<"beta"> beta;
inline constexpr auto my_swish = x * sigmoid(beta * x);

static_assert(library_version.major == 0);
static_assert(my_swish == "x*sigmoid(beta*x)"_f);
static_assert(derivative(x * x, x) == 2_c * x);
static_assert(evaluate(x * x, x = 3.0) == 9.0);

// The target carries the raised compiler limits: this loop is over the defaults of both compilers.
constexpr int count_to(int n) {
    int count = 0;
    while (count < n) {
        ++count;
    }
    return count;
}
static_assert(count_to(2'000'000) == 2'000'000);

int main() {
    const std::array<float, 3> in{-1.0f, 0.0f, 2.0f};
    std::array<float, 3> out{};
    forward(my_swish, in, out, beta = 1.5f);
    for (std::size_t i = 0; i < in.size(); ++i) {
        const double truth = in[i] / (1.0 + std::exp(-1.5 * in[i]));
        if (!(std::fabs(out[i] - truth) < 1e-6)) {
            std::printf("swish(%g) = %g, expected %g\n", double{in[i]}, double{out[i]}, truth);
            return 1;
        }
    }
}
