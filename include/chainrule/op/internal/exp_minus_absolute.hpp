// SPDX-License-Identifier: BSL-1.0
/// e^-|u|; internal
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct exp_minus_absolute_primitive {
    static constexpr std::string_view name = "#exp_minus_absolute";
    static constexpr int arity = 1;
    static constexpr bool raises_exceptions = true;
    static constexpr bool is_faithful = true;
    static constexpr bool is_shared = true;
    static constexpr bool may_drop_nan = true;
    template<class V>
    static constexpr V value(V u) {
        using detail::elementary::exp_minus_absolute;
        return exp_minus_absolute(u);
    }
    template<bool, class V>
    static V choice(V u) {
        return exp_minus_absolute_of_number(u);
    }
};
}  // namespace op

}  // namespace chainrule
