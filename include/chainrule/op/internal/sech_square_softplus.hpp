// SPDX-License-Identifier: BSL-1.0
/// sech(softplus(u))^2 from e = e^u and its scale; internal
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct sech_square_softplus_primitive {
    static constexpr std::string_view name = "#sech_square_softplus";
    static constexpr int arity = 2;
    static constexpr bool raises_exceptions = true;
    template<class V>
    static constexpr V value(V e, V r) {
        using detail::elementary::sech_square_softplus;
        return sech_square_softplus(e, r);
    }
};
}  // namespace op

}  // namespace chainrule
