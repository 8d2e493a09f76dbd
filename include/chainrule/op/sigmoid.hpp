// SPDX-License-Identifier: BSL-1.0
/// σ(u) = 1/(1 + e^−u); range (0, 1) — not 2/(1 + e^−u), which has range (0, 2)
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct sigmoid_primitive {
    static constexpr std::string_view name = "sigmoid";
    static constexpr int arity = 1;
    static constexpr bool raises_exceptions = true;
    template<class V>
    static constexpr V value(V u) {
        using detail::elementary::sigmoid;
        return sigmoid(u);
    }
    template<class I>
    static constexpr I range(I u) {
        return increasing<sigmoid_primitive>(u, 0, 1);
    }
    // σ(−u), not 1 − σ(u): the latter is 0 from u = 37 on, where the slope is still 1e-16.
    static constexpr auto derivative(auto u, auto f) { return f * sigmoid(-u); }
    static constexpr auto inverse(auto y) { return log(y) - log1p(-y); }
    static constexpr auto slope_from_output(auto y) { return y * (1.0 - y); }
};
}  // namespace op

template<detail::symbolic U>
constexpr auto sigmoid(U u) {
    return detail::make_call<op::sigmoid_primitive>(u);
}

}  // namespace chainrule
