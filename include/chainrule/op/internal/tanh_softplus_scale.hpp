// SPDX-License-Identifier: BSL-1.0
/// What tanh(softplus(u)) and its slope divide by, the reciprocal of: 1 + e + e²/2 with e = e^u; internal
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct tanh_softplus_scale_primitive {
    static constexpr std::string_view name = "#tanh_softplus_scale";
    static constexpr int arity = 1;
    static constexpr bool raises_exceptions = true;
    template<class V>
    static constexpr V value(V e) {
        using detail::elementary::tanh_softplus_scale;
        return tanh_softplus_scale(e);
    }
};
}  // namespace op

}  // namespace chainrule
