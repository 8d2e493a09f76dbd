// SPDX-License-Identifier: BSL-1.0
/// e^-|u| where e^-|u| − 1 is computed too; internal
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct exp_beside_expm1_primitive {
    static constexpr std::string_view name = "#exp_beside_expm1";
    static constexpr int arity = 1;
    static constexpr bool raises_exceptions = true;
    static constexpr bool is_faithful = true;
    static constexpr bool is_shared = true;
    template<class V>
    static constexpr V value(V u) {
        using detail::elementary::exp_beside_expm1;
        return exp_beside_expm1(u);
    }
};
}  // namespace op

}  // namespace chainrule
