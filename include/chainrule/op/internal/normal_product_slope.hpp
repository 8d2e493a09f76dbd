// SPDX-License-Identifier: BSL-1.0
/// Φ(u) + u·φ(u), the slope of u·Φ(u); internal
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct normal_product_slope_primitive {
    static constexpr std::string_view name = "#normal_product_slope";
    static constexpr int arity = 1;
    static constexpr bool raises_exceptions = true;
    template<class V>
    static constexpr V value(V u) {
        using detail::elementary::normal_product_slope;
        return normal_product_slope(u);
    }
};
}  // namespace op

}  // namespace chainrule
