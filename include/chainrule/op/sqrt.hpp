// SPDX-License-Identifier: BSL-1.0
/// √u; domain [0, ∞), NaN below; f′(0) = ∞
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct sqrt_primitive {
    static constexpr std::string_view name = "sqrt";
    static constexpr int arity = 1;
    static constexpr bool is_arithmetic = true;
    static constexpr bool is_abbreviation = true;
    static constexpr bool takes_roots = true;
    static constexpr auto definition(auto u) { return raised(u, 0.5); }
    template<class V>
    static constexpr V value(V u) {
        using detail::elementary::square_root;
        return square_root(u);
    }
    template<class I>
    static constexpr I range(I u) {
        return power(u, 0.5L);
    }
};
}  // namespace op

template<detail::symbolic U>
constexpr auto sqrt(U u) {
    return detail::make_call<op::sqrt_primitive>(u);
}

}  // namespace chainrule
