// SPDX-License-Identifier: BSL-1.0
/// u / v
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct divide_primitive {
    static constexpr std::string_view name = "/";
    static constexpr int arity = 2;
    static constexpr bool is_arithmetic = true;
    static constexpr keeps numbers = keeps::with_numbers;
    static constexpr keeps digits = keeps::with_last_number;
    static constexpr bool is_abbreviation =
        true;  // of a weighted sum or product in the value graph
    static constexpr auto definition(auto u, auto v) { return u / v; }
    template<class V>
    static constexpr V value(V u, V v) {
        return detail::elementary::divide(u, v);
    }
    template<class I>
    static constexpr I range(I u, I v) {
        return u / v;
    }
};
}  // namespace op

template<class U, class V>
    requires detail::operands<U, V> &&
        (!detail::handle_like<U> && !detail::handle_like<V>)constexpr auto
        operator/(U u, V v) {
        return detail::make_call<op::divide_primitive>(u, v);
    }

}  // namespace chainrule
