// SPDX-License-Identifier: BSL-1.0
/// tanh(u/2) from m = (e^-|u| − 1)/2 and q = 2 / (1 + e^-|u|); internal
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct tanh_shared_primitive {
    static constexpr std::string_view name = "#tanh_shared";
    static constexpr int arity = 3;
    static constexpr bool raises_exceptions = true;
    static constexpr bool drops_nan = true;  // where only one argument is NaN
    template<class V>
    static constexpr V value(V u, V m, V q) {
        using detail::elementary::tanh_shared;
        return tanh_shared(u, m, q);
    }
};
}  // namespace op

}  // namespace chainrule
