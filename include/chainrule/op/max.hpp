// SPDX-License-Identifier: BSL-1.0
/// max(u, v); NaN if either is NaN; kink where u = v
#pragma once

#include <chainrule/op/primitive.hpp>
#include <chainrule/op/select.hpp>

namespace chainrule {

namespace op {
struct max_primitive {
    static constexpr std::string_view name = "max";
    static constexpr int arity = 2;
    static constexpr bool is_arithmetic = true;
    static constexpr keeps numbers = keeps::everything;
    static constexpr int chooses_from = 0;
    static constexpr bool has_kinks = true;
    template<class V>
    static constexpr V value(V u, V v) {
        using detail::elementary::maximum;
        return maximum(u, v);
    }
    template<class I>
    static constexpr I range(I u, I v) {
        return larger(u, v);
    }
    /// At a tie the usual rule takes the operand that does not depend on the symbol, else the first.
    static constexpr auto tangent(detail::kink_rule rule, auto u, auto v, auto du, auto dv, auto) {
        // To the left of a tie the operand of smaller slope is the larger one; to the right the other.
        if (rule == detail::kink_rule::left) return select_by_order(u, v, dv, min(du, dv), du);
        if (rule == detail::kink_rule::right) return select_by_order(u, v, dv, max(du, dv), du);
        const bool second_is_fixed = dv.is_zero() && !du.is_zero();
        return second_is_fixed ? select_less(v, u, du, dv) : select_less(u, v, dv, du);
    }
};
}  // namespace op

/// The larger of two formulas.
template<class U, class V>
    requires detail::operands<U, V>
constexpr auto max(U u, V v) { return detail::make_call<op::max_primitive>(u, v); }

}  // namespace chainrule
