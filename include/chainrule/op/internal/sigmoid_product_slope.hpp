// SPDX-License-Identifier: BSL-1.0
/// σ(u) + (u + rest)·s with the slope s = σ(u)·σ(−u), from e = e^-|u| and q = σ(−|u|); internal
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct sigmoid_product_slope_primitive {
    static constexpr std::string_view name = "#sigmoid_product_slope";
    static constexpr int arity = 4;
    static constexpr bool raises_exceptions = true;
    static constexpr bool drops_nan = true;  // e, where the others are none
    template<class V>
    static constexpr V value(V u, V e, V q, V rest) {
        using detail::elementary::sigmoid_product_slope;
        return sigmoid_product_slope(u, e, q, rest);
    }
};
/// The same where the rest is what the rounding of u lost.
struct rounded_sigmoid_product_slope_primitive {
    static constexpr std::string_view name = "#rounded_sigmoid_product_slope";
    static constexpr int arity = 4;
    static constexpr bool raises_exceptions = true;
    static constexpr bool drops_nan = true;
    template<class V>
    static constexpr V value(V u, V e, V q, V rest) {
        using detail::elementary::rounded_sigmoid_product_slope;
        return rounded_sigmoid_product_slope(u, e, q, rest);
    }
};
/// The same where u is exact, without rest.
struct exact_sigmoid_product_slope_primitive {
    static constexpr std::string_view name = "#exact_sigmoid_product_slope";
    static constexpr int arity = 3;
    static constexpr bool raises_exceptions = true;
    static constexpr bool drops_nan = true;
    template<class V>
    static constexpr V value(V u, V e, V q) {
        using detail::elementary::sigmoid_product_slope;
        return sigmoid_product_slope(u, e, q);
    }
};
}  // namespace op

}  // namespace chainrule
