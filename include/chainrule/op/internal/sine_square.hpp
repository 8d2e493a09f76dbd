// SPDX-License-Identifier: BSL-1.0
/// sin²u; internal
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct sine_square_primitive {
    static constexpr std::string_view name = "#sine_square";
    static constexpr int arity = 1;
    template<class V>
    static constexpr V value(V u) {
        using detail::elementary::sine_square;
        return sine_square(u);
    }
};
}  // namespace op

}  // namespace chainrule
