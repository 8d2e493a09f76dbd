// SPDX-License-Identifier: BSL-1.0
/// √(u² + v) as one atom, for v ≥ 0: u² alone overflows. Written sqrt(u^2 + v) in formulas.
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct root_sum_square_primitive {
    static constexpr std::string_view name = "root_sum_square";
    static constexpr int arity = 2;
    static constexpr parity symmetry = parity::even;
    static constexpr std::string_view text = "sqrt({0}^2 + {1})";
    template<class V>
    static constexpr V value(V u, V v) {
        using detail::elementary::root_sum_square;
        return root_sum_square(u, v);
    }
    template<class I>
    static constexpr I range(I u, I v) {
        return root_range<root_sum_square_primitive>(u, v);
    }
    template<int I>
    static constexpr auto derivative(auto u, auto, auto f) {
        if constexpr (I == 0) {
            return u / f;
        } else {
            return 0.5 / f;
        }
    }
};
}  // namespace op

template<class U, class V>
    requires detail::operands<U, V>
constexpr auto root_sum_square(U u, V v) {
    return detail::make_call<op::root_sum_square_primitive>(u, v);
}

}  // namespace chainrule
