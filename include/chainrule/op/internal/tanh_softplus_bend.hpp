// SPDX-License-Identifier: BSL-1.0
/// σ(u)·sech(softplus(u))^2, the slope of tanh(softplus(u)), from e = e^u and its scale; internal
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct tanh_softplus_bend_primitive {
    static constexpr std::string_view name = "#tanh_softplus_bend";
    static constexpr int arity = 2;
    static constexpr bool raises_exceptions = true;
    template<class V>
    static constexpr V value(V e, V r) {
        using detail::elementary::tanh_softplus_bend;
        return tanh_softplus_bend(e, r);
    }
};
}  // namespace op

}  // namespace chainrule
