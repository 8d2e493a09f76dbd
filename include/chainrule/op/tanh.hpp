// SPDX-License-Identifier: BSL-1.0
/// tanh u; range (−1, 1); saturates: tanh′ = sech², which stays right where 1 − tanh² is 0
#pragma once

#include <chainrule/op/primitive.hpp>
#include <chainrule/op/sech.hpp>

namespace chainrule {

namespace op {
struct tanh_primitive {
    static constexpr std::string_view name = "tanh";
    static constexpr int arity = 1;
    static constexpr bool raises_exceptions = true;
    static constexpr bool is_faithful = true;
    static constexpr parity symmetry = parity::odd;
    template<class V>
    static constexpr V value(V u) {
        using detail::elementary::tanh;
        return tanh(u);
    }
    template<class I>
    static constexpr I range(I u) {
        return increasing<tanh_primitive>(u, -1, 1);
    }
    static constexpr auto derivative(auto u, auto) { return sech(u) * sech(u); }
    static constexpr auto inverse(auto y) { return 0.5 * (log1p(y) - log1p(-y)); }
    static constexpr auto slope_from_output(auto y) { return 1.0 - y * y; }
};
}  // namespace op

template<detail::symbolic U>
constexpr auto tanh(U u) {
    return detail::make_call<op::tanh_primitive>(u);
}

}  // namespace chainrule
