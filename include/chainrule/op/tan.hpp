// SPDX-License-Identifier: BSL-1.0
/// tan u
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct tan_primitive {
    static constexpr std::string_view name = "tan";
    static constexpr int arity = 1;
    static constexpr parity symmetry = parity::odd;
    template<class V>
    static constexpr V value(V u) {
        using detail::elementary::tan;
        return tan(u);
    }
    template<class I>
    static constexpr I range(I u) {
        return tangent_range<tan_primitive>(u);
    }
    static constexpr auto derivative(auto, auto f) { return 1.0 + f * f; }
};
}  // namespace op

template<detail::symbolic U>
constexpr auto tan(U u) {
    return detail::make_call<op::tan_primitive>(u);
}

}  // namespace chainrule
