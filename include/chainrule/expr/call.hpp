// SPDX-License-Identifier: BSL-1.0
/// A primitive applied to formulas, and the one function through which every primitive is called.
#pragma once

#include <chainrule/expr/expression.hpp>

namespace chainrule {

namespace detail {

template<class Operation, class... Arguments>
struct call : formula_interface<call<Operation, Arguments...>> {};

/// Refuses a bare number in a formula with one sentence; everything else passes through.
template<class T>
constexpr auto as_operand(T value) {
    if constexpr (symbolic<T>) {
        return value;
    } else {
        static_assert(always_false<T>::value,
                      "chainrule: a plain number cannot stand in a formula, because a formula "
                      "lives in its type; "
                      "write the number with _c, as in 2.0_c * x, or write the formula as text, as "
                      "in \"2.0*x\"_f");
    }
}

/// tanh(u) for a formula u is the empty node call<op::tanh, U>; for a graph handle it is a graph node.
template<class Operation, class First, class... Rest>
constexpr auto make_call(First first, Rest... rest) {
    if constexpr (handle_like<First> || (handle_like<Rest> || ...)) {
        return handle_call<Operation>(first, rest...);
    } else {
        return call<Operation, decltype(as_operand(first)), decltype(as_operand(rest))...>{};
    }
}

/// At least one operand is a formula, the others are formulas or (to be refused) plain numbers.
template<class... T>
concept operands = (symbolic<T> || ...) && ((symbolic<T> || plain_number<T>)&&...);

}  // namespace detail
}  // namespace chainrule
