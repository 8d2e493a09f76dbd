// SPDX-License-Identifier: BSL-1.0
/// sign u: −1, 0 or 1; NaN stays NaN; slope 0, jump at 0
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct sign_primitive {
    static constexpr std::string_view name = "sign";
    static constexpr int arity = 1;
    static constexpr bool is_arithmetic = true;
    static constexpr keeps numbers = keeps::everything;
    static constexpr bool is_step = true;
    static constexpr parity symmetry = parity::odd;
    template<class V>
    static constexpr V value(V u) {
        using detail::elementary::sign;
        return sign(u);
    }
    template<class I>
    static constexpr I range(I u) {
        return sign_range(u);
    }
    static constexpr auto derivative(auto u, auto) { return 0.0 * u; }
};
}  // namespace op

template<detail::symbolic U>
constexpr auto sign(U u) {
    return detail::make_call<op::sign_primitive>(u);
}

}  // namespace chainrule
