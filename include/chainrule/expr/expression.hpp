// SPDX-License-Identifier: BSL-1.0
/// What every formula has in common. A formula is an empty object: everything it says is in its type,
/// so copies are free, `auto` is always safe and nothing can dangle.
#pragma once

#include <chainrule/core/fixed_string.hpp>
#include <chainrule/core/real.hpp>

#include <concepts>
#include <cstdint>
#include <type_traits>

namespace chainrule {

/// Base of formulas and of the graph's handles: being in this namespace, it lets operators and functions
/// like tanh(u) be found by argument lookup from everywhere.
struct symbolic_value {};

namespace detail {

struct expression_tag : symbolic_value {};

/// A node of the value graph seen through operators (graph/handle.hpp); derivative rules are written
/// once and work on it.
struct handle_tag : symbolic_value {};

}  // namespace detail

/// A formula: empty, typed, constexpr.
template<class E>
concept expression = std::derived_from<std::remove_cvref_t<E>, detail::expression_tag>;

namespace detail {

template<class T>
concept handle_like = std::derived_from<std::remove_cvref_t<T>, handle_tag>;

/// What primitives accept: formulas from users, graph handles from derivative rules.
template<class T>
concept symbolic = expression<T> || handle_like<T>;

template<class T>
concept plain_number = std::is_arithmetic_v<std::remove_cvref_t<T>>;

/// The value given to a symbol: `beta = 1.5f`, `x = data`, `beta = 1.5_c`. See expr/binding.hpp.
struct binding_tag {};

template<class T>
concept named_binding = std::derived_from<std::remove_cvref_t<T>, binding_tag>;

/// Substitution: `F` with symbols replaced, all at once, by expressions read outside `F`.
template<class F, class... Replacements>
struct substitution;

template<fixed_string Name, class Value>
struct replacement {
    static constexpr auto name = Name;
    using value = Value;
};

template<class... A>
struct always_false : std::false_type {};

/// Gives every formula its call operator: composition, substitution and evaluation.
template<class Self>
struct formula_interface : expression_tag {
    /// f(g) composes, f(beta = 1.5_c) substitutes, f(0.5f) evaluates at x = 0.5f.
    template<class... A>
    constexpr auto operator()(A... arguments) const;
};

}  // namespace detail
}  // namespace chainrule
