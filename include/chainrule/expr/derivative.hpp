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

/// Whether A may follow the formula: a symbol, a kink policy, both in this order, or nothing.
template<class... A>
inline constexpr bool follow_formula = sizeof...(A) == 0;
template<class A>
inline constexpr bool follow_formula<A> = symbol_like<A> || kink_policy_like<A>;
template<symbol_like S, kink_policy_like K>
inline constexpr bool follow_formula<S, K> = true;

template<int Order>
constexpr void require_order() {
    static_assert(Order >= 0, "chainrule: the order of a derivative is 0 or greater");
}

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
constexpr auto derivative(F, S = {}) {
    detail::require_order<Order>();
    return detail::derivative_expression<F, S::name, Order, detail::kink_rule::usual>{};
}
template<int Order = 1, expression F, detail::symbol_like S, detail::kink_policy_like K>
constexpr auto derivative(F, S, K) {
    detail::require_order<Order>();
    return detail::derivative_expression<F, S::name, Order, K::rule>{};
}
template<int Order = 1, expression F, detail::kink_policy_like K>
constexpr auto derivative(F, K) {
    detail::require_order<Order>();
    return detail::derivative_expression<F, "x", Order, K::rule>{};
}
template<int Order = 1, expression F, class... A>
    requires(!detail::follow_formula<A...>)
constexpr auto derivative(F f, A...) {
    static_assert(detail::follow_formula<A...>,
                  "chainrule: after the formula, derivative takes a symbol and a kink policy; the "
                  "order goes in angle brackets, as in derivative<2>(f, x)");
    return f;
}

}  // namespace chainrule
