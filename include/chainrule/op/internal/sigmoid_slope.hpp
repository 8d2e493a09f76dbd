// SPDX-License-Identifier: BSL-1.0
/// σ(u)·σ(−u) from e^−|u| and σ(−|u|); internal
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct sigmoid_slope_primitive {
    static constexpr std::string_view name = "#sigmoid_slope";
    static constexpr int arity = 2;
    static constexpr bool raises_exceptions = true;
    static constexpr bool is_faithful = true;
    static constexpr bool is_shared = true;
    static constexpr bool drops_nan = true;  // e, where q is none
    template<class V>
    static constexpr V value(V e, V q) {
        using detail::elementary::sigmoid_slope;
        return sigmoid_slope(e, q);
    }
};
}  // namespace op

}  // namespace chainrule
