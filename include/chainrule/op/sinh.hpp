// SPDX-License-Identifier: BSL-1.0
/// sinh u = (e^u − e^−u)/2
#pragma once

#include <chainrule/op/cosh.hpp>
#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct sinh_primitive {
    static constexpr std::string_view name = "sinh";
    static constexpr int arity = 1;
    static constexpr parity symmetry = parity::odd;
    template<class V>
    static constexpr V value(V u) {
        using detail::elementary::sinh;
        return sinh(u);
    }
    template<class I>
    static constexpr I range(I u) {
        return increasing<sinh_primitive>(u);
    }
    static constexpr auto derivative(auto u, auto) { return cosh(u); }
    static constexpr auto inverse(auto y) { return asinh(y); }
    static constexpr auto slope_from_output(auto y) { return sqrt(1.0 + y * y); }
};
}  // namespace op

template<detail::symbolic U>
constexpr auto sinh(U u) {
    return detail::make_call<op::sinh_primitive>(u);
}

}  // namespace chainrule
