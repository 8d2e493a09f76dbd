// SPDX-License-Identifier: BSL-1.0
/// u·v + w rounded once where the hardware can; internal: programs are written with it
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct multiply_add_primitive {
    static constexpr std::string_view name = "multiply_add";
    static constexpr int arity = 3;
    static constexpr bool is_arithmetic = true;
    /// Without fma only if u·v does not overflow.
    static constexpr keeps numbers = keeps::with_numbers;
    template<class V>
    static constexpr V value(V u, V v, V w) {
        using detail::elementary::multiply_add;
        return multiply_add(u, v, w);
    }
    template<class I>
    static constexpr I range(I u, I v, I w) {
        return u * v + w;
    }
    static constexpr bool is_abbreviation = true;
    static constexpr auto definition(auto u, auto v, auto w) { return u * v + w; }
};
}  // namespace op

}  // namespace chainrule
