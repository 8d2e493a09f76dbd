// SPDX-License-Identifier: BSL-1.0
/// (u + v)^-2, and s^-3/2 of s = hi + lo, in double with what their roundings lost; internal
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct inverse_square_of_sum_primitive {
    static constexpr std::string_view name = "#inverse_square_of_sum";
    static constexpr int arity = 2;
    static constexpr bool is_arithmetic = true;
    static constexpr keeps digits = keeps::nothing;
    template<class V>
    static constexpr V value(V u, V v) {
        using detail::elementary::inverse_square_of_sum;
        return inverse_square_of_sum(u, v);
    }
};
struct inverse_three_halves_primitive {
    static constexpr std::string_view name = "#inverse_three_halves";
    static constexpr int arity = 2;
    static constexpr bool is_arithmetic = true;
    static constexpr keeps digits = keeps::nothing;
    template<class V>
    static constexpr V value(V hi, V lo) {
        using detail::elementary::inverse_three_halves;
        return inverse_three_halves(hi, lo);
    }
};
}  // namespace op

}  // namespace chainrule
