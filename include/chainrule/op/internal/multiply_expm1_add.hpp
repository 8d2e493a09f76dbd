// SPDX-License-Identifier: BSL-1.0
/// a·(e^u − 1) + c; internal
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct multiply_expm1_add_primitive {
    static constexpr std::string_view name = "#multiply_expm1_add";
    static constexpr int arity = 3;
    static constexpr bool raises_exceptions = true;
    template<class V>
    static constexpr V value(V a, V u, V c) {
        using detail::elementary::multiply_expm1_add;
        return multiply_expm1_add(a, u, c);
    }
};
}  // namespace op

}  // namespace chainrule
