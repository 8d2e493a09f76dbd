// SPDX-License-Identifier: BSL-1.0
/// u·s for s ≥ 0 that vanishes faster than u grows: 0 where s is 0, also for an infinite u; internal
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct vanishing_product_primitive {
    static constexpr std::string_view name = "#vanishing_product";
    static constexpr int arity = 2;
    static constexpr bool is_arithmetic = true;
    static constexpr bool drops_nan = true;  // of u
    template<class V>
    static constexpr V value(V u, V s) {
        using detail::elementary::multiply, detail::elementary::select_ordered;
        return select_ordered<true>(s, V(0), s, multiply(u, s));
    }
};
}  // namespace op

}  // namespace chainrule
