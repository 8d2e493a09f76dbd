// SPDX-License-Identifier: BSL-1.0
/// Where the slopes from the left and from the right differ: what the derivative is there, and how to
/// find such points.

#include <chainrule/chainrule.hpp>
#include <chainrule/verify/kinks.hpp>

#include <cassert>
#include <cstdio>
#include <limits>

using namespace chainrule;
using namespace chainrule::literals;
using namespace chainrule::activations;

// [policies]
// The usual rule agrees with PyTorch: relu'(0) = 0, relu6'(6) = 0. Other values on request.
static_assert(evaluate(derivative(relu), x = 0.0) == 0);
static_assert(evaluate(derivative(relu, x, kink::left), x = 0.0) == 0);
static_assert(evaluate(derivative(relu, x, kink::right), x = 0.0) == 1);
static_assert(evaluate(derivative(relu, x, kink::mid), x = 0.0) == 0.5);
static_assert(evaluate(derivative(relu6), x = 6.0) == 0);
static_assert(evaluate(derivative(relu6, x, kink::left), x = 6.0) == 1);
static_assert(evaluate(derivative(abs(x)), x = 0.0) == 0);
// [/policies]

// [dead_arm]
// Only the chosen arm is differentiated, so the infinities of the other one never get in the way.
inline constexpr auto guarded = "x > 0 ? log(x) : 0"_f;
static_assert(evaluate(derivative(guarded), x = 0.0) == 0);  // a mask times 1/0 would be NaN
static_assert(evaluate(derivative(guarded), x = 2.0) == 0.5);
// [/dead_arm]

int main() {
    // [find]
    const auto kinks = find_kinks(hard_swish, -10, 10);
    for (const kink_point& k : kinks) {
        std::printf("hard_swish at %g: slope %g on the left, %g on the right\n", k.at, k.left_slope,
                    k.right_slope);
    }
    // [/find]
    assert(kinks.size() == 2);
    const double tolerance = 16 * std::numeric_limits<double>::epsilon();
    assert(kinks[0].at - -3.0 <= tolerance && -3.0 - kinks[0].at <= tolerance);
    assert(kinks[1].at - 3.0 <= tolerance && 3.0 - kinks[1].at <= tolerance);
    assert(kinks[1].left_slope - 1.5 <= tolerance && 1.5 - kinks[1].left_slope <= tolerance);
    assert(kinks[1].right_slope == 1);

    // Smooth on both sides with equal slopes: no kink.
    assert(find_kinks(softsign, -10, 10).empty());
    // A jump is marked as one.
    const auto jumps = find_kinks(hard_shrink, -2, 2);
    assert(jumps.size() == 2 && jumps[0].is_jump && jumps[1].is_jump);
}
