// SPDX-License-Identifier: BSL-1.0
/// sech u = 1/cosh u; range (0, 1]
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct sech_primitive {
    static constexpr std::string_view name = "sech";
    static constexpr int arity = 1;
    static constexpr bool raises_exceptions = true;
    static constexpr parity symmetry = parity::even;
    template<class V>
    static constexpr V value(V u) {
        using detail::elementary::sech;
        return sech(u);
    }
    template<class I>
    static constexpr I range(I u) {
        return decreasing<sech_primitive>(magnitude(u), 0, 1);
    }
    static constexpr auto derivative(auto u, auto f) { return -tanh(u) * f; }
};
}  // namespace op

template<detail::symbolic U>
constexpr auto sech(U u) {
    return detail::make_call<op::sech_primitive>(u);
}

}  // namespace chainrule
