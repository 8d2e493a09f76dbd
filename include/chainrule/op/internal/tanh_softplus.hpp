// SPDX-License-Identifier: BSL-1.0
/// tanh(softplus(u)) and w·tanh(softplus(u)) from e = e^u and its scale; internal
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct tanh_softplus_primitive {
    static constexpr std::string_view name = "#tanh_softplus";
    static constexpr int arity = 2;
    static constexpr bool raises_exceptions = true;
    template<class V>
    static constexpr V value(V e, V r) {
        using detail::elementary::tanh_softplus;
        return tanh_softplus(e, r);
    }
};
struct tanh_softplus_product_primitive {
    static constexpr std::string_view name = "#tanh_softplus_product";
    static constexpr int arity = 3;
    static constexpr bool raises_exceptions = true;
    template<class V>
    static constexpr V value(V w, V e, V r) {
        using detail::elementary::tanh_softplus_product;
        return tanh_softplus_product(w, e, r);
    }
};
}  // namespace op

}  // namespace chainrule
