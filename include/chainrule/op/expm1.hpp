// SPDX-License-Identifier: BSL-1.0
/// e^u − 1 without cancellation near 0; range (−1, ∞)
#pragma once

#include <chainrule/op/exp.hpp>
#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct expm1_primitive {
    static constexpr std::string_view name = "expm1";
    static constexpr int arity = 1;
    static constexpr bool raises_exceptions = true;
    static constexpr bool is_faithful = true;
    static constexpr bool is_wide = true;
    template<class V>
    static constexpr V value(V u) {
        using detail::elementary::expm1;
        return expm1(u);
    }
    template<class I>
    static constexpr I range(I u) {
        return increasing<expm1_primitive>(u, -1);
    }
    static constexpr auto derivative(auto u, auto) { return exp(u); }
    static constexpr auto inverse(auto y) { return log1p(y); }
    static constexpr auto slope_from_output(auto y) { return y + 1.0; }
};
}  // namespace op

template<detail::symbolic U>
constexpr auto expm1(U u) {
    return detail::make_call<op::expm1_primitive>(u);
}

}  // namespace chainrule
