// SPDX-License-Identifier: BSL-1.0
/// u^2; domain ℝ, range [0, ∞)
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct square_primitive {
    static constexpr std::string_view name = "square";
    static constexpr int arity = 1;
    static constexpr bool is_abbreviation = true;
    static constexpr auto definition(auto u) { return u * u; }
};
}  // namespace op

template<detail::symbolic U>
constexpr auto square(U u) {
    return detail::make_call<op::square_primitive>(u);
}

}  // namespace chainrule
