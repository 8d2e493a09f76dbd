// SPDX-License-Identifier: BSL-1.0
/// tanh(softplus(u)) + w·σ(u)·sech(softplus(u))^2 from e = e^u and its scale; exact
/// where e comes from u alone; internal
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
template<bool IsExact>
struct tanh_softplus_slope_primitive {
    static constexpr std::string_view name =
        IsExact ? "#tanh_softplus_slope" : "#tanh_softplus_slope_pair";
    static constexpr int arity = 4;
    static constexpr bool raises_exceptions = true;
    static constexpr bool is_wide = true;
    static constexpr bool drops_nan = true;  // where only one argument is NaN
    template<class V>
    static constexpr V value(V u, V e, V r, V w) {
        using detail::elementary::tanh_softplus_slope;
        return tanh_softplus_slope<IsExact>(u, e, r, w);
    }
};
}  // namespace op

}  // namespace chainrule
