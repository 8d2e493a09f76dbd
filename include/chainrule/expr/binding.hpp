// SPDX-License-Identifier: BSL-1.0
/// A symbol with the value it is given: what `beta = 1.5f` makes.
#pragma once

#include <chainrule/expr/expression.hpp>

#include <utility>

namespace chainrule {

namespace detail {

/// `Value` is a number or expression (held by value) or a reference to what the user named.
template<fixed_string Name, class Value>
struct binding : binding_tag {
    static constexpr auto name = Name;
    using value_type = Value;
    Value value;

    constexpr explicit binding(Value v) : value(static_cast<Value&&>(v)) {}
};

/// Lvalue ranges are bound by reference (outputs must reach the user's array); all else by value.
template<class T>
using bound_type =
    std::conditional_t<std::is_lvalue_reference_v<T> && !plain_number<T> && !expression<T>, T,
                       std::remove_cvref_t<T>>;

}  // namespace detail
}  // namespace chainrule
