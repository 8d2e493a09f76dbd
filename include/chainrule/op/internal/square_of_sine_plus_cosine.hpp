// SPDX-License-Identifier: BSL-1.0
/// (sin(u + lo) + cos(u + lo))²; internal
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct square_of_sine_plus_cosine_primitive {
    static constexpr std::string_view name = "#square_of_sine_plus_cosine";
    static constexpr int arity = 2;
    template<class V>
    static constexpr V value(V u, V lo) {
        using detail::elementary::square_of_sine_plus_cosine;
        return square_of_sine_plus_cosine(u, lo);
    }
};
}  // namespace op

}  // namespace chainrule
