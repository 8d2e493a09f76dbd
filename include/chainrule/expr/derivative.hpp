// SPDX-License-Identifier: BSL-1.0
/// derivative(f), derivative(f, beta), derivative<2>(f, x): a formula again, worked out in the graph.
#pragma once

#include <chainrule/expr/expression.hpp>
#include <chainrule/expr/symbol.hpp>

namespace chainrule {

namespace detail {

/// Which value a derivative takes where the one-sided slopes differ.
enum class kink_rule { usual, left, right, mid };

template<class F, fixed_string Symbol, int Order, kink_rule Rule>
struct derivative_expression : formula_interface<derivative_expression<F, Symbol, Order, Rule>> {};

template<kink_rule Rule>
struct kink_policy {
    static constexpr kink_rule rule = Rule;
};

template<class T>
concept kink_policy_like = requires {
    { T::rule } -> std::convertible_to<kink_rule>;
};

}  // namespace detail

/// Kink policies, the last argument of derivative(). The usual rule (no policy) at a tie: the operand
/// that does not depend on the symbol wins; if both depend, the first; select takes its else-arm for
/// strict conditions; abs and sign give 0. Derivatives are almost-everywhere: a jump adds no delta.
namespace kink {
inline constexpr detail::kink_policy<detail::kink_rule::left> left{};
inline constexpr detail::kink_policy<detail::kink_rule::right> right{};
inline constexpr detail::kink_policy<detail::kink_rule::mid> mid{};
}  // namespace kink

/// The derivative of f of the given order with respect to a symbol (default: x), through any
/// composition, simplified. Order 0 is f itself.
template<int Order = 1, expression F, detail::symbol_like S = variable<"x">>
    requires(Order >= 0)
constexpr auto derivative(F, S = {}) {
    return detail::derivative_expression<F, S::name, Order, detail::kink_rule::usual>{};
}
template<int Order = 1, expression F, detail::symbol_like S, detail::kink_policy_like K>
    requires(Order >= 0)
constexpr auto derivative(F, S, K) {
    return detail::derivative_expression<F, S::name, Order, K::rule>{};
}
template<int Order = 1, expression F, detail::kink_policy_like K>
    requires(Order >= 0)
constexpr auto derivative(F, K) { return detail::derivative_expression<F, "x", Order, K::rule>{}; }

}  // namespace chainrule
