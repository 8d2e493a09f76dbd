// SPDX-License-Identifier: BSL-1.0
/// e·σ(u) + m·σ(u)·σ(−u), the slope of m·σ(u), from e = e^u and m = e^u − 1; internal
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct expm1_sigmoid_slope_primitive {
    static constexpr std::string_view name = "#expm1_sigmoid_slope";
    static constexpr int arity = 2;
    static constexpr bool raises_exceptions = true;
    template<class V>
    static constexpr V value(V e, V m) {
        using detail::elementary::expm1_sigmoid_slope;
        return expm1_sigmoid_slope(e, m);
    }
};
}  // namespace op

}  // namespace chainrule
