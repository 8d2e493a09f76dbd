// SPDX-License-Identifier: BSL-1.0
/// ln σ(u) = −softplus(−u); range (−∞, 0)
#pragma once

#include <chainrule/op/primitive.hpp>
#include <chainrule/op/sigmoid.hpp>

namespace chainrule {

namespace op {
struct log_sigmoid_primitive {
    static constexpr std::string_view name = "log_sigmoid";
    static constexpr int arity = 1;
    static constexpr bool raises_exceptions = true;
    template<class V>
    static constexpr V value(V u) {
        using detail::elementary::log_sigmoid;
        return log_sigmoid(u);
    }
    template<class I>
    static constexpr I range(I u) {
        return increasing<log_sigmoid_primitive>(u, -std::numeric_limits<long double>::infinity(),
                                                 0);
    }
    static constexpr auto derivative(auto u, auto) { return sigmoid(-u); }
    static constexpr auto inverse(auto y) { return y - log(-expm1(y)); }
    static constexpr auto slope_from_output(auto y) { return -expm1(y); }
};
}  // namespace op

template<detail::symbolic U>
constexpr auto log_sigmoid(U u) {
    return detail::make_call<op::log_sigmoid_primitive>(u);
}

}  // namespace chainrule
