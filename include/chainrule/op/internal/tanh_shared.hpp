// SPDX-License-Identifier: BSL-1.0
/// tanh(u/2) from e = e^-|u|, m = e − 1 and r = 4 / (1 + e)^2; internal
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct tanh_shared_primitive {
    static constexpr std::string_view name = "#tanh_shared";
    static constexpr int arity = 4;
    static constexpr bool drops_nan = true;  // where only one argument is NaN
    template<class V>
    static constexpr V value(V u, V e, V m, V r) {
        using detail::elementary::tanh_shared;
        return tanh_shared(u, e, m, r);
    }
};
}  // namespace op

CHAINRULE_REGISTER_PRIMITIVE(op::tanh_shared_primitive);

}  // namespace chainrule
