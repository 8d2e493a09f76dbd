// SPDX-License-Identifier: BSL-1.0
/// tanh u for |u| ≤ 1, without exponential and division; internal
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct tanh_of_unit_primitive {
    static constexpr std::string_view name = "#tanh_of_unit";
    static constexpr int arity = 1;
    static constexpr bool raises_exceptions = true;
    template<class V>
    static constexpr V value(V u) {
        using detail::elementary::tanh_of_unit;
        return tanh_of_unit(u);
    }
};
}  // namespace op

}  // namespace chainrule
