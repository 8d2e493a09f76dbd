// SPDX-License-Identifier: BSL-1.0
/// w·tanh u, and w·tanh(u/2) from m = (e^-|u| − 1)/2 and q = 2/(1 + e^-|u|), with what the tanh lost;
/// internal
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct tanh_product_primitive {
    static constexpr std::string_view name = "#tanh_product";
    static constexpr int arity = 2;
    static constexpr bool raises_exceptions = true;
    template<class V>
    static constexpr V value(V w, V u) {
        using detail::elementary::tanh_product;
        return tanh_product(w, u);
    }
};
struct tanh_product_shared_primitive {
    static constexpr std::string_view name = "#tanh_product_shared";
    static constexpr int arity = 4;
    static constexpr bool raises_exceptions = true;
    static constexpr bool drops_nan = true;  // u, where the others are none
    template<class V>
    static constexpr V value(V w, V u, V m, V q) {
        using detail::elementary::tanh_product_shared;
        return tanh_product_shared(w, u, m, q);
    }
};
}  // namespace op

}  // namespace chainrule
