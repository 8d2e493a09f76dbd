// SPDX-License-Identifier: BSL-1.0
/// 1 if u > 0, else 0; slope 0, jump at 0
#pragma once

#include <chainrule/op/primitive.hpp>
#include <chainrule/op/select.hpp>

namespace chainrule {

namespace op {
struct step_primitive {
    static constexpr std::string_view name = "step";
    static constexpr int arity = 1;
    static constexpr bool is_abbreviation = true;
    static constexpr auto definition(auto u) {
        return select_less(0.0 * u, u, 1.0 + 0.0 * u, 0.0 * u);
    }
};
}  // namespace op

template<detail::symbolic U>
constexpr auto step(U u) {
    return detail::make_call<op::step_primitive>(u);
}

}  // namespace chainrule
