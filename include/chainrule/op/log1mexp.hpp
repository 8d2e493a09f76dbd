// SPDX-License-Identifier: BSL-1.0
/// log1mexp u = ln(1 − e^−u), right for small and for large u; domain (0, ∞), range (−∞, 0)
#pragma once

#include <chainrule/op/expm1.hpp>
#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct log1mexp_primitive {
    static constexpr std::string_view name = "log1mexp";
    static constexpr int arity = 1;
    template<class V>
    static constexpr V value(V u) {
        using detail::elementary::exp, detail::elementary::expm1, detail::elementary::log,
            detail::elementary::log1p;
        using detail::elementary::select_ordered;
        return select_ordered<false>(u, V(0.6931472F), log(-expm1(-u)), log1p(-exp(-u)));
    }
    template<class I>
    static constexpr I range(I u) {
        I result = increasing<log1mexp_primitive>(restricted_above(u, 0),
                                                  -std::numeric_limits<long double>::infinity(), 0);
        if (result.hi == 0) result.open_hi = true;  // rounded to 0, or its limit from below
        return result;
    }
    static constexpr auto derivative(auto u, auto) { return 1.0 / expm1(u); }
};
}  // namespace op

template<detail::symbolic U>
constexpr auto log1mexp(U u) {
    return detail::make_call<op::log1mexp_primitive>(u);
}

}  // namespace chainrule
