// SPDX-License-Identifier: BSL-1.0
/// e^u; range (0, ∞)
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct exp_primitive {
    static constexpr std::string_view name = "exp";
    static constexpr int arity = 1;
    static constexpr bool raises_exceptions = true;
    template<class V>
    static constexpr V value(V u) {
        using detail::elementary::exp;
        return exp(u);
    }
    template<class I>
    static constexpr I range(I u) {
        return increasing<exp_primitive>(u, 0);
    }
    static constexpr auto derivative(auto, auto f) { return f; }
    static constexpr auto inverse(auto y) { return log(y); }
    static constexpr auto slope_from_output(auto y) { return y; }
};
}  // namespace op

template<detail::symbolic U>
constexpr auto exp(U u) {
    return detail::make_call<op::exp_primitive>(u);
}

}  // namespace chainrule
