// SPDX-License-Identifier: BSL-1.0
/// A primitive of a project's own, all in one header: gd(u) = 2 atan(tanh(u/2)), the Gudermannian.
#pragma once

#include <chainrule/op/atan.hpp>
#include <chainrule/op/primitive.hpp>
#include <chainrule/op/sech.hpp>
#include <chainrule/op/tanh.hpp>

namespace chainrule {

namespace op {
struct gudermannian_primitive {
    static constexpr std::string_view name = "gudermannian";
    static constexpr int arity = 1;
    static constexpr parity symmetry = parity::odd;
    template<class V>
    static constexpr V value(V u) {
        using detail::elementary::atan, detail::elementary::tanh;
        return V(2) * atan(tanh(u / V(2)));
    }
    static constexpr auto derivative(auto u, auto) { return sech(u); }
};
}  // namespace op

/// gd(u), between -pi/2 and pi/2.
template<detail::symbolic U>
constexpr auto gudermannian(U u) {
    return detail::make_call<op::gudermannian_primitive>(u);
}

CHAINRULE_REGISTER_PRIMITIVE(op::gudermannian_primitive);

}  // namespace chainrule
