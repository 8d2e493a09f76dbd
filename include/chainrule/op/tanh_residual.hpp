// SPDX-License-Identifier: BSL-1.0
/// u − tanh u as one atom: the difference loses every digit near 0. Written u - tanh(u) in formulas.
#pragma once

#include <chainrule/op/primitive.hpp>
#include <chainrule/op/tanh.hpp>

namespace chainrule {

namespace op {
struct tanh_residual_primitive {
    static constexpr std::string_view name = "tanh_residual";
    static constexpr int arity = 1;
    static constexpr bool raises_exceptions = true;
    static constexpr parity symmetry = parity::odd;
    static constexpr std::string_view text = "{0} - tanh({0})";
    template<class V>
    static constexpr V value(V u) {
        using detail::elementary::tanh_residual;
        return tanh_residual(u);
    }
    template<class I>
    static constexpr I range(I u) {
        return increasing<tanh_residual_primitive>(u);
    }
    static constexpr auto derivative(auto u, auto) { return tanh(u) * tanh(u); }
};
}  // namespace op

template<detail::symbolic U>
constexpr auto tanh_residual(U u) {
    return detail::make_call<op::tanh_residual_primitive>(u);
}

}  // namespace chainrule
