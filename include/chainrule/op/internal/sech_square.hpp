// SPDX-License-Identifier: BSL-1.0
/// sech²(u/2) from e = e^-|u|, where nothing else needs 1 / (1 + e); internal
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct sech_square_primitive {
    static constexpr std::string_view name = "#sech_square";
    static constexpr int arity = 1;
    static constexpr bool raises_exceptions = true;
    template<class V>
    static constexpr V value(V e) {
        using detail::elementary::sech_square;
        return sech_square(e);
    }
};
}  // namespace op

}  // namespace chainrule
