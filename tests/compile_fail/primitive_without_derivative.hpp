// SPDX-License-Identifier: BSL-1.0
/// 1/(1 + u^4), which a project forgot to give a derivative.
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct bump_primitive {
    static constexpr std::string_view name = "bump";
    static constexpr int arity = 1;
    template<class V>
    static constexpr V value(V u) {
        const V square = u * u;
        return V(1) / (V(1) + square * square);
    }
#ifdef BUMP_HAS_A_DERIVATIVE
    static constexpr auto derivative(auto u, auto f) { return -4.0 * (u * u * u) * (f * f); }
#endif
};
}  // namespace op

template<detail::symbolic U>
constexpr auto bump(U u) {
    return detail::make_call<op::bump_primitive>(u);
}

CHAINRULE_REGISTER_PRIMITIVE(op::bump_primitive);

}  // namespace chainrule
