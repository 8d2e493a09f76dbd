// SPDX-License-Identifier: BSL-1.0
/// u + √(u² + v) as one atom, for v ≥ 0: for u < 0 the sum cancels. Written u + sqrt(u^2 + v).
#pragma once

#include <chainrule/op/primitive.hpp>
#include <chainrule/op/root_sum_square.hpp>

namespace chainrule {

namespace op {
struct conjugate_sum_primitive {
    static constexpr std::string_view name = "conjugate_sum";
    static constexpr int arity = 2;
    static constexpr std::string_view text = "{0} + sqrt({0}^2 + {1})";
    template<class V>
    static constexpr V value(V u, V v) {
        using detail::elementary::conjugate_sum;
        return conjugate_sum(u, v);
    }
    template<class I>
    static constexpr I range(I u, I v) {
        return conjugate_range<conjugate_sum_primitive>(u, v,
                                                        root_sum_square_primitive::range(u, v));
    }
    template<int I>
    static constexpr auto derivative(auto u, auto v, auto f) {
        if constexpr (I == 0) {
            return f / root_sum_square(u, v);
        } else {
            return 0.5 / root_sum_square(u, v);
        }
    }
};
}  // namespace op

template<class U, class V>
    requires detail::operands<U, V>
constexpr auto conjugate_sum(U u, V v) {
    return detail::make_call<op::conjugate_sum_primitive>(u, v);
}

}  // namespace chainrule
