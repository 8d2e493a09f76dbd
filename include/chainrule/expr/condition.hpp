// SPDX-License-Identifier: BSL-1.0
/// Conditions for select(): a < b, a <= b, a > b, a >= b. There is no ==: that compares formulas.
#pragma once

#include <chainrule/expr/call.hpp>

namespace chainrule {

namespace detail {

/// left < right, or left <= right when `OrEqual`.
template<bool OrEqual, class Left, class Right>
struct condition {};

template<class T>
inline constexpr bool is_condition = false;
template<bool OrEqual, class L, class R>
inline constexpr bool is_condition<condition<OrEqual, L, R>> = true;

template<bool OrEqual, class L, class R>
constexpr auto make_condition(L left, R right) {
    return condition<OrEqual, decltype(as_operand(left)), decltype(as_operand(right))>{};
}

}  // namespace detail

template<class L, class R>
    requires detail::operands<L, R>
constexpr auto operator<(L left, R right) { return detail::make_condition<false>(left, right); }
template<class L, class R>
    requires detail::operands<L, R>
constexpr auto operator<=(L left, R right) { return detail::make_condition<true>(left, right); }
template<class L, class R>
    requires detail::operands<L, R>
constexpr auto operator>(L left, R right) { return detail::make_condition<false>(right, left); }
template<class L, class R>
    requires detail::operands<L, R>
constexpr auto operator>=(L left, R right) { return detail::make_condition<true>(right, left); }

}  // namespace chainrule
