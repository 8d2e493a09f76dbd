// SPDX-License-Identifier: BSL-1.0
/// Numbers in formulas: 1.702_c, constant<1.702>, exact_constant<1.702L>.
#pragma once

#include <chainrule/core/decimal.hpp>
#include <chainrule/expr/expression.hpp>

#include <limits>
#include <string_view>

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

/// Whether a literal is an ordinary decimal number: no 0x10, 0b11, nor 010, which is 8 to the compiler.
template<char... Characters>
consteval bool is_decimal_literal() {
    constexpr char text[] = {Characters..., '\0'};
    bool is_integer = true;
    for (char c : text) {
        if (c == 'x' || c == 'X' || c == 'b' || c == 'B') return false;
        if (c == '.' || c == 'e' || c == 'E') is_integer = false;
    }
    return !is_integer || text[0] != '0' || sizeof...(Characters) == 1;
}

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
    static_assert(detail::is_decimal_literal<Characters...>(),
                  "chainrule: numbers in formulas are decimal; write 16_c or 0.5_c, not 0x10_c, "
                  "0b10_c or 010_c");
    static_assert(detail::literal_value<Characters...>() < std::numeric_limits<double>::infinity(),
                  "chainrule: this number is beyond the range of double");
    return detail::constant_expression<real{detail::literal_value<Characters...>()}>{};
}

}  // namespace literals
}  // namespace chainrule
