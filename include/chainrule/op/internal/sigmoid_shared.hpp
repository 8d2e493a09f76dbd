// SPDX-License-Identifier: BSL-1.0
/// σ(±u) from q = σ(−|u|); internal
#pragma once

#include <chainrule/op/internal/side.hpp>

namespace chainrule {

namespace op {
template<side Side>
struct sigmoid_shared_primitive {
    static constexpr std::string_view name =
        Side == side::same ? "#sigmoid_shared" : "#sigmoid_shared_opposite";
    static constexpr int arity = 2;
    static constexpr bool raises_exceptions = true;
    static constexpr bool drops_nan = true;  // where only one argument is NaN
    static constexpr bool is_faithful = true;
    template<class V>
    static constexpr V value(V u, V q) {
        using detail::elementary::sigmoid_shared;
        return sigmoid_shared<Side == side::opposite>(u, q);
    }
};
}  // namespace op

}  // namespace chainrule
