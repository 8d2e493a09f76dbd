// SPDX-License-Identifier: BSL-1.0
/// cos u; range [−1, 1]
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct cos_primitive {
    static constexpr std::string_view name = "cos";
    static constexpr int arity = 1;
    static constexpr parity symmetry = parity::even;
    template<class V>
    static constexpr V value(V u) {
        using detail::elementary::cos;
        return cos(u);
    }
    template<class I>
    static constexpr I range(I u) {
        return wave_range<cos_primitive>(u, 0);
    }
    static constexpr auto derivative(auto u, auto) { return -sin(u); }
};
}  // namespace op

template<detail::symbolic U>
constexpr auto cos(U u) {
    return detail::make_call<op::cos_primitive>(u);
}

}  // namespace chainrule
