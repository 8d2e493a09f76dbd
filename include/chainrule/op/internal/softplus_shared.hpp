// SPDX-License-Identifier: BSL-1.0
/// softplus(±u) from e = e^-|u|; internal
#pragma once

#include <chainrule/op/internal/side.hpp>

namespace chainrule {

namespace op {
template<side Side>
struct softplus_shared_primitive {
    static constexpr std::string_view name =
        Side == side::same ? "#softplus_shared" : "#softplus_shared_opposite";
    static constexpr int arity = 2;
    static constexpr bool raises_exceptions = true;
    static constexpr bool is_faithful = true;
    template<class V>
    static constexpr V value(V u, V e) {
        using detail::elementary::softplus_shared;
        return softplus_shared<Side == side::opposite>(u, e);
    }
};
}  // namespace op

}  // namespace chainrule
