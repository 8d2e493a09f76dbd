// SPDX-License-Identifier: BSL-1.0
// [header]
/// ln cosh u, even; range [0, ∞); |u| − ln 2 far out, where cosh u overflows
#pragma once

#include <chainrule/op/primitive.hpp>
#include <chainrule/op/tanh.hpp>

namespace chainrule {

namespace op {
struct log_cosh_primitive {
    static constexpr std::string_view name = "log_cosh";
    static constexpr int arity = 1;
    static constexpr parity symmetry = parity::even;

    /// cosh u = 1 + 2 sinh²(u/2) near 0, where ln would lose its digits; cosh u = e^|u|(1 + e^−2|u|)/2 elsewhere.
    template<class V>
    static constexpr V value(V u) {
        using detail::elementary::absolute, detail::elementary::exp, detail::elementary::log,
            detail::elementary::log1p, detail::elementary::select_ordered, detail::elementary::sinh;
        const V size = absolute(u);
        const V half = sinh(select_ordered<false>(size, V(1), size, V(1)) * V(0.5));
        const V far = size + log(V(0.5) + V(0.5) * exp(V(-2) * size));
        return select_ordered<false>(size, V(1), log1p(V(2) * half * half), far);
    }
    static constexpr auto derivative(auto u, auto) { return tanh(u); }
};
}  // namespace op

template<detail::symbolic U>
constexpr auto log_cosh(U u) {
    return detail::make_call<op::log_cosh_primitive>(u);
}

CHAINRULE_REGISTER_PRIMITIVE(op::log_cosh_primitive);

}  // namespace chainrule
// [/header]
