// SPDX-License-Identifier: BSL-1.0
/// 4 / (1 + e)^2, which times e = e^-|u| is sech²(u/2); internal
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct tanh_scale_primitive {
    static constexpr std::string_view name = "#tanh_scale";
    static constexpr int arity = 1;
    template<class V>
    static constexpr V value(V e) {
        using detail::elementary::tanh_scale;
        return tanh_scale(e);
    }
};
}  // namespace op

CHAINRULE_REGISTER_PRIMITIVE(op::tanh_scale_primitive);

}  // namespace chainrule
