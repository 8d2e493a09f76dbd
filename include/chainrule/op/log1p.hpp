// SPDX-License-Identifier: BSL-1.0
/// ln(1 + u) without cancellation near 0; domain (−1, ∞)
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct log1p_primitive {
    static constexpr std::string_view name = "log1p";
    static constexpr int arity = 1;
    template<class V>
    static constexpr V value(V u) {
        using detail::elementary::log1p;
        return log1p(u);
    }
    template<class I>
    static constexpr I range(I u) {
        return increasing<log1p_primitive>(restricted_above(u, -1));
    }
    static constexpr auto derivative(auto u, auto) { return 1.0 / (1.0 + u); }
    static constexpr auto inverse(auto y) { return expm1(y); }
    static constexpr auto slope_from_output(auto y) { return exp(-y); }
};
}  // namespace op

template<detail::symbolic U>
constexpr auto log1p(U u) {
    return detail::make_call<op::log1p_primitive>(u);
}

}  // namespace chainrule
