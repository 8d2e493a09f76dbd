// SPDX-License-Identifier: BSL-1.0
/// w·σ(±u) from e = e^-|u| and q = σ(−|u|), in double without the roundings of the sigmoid; internal
#pragma once

#include <chainrule/op/internal/side.hpp>
#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
template<side Side>
struct sigmoid_product_primitive {
    static constexpr std::string_view name =
        Side == side::same ? "#sigmoid_product" : "#sigmoid_product_opposite";
    static constexpr int arity = 4;
    static constexpr bool raises_exceptions = true;
    static constexpr bool drops_nan = true;  // where only one argument is NaN
    template<class V>
    static constexpr V value(V w, V u, V e, V q) {
        using detail::elementary::sigmoid_product;
        return sigmoid_product<Side == side::opposite>(w, u, e, q);
    }
};
}  // namespace op

}  // namespace chainrule
