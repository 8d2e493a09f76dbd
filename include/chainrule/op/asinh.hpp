// SPDX-License-Identifier: BSL-1.0
/// arsinh u = ln(u + √(u² + 1))
#pragma once

#include <chainrule/op/primitive.hpp>
#include <chainrule/op/sqrt.hpp>

namespace chainrule {

namespace op {
struct asinh_primitive {
    static constexpr std::string_view name = "asinh";
    static constexpr int arity = 1;
    static constexpr parity symmetry = parity::odd;
    template<class V>
    static constexpr V value(V u) {
        using detail::elementary::asinh;
        return asinh(u);
    }
    template<class I>
    static constexpr I range(I u) {
        return increasing<asinh_primitive>(u);
    }
    static constexpr auto derivative(auto u, auto) { return 1.0 / sqrt(1.0 + u * u); }
    static constexpr auto inverse(auto y) { return sinh(y); }
    static constexpr auto slope_from_output(auto y) { return 1.0 / cosh(y); }
};
}  // namespace op

template<detail::symbolic U>
constexpr auto asinh(U u) {
    return detail::make_call<op::asinh_primitive>(u);
}

}  // namespace chainrule
