// SPDX-License-Identifier: BSL-1.0
/// (e^-|u| − 1)/2; internal
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct half_expm1_minus_absolute_primitive {
    static constexpr std::string_view name = "#half_expm1_minus_absolute";
    static constexpr int arity = 1;
    static constexpr bool raises_exceptions = true;
    template<class V>
    static constexpr V value(V u) {
        using detail::elementary::half_expm1_minus_absolute;
        return half_expm1_minus_absolute(u);
    }
};
}  // namespace op

}  // namespace chainrule
