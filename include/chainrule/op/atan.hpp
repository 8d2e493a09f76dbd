// SPDX-License-Identifier: BSL-1.0
/// arctan u; range (−π/2, π/2)
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct atan_primitive {
    static constexpr std::string_view name = "atan";
    static constexpr int arity = 1;
    static constexpr parity symmetry = parity::odd;
    template<class V>
    static constexpr V value(V u) {
        using detail::elementary::atan;
        return atan(u);
    }
    template<class I>
    static constexpr I range(I u) {
        return increasing<atan_primitive>(u);
    }
    static constexpr auto derivative(auto u, auto) { return 1.0 / (1.0 + u * u); }
    static constexpr auto inverse(auto y) { return tan(y); }
    static constexpr auto slope_from_output(auto y) { return square(cos(y)); }
};
}  // namespace op

template<detail::symbolic U>
constexpr auto atan(U u) {
    return detail::make_call<op::atan_primitive>(u);
}

}  // namespace chainrule
