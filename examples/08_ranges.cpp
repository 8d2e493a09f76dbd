// SPDX-License-Identifier: BSL-1.0
/// Formulas as range-v3 views, over grids and over anything that can be iterated.

#include <chainrule/chainrule.hpp>
#include <chainrule/interop/ranges.hpp>

#include <range/v3/algorithm/max_element.hpp>
#include <range/v3/numeric/accumulate.hpp>
#include <range/v3/range/conversion.hpp>
#include <range/v3/view/take_while.hpp>
#include <range/v3/view/zip.hpp>

#include <cassert>
#include <cmath>
#include <cstdio>
#include <list>
#include <vector>

using namespace chainrule;
using namespace chainrule::literals;

inline constexpr parameter<"beta"> beta;
inline constexpr auto my_swish = x * sigmoid(beta * x);

int main() {
    // [table]
    const auto grid = linspace(-4, 4, 5);
    const auto slope = derivative(my_swish);
    for (auto [at, value, rise] :
         ranges::views::zip(grid, grid | views::evaluate(my_swish, beta = 1.5),
                            grid | views::evaluate(slope, beta = 1.5))) {
        std::printf("f(%4.1f) = %9.6f   f' = %9.6f\n", at, value, rise);
    }
    // [/table]

    // The steepest slope on a fine grid.
    // [steepest]
    const auto fine = linspace(-10, 10, 20001);
    const auto slopes = fine | views::evaluate(slope, beta = 1.0);
    const auto steepest = ranges::max_element(slopes);
    const double where = fine[steepest - slopes.begin()];
    // [/steepest]
    std::printf("swish is steepest at x = %.3f, with slope %.6f\n", where, *steepest);
    assert(std::abs(where - 2.399) <= 0.001);  // 2 = x tanh(x/2)
    assert(std::abs(*steepest - 1.099839) <= 1e-6);

    // Any range will do; nothing is computed before it is asked for.
    // [lazy]
    const std::list<double> samples{0.5, 1.0, 1.5, -2.0, 3.0};
    const auto values = samples | views::evaluate(x * x) |
        ranges::views::take_while([](double v) { return v < 4; });
    assert((values | ranges::to<std::vector>()) == (std::vector<double>{0.25, 1.0, 2.25}));
    // [/lazy]

    // A chain of activations, layer by layer, and the chain as one formula.
    // [chain]
    const auto twice = views::evaluate(tanh(x)) | views::evaluate(my_swish, beta = 1.5);
    const auto as_one = views::evaluate(my_swish(tanh(x)), beta = 1.5);
    const double difference = ranges::accumulate(
        ranges::views::zip(grid | twice, grid | as_one), 0.0,
        [](double sum, auto pair) { return sum + std::abs(pair.first - pair.second); });
    // [/chain]
    assert(difference <= 1e-15);
}
