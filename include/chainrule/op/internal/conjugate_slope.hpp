// SPDX-License-Identifier: BSL-1.0
/// 1 + u/√(u² + v), the slope of u + √(u² + v); internal
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct conjugate_slope_primitive {
    static constexpr std::string_view name = "#conjugate_slope";
    static constexpr int arity = 2;
    template<class V>
    static constexpr V value(V u, V v) {
        using detail::elementary::conjugate_slope;
        return conjugate_slope(u, v);
    }
};
}  // namespace op

}  // namespace chainrule
