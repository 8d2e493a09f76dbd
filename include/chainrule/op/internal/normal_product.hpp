// SPDX-License-Identifier: BSL-1.0
/// w·Φ(u), in double without the roundings of the distribution; internal
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct normal_product_primitive {
    static constexpr std::string_view name = "#normal_product";
    static constexpr int arity = 2;
    static constexpr bool raises_exceptions = true;
    template<class V>
    static constexpr V value(V w, V u) {
        using detail::elementary::normal_product;
        return normal_product(w, u);
    }
};
}  // namespace op

}  // namespace chainrule
