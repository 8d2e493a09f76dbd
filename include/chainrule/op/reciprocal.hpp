// SPDX-License-Identifier: BSL-1.0
/// 1/u; domain ℝ without 0
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct reciprocal_primitive {
    static constexpr std::string_view name = "reciprocal";
    static constexpr int arity = 1;
    static constexpr bool is_abbreviation = true;
    static constexpr auto definition(auto u) { return 1.0 / u; }
};
}  // namespace op

template<detail::symbolic U>
constexpr auto reciprocal(U u) {
    return detail::make_call<op::reciprocal_primitive>(u);
}

}  // namespace chainrule
