// SPDX-License-Identifier: BSL-1.0
/// cosh u = (e^u + e^−u)/2; range [1, ∞)
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct cosh_primitive {
    static constexpr std::string_view name = "cosh";
    static constexpr int arity = 1;
    static constexpr parity symmetry = parity::even;
    template<class V>
    static constexpr V value(V u) {
        using detail::elementary::cosh;
        return cosh(u);
    }
    template<class I>
    static constexpr I range(I u) {
        return increasing<cosh_primitive>(magnitude(u), 1);
    }
    static constexpr auto derivative(auto u, auto) { return sinh(u); }
};
}  // namespace op

template<detail::symbolic U>
constexpr auto cosh(U u) {
    return detail::make_call<op::cosh_primitive>(u);
}

}  // namespace chainrule
