// SPDX-License-Identifier: BSL-1.0
/// tanh(softplus(u)) + w·σ(u)·sech(softplus(u))^2 from e = e^-|u| and its scale; internal
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct tanh_softplus_slope_primitive {
    static constexpr std::string_view name = "#tanh_softplus_slope";
    static constexpr int arity = 4;
    static constexpr bool drops_nan = true;  // where only one argument is NaN
    template<class V>
    static constexpr V value(V u, V e, V r, V w) {
        using detail::elementary::tanh_softplus_slope;
        return tanh_softplus_slope(u, e, r, w);
    }
};
}  // namespace op

CHAINRULE_REGISTER_PRIMITIVE(op::tanh_softplus_slope_primitive);

}  // namespace chainrule
