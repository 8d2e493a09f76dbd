// SPDX-License-Identifier: BSL-1.0
/// softplus u = ln(1 + e^u); range (0, ∞)
#pragma once

#include <chainrule/op/primitive.hpp>
#include <chainrule/op/sigmoid.hpp>

namespace chainrule {

namespace op {
struct softplus_primitive {
    static constexpr std::string_view name = "softplus";
    static constexpr int arity = 1;
    static constexpr bool raises_exceptions = true;
    template<class V>
    static constexpr V value(V u) {
        using detail::elementary::softplus;
        return softplus(u);
    }
    template<class I>
    static constexpr I range(I u) {
        return increasing<softplus_primitive>(u, 0);
    }
    static constexpr auto derivative(auto u, auto) { return sigmoid(u); }
    static constexpr auto inverse(auto y) { return log(expm1(y)); }
    static constexpr auto slope_from_output(auto y) { return -expm1(-y); }
};
}  // namespace op

template<detail::symbolic U>
constexpr auto softplus(U u) {
    return detail::make_call<op::softplus_primitive>(u);
}

}  // namespace chainrule
