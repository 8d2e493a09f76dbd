// SPDX-License-Identifier: BSL-1.0
/// σ(±u) from e = e^-|u| and the slope s = σ(u)·σ(−u); internal
#pragma once

#include <chainrule/op/internal/side.hpp>

namespace chainrule {

namespace op {
template<side Side>
struct sigmoid_from_slope_primitive {
    static constexpr std::string_view name =
        Side == side::same ? "#sigmoid_from_slope" : "#sigmoid_from_slope_opposite";
    static constexpr int arity = 3;
    static constexpr bool raises_exceptions = true;
    static constexpr bool drops_nan = true;  // where only one argument is NaN
    static constexpr bool is_faithful = true;
    template<class V>
    static constexpr V value(V u, V e, V s) {
        using detail::elementary::sigmoid_from_slope;
        return sigmoid_from_slope<Side == side::opposite>(u, e, s);
    }
};
}  // namespace op

CHAINRULE_REGISTER_PRIMITIVE(op::sigmoid_from_slope_primitive<op::side::same>);
CHAINRULE_REGISTER_PRIMITIVE(op::sigmoid_from_slope_primitive<op::side::opposite>);

}  // namespace chainrule
