// SPDX-License-Identifier: BSL-1.0
/// Composition and substitution: f(g), f(beta = 1.5_c), compose(f, g, h), nest<N>(f).
#pragma once

#include <chainrule/expr/binding.hpp>
#include <chainrule/expr/constant.hpp>
#include <chainrule/expr/symbol.hpp>

namespace chainrule {

namespace detail {

template<class F, class... Replacements>
struct substitution : formula_interface<substitution<F, Replacements...>> {};

template<int Depth, class F>
struct nesting : formula_interface<nesting<Depth, F>> {};

template<class A>
constexpr auto as_replacement() {
    if constexpr (named_binding<A>) {
        return replacement<A::name, std::remove_cvref_t<typename A::value_type>>{};
    } else {
        return replacement<"x", A>{};
    }
}

template<class A>
concept symbolic_argument = expression<A> ||
    (named_binding<A>&& requires { requires expression<typename A::value_type>; });

template<class A>
concept value_argument = plain_number<A> ||
    (named_binding<A>&& requires { requires plain_number<typename A::value_type>; });

template<class Self>
template<class... A>
constexpr auto formula_interface<Self>::operator()(A... arguments) const {
    if constexpr ((symbolic_argument<A> && ...)) {
        return substitution<Self, decltype(as_replacement<A>())...>{};
    } else if constexpr (((symbolic_argument<A> || value_argument<A>)&&...)) {
        return evaluate_call(Self{}, arguments...);
    } else {
        static_assert(
            always_false<A...>::value,
            "chainrule: a formula is called with another formula, f(g), with named values, "
            "f(beta = 1.5_c), or with a number, f(0.5)");
    }
}

}  // namespace detail

/// compose(f, g, h) is f(g(h)): the last formula is applied first.
template<expression F>
constexpr auto compose(F) {
    return F{};
}
template<expression F, expression... Inner>
constexpr auto compose(F, Inner... inner) {
    return F{}(compose(inner...));
}

/// nest<N>(f) is f(f(...f(x))), N deep; nest<0>(f) is x. Its cost to compile grows linearly with N.
template<int Depth, expression F>
    requires(Depth >= 0)
constexpr auto nest(F) { return detail::nesting<Depth, F>{}; }

}  // namespace chainrule
