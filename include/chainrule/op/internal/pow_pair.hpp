// SPDX-License-Identifier: BSL-1.0
/// u^(v + lo), where v is what a number like 1/3 is rounded to and lo what that loses; internal
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct pow_pair_primitive {
    static constexpr std::string_view name = "#pow_pair";
    static constexpr bool takes_roots = true;
    static constexpr int arity = 3;
    static constexpr bool drops_nan = true;  // 1^v is 1
    template<class V>
    static constexpr V value(V u, V v, V lo) {
        using detail::elementary::pow_pair;
        return pow_pair(u, v, lo);
    }
};
}  // namespace op

}  // namespace chainrule
