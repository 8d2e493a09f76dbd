// SPDX-License-Identifier: BSL-1.0
/// numerically_dead_inputs(f): where the float kernel gives slope 0 although f′ is a number float has.
#pragma once

#include <chainrule/kernel/forward.hpp>
#include <chainrule/program/evaluate.hpp>

#include <cmath>
#include <limits>
#include <vector>

namespace chainrule {

/// A gradient that dies by rounding, not by mathematics: inputs x at which the float kernel's f′(x) is 0 while
/// |f′(x)|, worked out in long double, is at least the smallest positive float. Looked for at both ends and
/// inside of every binade, `per_binade` points each, of both signs. Parameters take their defaults.
template<expression F>
std::vector<float> numerically_dead_inputs(F f, int per_binade = 32) {
    std::vector<float> in{0.0F};
    for (int exponent = -149; exponent < 128; ++exponent) {
        for (int k = 0; k < per_binade; ++k) {
            const float size =
                std::ldexp(1 + static_cast<float>(k) / static_cast<float>(per_binade), exponent);
            in.push_back(size);
            in.push_back(-size);
        }
    }
    std::vector<float> value(in.size()), slope(in.size()), dead;
    value_and_derivative(f, in, value, slope);
    for (std::size_t i = 0; i < in.size(); ++i) {
        if (slope[i] != 0) continue;
        const double exact = evaluate(derivative(f), x = static_cast<double>(in[i]));
        if (std::abs(exact) >= static_cast<double>(std::numeric_limits<float>::denorm_min()))
            dead.push_back(in[i]);
    }
    return dead;
}

}  // namespace chainrule
