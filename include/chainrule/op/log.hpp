// SPDX-License-Identifier: BSL-1.0
/// ln u; domain (0, ∞), −∞ at 0, NaN below
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct log_primitive {
    static constexpr std::string_view name = "log";
    static constexpr int arity = 1;
    template<class V>
    static constexpr V value(V u) {
        using detail::elementary::log;
        return log(u);
    }
    template<class I>
    static constexpr I range(I u) {
        return increasing<log_primitive>(restricted_above(u, 0));
    }
    static constexpr auto derivative(auto u, auto) { return 1.0 / u; }
    static constexpr auto inverse(auto y) { return exp(y); }
    static constexpr auto slope_from_output(auto y) { return exp(-y); }
};
}  // namespace op

template<detail::symbolic U>
constexpr auto log(U u) {
    return detail::make_call<op::log_primitive>(u);
}

}  // namespace chainrule
