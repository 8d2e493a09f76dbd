// SPDX-License-Identifier: BSL-1.0
/// An activation of your own, written as text: the library reads it at compile time.

#include <chainrule/chainrule.hpp>

#include <cassert>
#include <cmath>
#include <cstdio>
#include <vector>

using namespace chainrule;
using namespace chainrule::literals;

// [define]
inline constexpr parameter<"alpha"> alpha;

/// Linear for x > 0, a bent tail below; alpha sets how deep it goes.
inline constexpr auto bent = "x > 0 ? x : alpha*tanh(x/alpha)"_f;

static_assert(bent == select(x > 0_c, x, alpha* tanh(x / alpha)));
static_assert(evaluate(bent, x = 3.0, alpha = 0.5) == 3.0);
static_assert(evaluate(derivative(bent), x = 3.0, alpha = 0.5) == 1.0);
// [/define]

// [names]
// Every name that is not x and not a function is a parameter. Catalogue names are functions in text.
inline constexpr auto mixed = "gelu(x) + c*relu6(x)"_f;
static_assert(mixed == activations::gelu + parameter<"c">{} * activations::relu6);
// [/names]

int main() {
    // [run]
    const std::vector<double> in{-2.0, -0.5, 0.0, 0.5, 2.0};
    std::vector<double> out(in.size());
    forward(bent, in, out, alpha = 0.5);
    // [/run]
    for (std::size_t i = 0; i < in.size(); ++i) {
        std::printf("bent(%4.1f) = %9.6f\n", in[i], out[i]);
        const double expected = in[i] > 0 ? in[i] : 0.5 * std::tanh(in[i] / 0.5);
        assert(std::abs(out[i] - expected) <= 1e-15);
    }

    // What is printed reads back as the same formula.
    // [round_trip]
    constexpr std::string_view text = to_string(derivative(bent));
    static_assert("x > 0 ? 1 : sech(x/alpha)^2"_f == derivative(bent));
    // [/round_trip]
    std::printf("bent' = %.*s\n", static_cast<int>(text.size()), text.data());
}
