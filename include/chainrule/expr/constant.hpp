// SPDX-License-Identifier: BSL-1.0
/// Numbers in formulas: 1.702_c, constant<1.702>, exact_constant<1.702L>.
#pragma once

#include <chainrule/core/decimal.hpp>
#include <chainrule/expr/expression.hpp>

namespace chainrule {

namespace detail {

template<real Value>
struct constant_expression : formula_interface<constant_expression<Value>> {
    static constexpr double value = Value.value;
};

template<extended_real Value>
struct exact_constant_expression : formula_interface<exact_constant_expression<Value>> {
    static constexpr double value = Value.value;
    static constexpr double residual = Value.residual;
};

template<class T>
inline constexpr bool is_number_expression = false;
template<real V>
inline constexpr bool is_number_expression<constant_expression<V>> = true;
template<extended_real V>
inline constexpr bool is_number_expression<exact_constant_expression<V>> = true;

template<char... Characters>
consteval double literal_value() {
    constexpr char text[] = {Characters..., '\0'};
    return parse_decimal(std::string_view(text, sizeof...(Characters)));
}

}  // namespace detail

/// A number in a formula. It is rounded to the element type before anything is computed with it.
template<real Value>
inline constexpr detail::constant_expression<Value> constant{};

/// A number that the formula means exactly, however the element type would round it (constants of
/// published formulas). `==` does not distinguish it from the rounded number.
template<extended_real Value>
inline constexpr detail::exact_constant_expression<Value> exact_constant{};

namespace literals {

/// 1.702_c: a decimal number, correctly rounded.
template<char... Characters>
constexpr auto operator""_c() {
    return detail::constant_expression<real{detail::literal_value<Characters...>()}>{};
}

}  // namespace literals
}  // namespace chainrule
