// SPDX-License-Identifier: BSL-1.0
/// tanh(u) + w·u·sech²(u), the slope of w·tanh(u) where du = u·dw, from e = e^-2|u| and m = (e − 1)/2; internal
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct tanh_product_slope_primitive {
    static constexpr std::string_view name = "#tanh_product_slope";
    static constexpr int arity = 4;
    static constexpr bool raises_exceptions = true;
    static constexpr bool drops_nan = true;  // where only one argument is NaN
    template<class V>
    static constexpr V value(V u, V e, V m, V w) {
        using detail::elementary::tanh_product_slope;
        return tanh_product_slope(u, e, m, w);
    }
};
}  // namespace op

}  // namespace chainrule
