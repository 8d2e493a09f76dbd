// SPDX-License-Identifier: BSL-1.0
/// What the rounding of s = u + v lost; internal
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct sum_error_primitive {
    static constexpr std::string_view name = "#sum_error";
    static constexpr int arity = 3;
    static constexpr bool is_arithmetic = true;
    template<class V>
    static constexpr V value(V u, V v, V s) {
        using detail::elementary::sum_error;
        return sum_error(u, v, s);
    }
};
}  // namespace op

}  // namespace chainrule
