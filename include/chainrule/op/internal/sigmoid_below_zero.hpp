// SPDX-License-Identifier: BSL-1.0
/// q = σ(−|u|) from e = e^-|u|; internal
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct sigmoid_below_zero_primitive {
    static constexpr std::string_view name = "#sigmoid_below_zero";
    static constexpr int arity = 1;
    static constexpr bool raises_exceptions = true;
    static constexpr bool is_faithful = true;
    static constexpr bool is_shared = true;
    template<class V>
    static constexpr V value(V e) {
        using detail::elementary::sigmoid_below_zero;
        return sigmoid_below_zero(e);
    }
};
}  // namespace op

}  // namespace chainrule
