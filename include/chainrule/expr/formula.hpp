// SPDX-License-Identifier: BSL-1.0
/// Formulas as text: "x*sigmoid(beta*x)"_f. Parsed by graph/parse.hpp.
#pragma once

#include <chainrule/expr/expression.hpp>

namespace chainrule {

namespace detail {

template<fixed_string Text>
struct formula_text : formula_interface<formula_text<Text>> {};

}  // namespace detail

namespace literals {

/// A formula from text: numbers, names, + - * / ^, parentheses, calls of every primitive and catalogue
/// name, a < b ? u : v. Every name but x is a parameter.
template<fixed_string Text>
constexpr auto operator""_f() {
    return detail::formula_text<Text>{};
}

}  // namespace literals
}  // namespace chainrule
