// SPDX-License-Identifier: BSL-1.0
/// sech²(u/2) from e = e^-|u| and q = 2 / (1 + e); internal
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct sech_square_shared_primitive {
    static constexpr std::string_view name = "#sech_square_shared";
    static constexpr int arity = 2;
    static constexpr bool raises_exceptions = true;
    template<class V>
    static constexpr V value(V e, V q) {
        using detail::elementary::sech_square_shared;
        return sech_square_shared(e, q);
    }
};
}  // namespace op

}  // namespace chainrule
