// SPDX-License-Identifier: BSL-1.0
/// What the rounding of s = u·v + w lost, where s − w is exact; internal
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct multiply_add_error_primitive {
    static constexpr std::string_view name = "#multiply_add_error";
    static constexpr int arity = 4;
    static constexpr bool is_arithmetic = true;
    static constexpr bool drops_nan = true;  // of s, without fma
    template<class V>
    static constexpr V value(V u, V v, V w, V s) {
        using detail::elementary::multiply_add_error;
        return multiply_add_error(u, v, w, s);
    }
};
}  // namespace op

}  // namespace chainrule
