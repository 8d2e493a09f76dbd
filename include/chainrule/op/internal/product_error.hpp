// SPDX-License-Identifier: BSL-1.0
/// What the rounding of p = u·v lost; internal
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct product_error_primitive {
    static constexpr std::string_view name = "#product_error";
    static constexpr int arity = 3;
    static constexpr bool is_arithmetic = true;
    static constexpr bool drops_nan = true;  // of p, without fma
    template<class V>
    static constexpr V value(V u, V v, V p) {
        using detail::elementary::product_error;
        return product_error(u, v, p);
    }
};
}  // namespace op

}  // namespace chainrule
