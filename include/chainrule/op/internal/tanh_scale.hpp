// SPDX-License-Identifier: BSL-1.0
/// q = 2 / (1 + e); internal
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct tanh_scale_primitive {
    static constexpr std::string_view name = "#tanh_scale";
    static constexpr int arity = 1;
    static constexpr bool raises_exceptions = true;
    template<class V>
    static constexpr V value(V e) {
        using detail::elementary::tanh_scale;
        return tanh_scale(e);
    }
};
}  // namespace op

}  // namespace chainrule
