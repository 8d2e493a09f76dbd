// SPDX-License-Identifier: BSL-1.0
/// select(a < b, u, v), written a < b ? u : v in formula text
#pragma once

#include <chainrule/expr/condition.hpp>
#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {

/// u if a < b (or a <= b), else v; NaN if a or b is NaN, so that a NaN input is never swallowed.
template<bool OrEqual>
struct selection {
    static constexpr std::string_view name = OrEqual ? "select_less_equal" : "select_less";
    static constexpr int arity = 4;
    static constexpr bool is_arithmetic = true;
    static constexpr keeps numbers = keeps::everything;
    static constexpr int chooses_from = 2;
    static constexpr bool has_kinks = true;
    static constexpr std::string_view text =
        OrEqual ? "{0} <= {1} ? {2} : {3}" : "{0} < {1} ? {2} : {3}";
    template<class V>
    static constexpr V value(V a, V b, V u, V v) {
        using detail::elementary::select_ordered;
        return select_ordered<OrEqual>(a, b, u, v);
    }
    /// The value where NaN is met by other means: there the first arm, or the second.
    template<bool First, class V>
    static V choice(V a, V b, V u, V v) {
        return select_arm<OrEqual, First>(a, b, u, v);
    }
    template<class I>
    static constexpr I range(I a, I b, I u, I v) {
        return chosen<OrEqual>(a, b, u, v);
    }
    /// The chosen arm only: a mask times the other arm would turn its infinities into NaN.
    static constexpr auto tangent(detail::kink_rule rule, auto a, auto b, auto, auto, auto da,
                                  auto db, auto du, auto dv, auto) {
        if (rule == detail::kink_rule::usual) return choose(a, b, du, dv);
        // At a tie a − b moves with da − db: to the right of it a < b if da < db, to the left if da > db.
        const auto at_tie = rule == detail::kink_rule::right
            ? select_less(da, db, du, select_less(db, da, dv, choose(a, b, du, dv)))
            : select_less(db, da, du, select_less(da, db, dv, choose(a, b, du, dv)));
        return select_by_order(a, b, du, at_tie, dv);
    }

private:
    static constexpr auto choose(auto a, auto b, auto u, auto v) {
        return detail::make_call<selection>(a, b, u, v);
    }
};

}  // namespace op

namespace detail {

template<bool OrEqual, class L, class R, class U, class V>
constexpr auto make_selection(condition<OrEqual, L, R>, U u, V v) {
    return make_call<op::selection<OrEqual>>(L{}, R{}, u, v);
}

}  // namespace detail

/// select(a < b, u, v): u where the condition holds, else v. Conditions are <, <=, > and >=.
template<class C, class U, class V>
    requires detail::operands<U, V> || detail::is_condition<C>
constexpr auto select(C condition, U u, V v) {
    if constexpr (detail::is_condition<C>) {
        return detail::make_selection(condition, u, v);
    } else {
        static_assert(detail::always_false<C>::value,
                      "chainrule: select needs a condition made with <, <=, > or >=; == compares "
                      "two formulas as a "
                      "whole and is not a condition");
    }
}

/// Graph side: u if a < b, else v.
template<detail::handle_like H>
constexpr H select_less(H a, H b, H u, H v) {
    return detail::make_call<op::selection<false>>(a, b, u, v);
}
/// Graph side: one of three by the order of a and b.
template<detail::handle_like H>
constexpr H select_by_order(H a, H b, H less, H tie, H greater) {
    return select_less(a, b, less, select_less(b, a, greater, tie));
}
/// Graph side: one of three by the sign of u.
template<detail::handle_like H>
constexpr H select_by_sign(H u, H negative, H zero, H positive) {
    return select_by_order(u, 0.0 * u, negative, zero, positive);
}

}  // namespace chainrule
