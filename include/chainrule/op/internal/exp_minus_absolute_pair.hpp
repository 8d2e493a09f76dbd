// SPDX-License-Identifier: BSL-1.0
/// e^-|u + lo|; internal
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct exp_minus_absolute_pair_primitive {
    static constexpr std::string_view name = "#exp_minus_absolute_pair";
    static constexpr int arity = 2;
    static constexpr bool raises_exceptions = true;
    static constexpr bool drops_nan = true;  // of lo, which is the error of an infinite u
    template<class V>
    static constexpr V value(V u, V lo) {
        using detail::elementary::exp_minus_absolute;
        return exp_minus_absolute(u, lo);
    }
};
}  // namespace op

}  // namespace chainrule
