// SPDX-License-Identifier: BSL-1.0
/// tanh²u; internal
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct tanh_square_primitive {
    static constexpr std::string_view name = "#tanh_square";
    static constexpr int arity = 1;
    static constexpr bool raises_exceptions = true;
    template<class V>
    static constexpr V value(V u) {
        using detail::elementary::tanh_square;
        return tanh_square(u);
    }
};
}  // namespace op

}  // namespace chainrule
