// SPDX-License-Identifier: BSL-1.0
/// u rounded to the nearest integer, ties to even; slope 0, jumps at half-integers
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct round_primitive {
    static constexpr std::string_view name = "round";
    static constexpr int arity = 1;
    static constexpr bool is_arithmetic = true;
    static constexpr keeps numbers = keeps::everything;
    static constexpr bool is_step = true;
    static constexpr parity symmetry = parity::odd;
    template<class V>
    static constexpr V value(V u) {
        using detail::elementary::round_half_even;
        return round_half_even(u);
    }
    template<class I>
    static constexpr I range(I u) {
        return round_range(u);
    }
    static constexpr auto derivative(auto u, auto) { return 0.0 * u; }
};
}  // namespace op

template<detail::symbolic U>
constexpr auto round(U u) {
    return detail::make_call<op::round_primitive>(u);
}

}  // namespace chainrule
