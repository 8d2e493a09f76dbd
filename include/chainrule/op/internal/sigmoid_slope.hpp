// SPDX-License-Identifier: BSL-1.0
/// σ(u)·σ(−u) from q = σ(−|u|); internal
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct sigmoid_slope_primitive {
    static constexpr std::string_view name = "#sigmoid_slope";
    static constexpr int arity = 1;
    static constexpr bool raises_exceptions = true;
    static constexpr bool is_faithful = true;
    static constexpr bool is_shared = true;
    template<class V>
    static constexpr V value(V q) {
        using detail::elementary::sigmoid_slope;
        return sigmoid_slope(q);
    }
};
}  // namespace op

}  // namespace chainrule
