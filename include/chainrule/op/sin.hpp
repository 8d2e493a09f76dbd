// SPDX-License-Identifier: BSL-1.0
/// sin u; range [−1, 1]
#pragma once

#include <chainrule/op/cos.hpp>
#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct sin_primitive {
    static constexpr std::string_view name = "sin";
    static constexpr int arity = 1;
    static constexpr parity symmetry = parity::odd;
    template<class V>
    static constexpr V value(V u) {
        using detail::elementary::sin;
        return sin(u);
    }
    template<class I>
    static constexpr I range(I u) {
        return wave_range<sin_primitive>(u, 0.5L);
    }
    static constexpr auto derivative(auto u, auto) { return cos(u); }
};
}  // namespace op

template<detail::symbolic U>
constexpr auto sin(U u) {
    return detail::make_call<op::sin_primitive>(u);
}

}  // namespace chainrule
