// SPDX-License-Identifier: BSL-1.0
/// |u|; kink at 0: slope 0 by the usual rule
#pragma once

#include <chainrule/op/primitive.hpp>
#include <chainrule/op/select.hpp>
#include <chainrule/op/sign.hpp>

namespace chainrule {

namespace op {
struct abs_primitive {
    static constexpr std::string_view name = "abs";
    static constexpr int arity = 1;
    static constexpr bool is_arithmetic = true;
    static constexpr keeps numbers = keeps::everything;
    static constexpr int chooses_from = 0;
    static constexpr bool has_kinks = true;
    static constexpr parity symmetry = parity::even;
    template<class V>
    static constexpr V value(V u) {
        using detail::elementary::absolute;
        return absolute(u);
    }
    template<class I>
    static constexpr I range(I u) {
        return magnitude(u);
    }
    static constexpr auto tangent(detail::kink_rule rule, auto u, auto du, auto) {
        // From the left u leaves 0 against du, from the right along it: slopes −|du| and |du|.
        if (rule == detail::kink_rule::left) return select_by_sign(u, -du, -abs(du), du);
        if (rule == detail::kink_rule::right) return select_by_sign(u, -du, abs(du), du);
        return sign(u) * du;
    }
};
}  // namespace op

template<detail::symbolic U>
constexpr auto abs(U u) {
    return detail::make_call<op::abs_primitive>(u);
}

}  // namespace chainrule
