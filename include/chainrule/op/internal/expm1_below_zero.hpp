// SPDX-License-Identifier: BSL-1.0
/// e^u − 1 for u ≤ 0, anything for u > 0, where a selection takes another arm; internal
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct expm1_below_zero_primitive {
    static constexpr std::string_view name = "#expm1_below_zero";
    static constexpr int arity = 1;
    static constexpr bool raises_exceptions = true;
    static constexpr bool is_faithful = true;
    template<class V>
    static constexpr V value(V u) {
        using detail::elementary::expm1_below_zero;
        return expm1_below_zero(u);
    }
};
}  // namespace op

}  // namespace chainrule
