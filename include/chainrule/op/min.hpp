// SPDX-License-Identifier: BSL-1.0
/// min(u, v); NaN if either is NaN; kink where u = v
#pragma once

#include <chainrule/op/primitive.hpp>
#include <chainrule/op/select.hpp>

namespace chainrule {

namespace op {
struct min_primitive {
    static constexpr std::string_view name = "min";
    static constexpr int arity = 2;
    static constexpr bool is_arithmetic = true;
    static constexpr keeps numbers = keeps::everything;
    static constexpr int chooses_from = 0;
    static constexpr bool has_kinks = true;
    template<class V>
    static constexpr V value(V u, V v) {
        using detail::elementary::minimum;
        return minimum(u, v);
    }
    template<class I>
    static constexpr I range(I u, I v) {
        return smaller(u, v);
    }
    /// At a tie the usual rule takes the operand that does not depend on the symbol, else the first.
    static constexpr auto tangent(detail::kink_rule rule, auto u, auto v, auto du, auto dv, auto) {
        // To the left of a tie the operand of larger slope is the smaller one; to the right the other.
        if (rule == detail::kink_rule::left) return select_by_order(v, u, dv, max(du, dv), du);
        if (rule == detail::kink_rule::right) return select_by_order(v, u, dv, min(du, dv), du);
        const bool second_is_fixed = dv.is_zero() && !du.is_zero();
        return second_is_fixed ? select_less(u, v, du, dv) : select_less(v, u, dv, du);
    }
};
}  // namespace op

/// The smaller of two formulas.
template<class U, class V>
    requires detail::operands<U, V>
constexpr auto min(U u, V v) { return detail::make_call<op::min_primitive>(u, v); }

}  // namespace chainrule
