// SPDX-License-Identifier: BSL-1.0
/// erfc u = 1 − erf u, right in the tail too; range (0, 2)
#pragma once

#include <chainrule/op/exp.hpp>
#include <chainrule/op/pi.hpp>
#include <chainrule/op/primitive.hpp>
#include <chainrule/op/sqrt.hpp>

namespace chainrule {

namespace op {
struct erfc_primitive {
    static constexpr std::string_view name = "erfc";
    static constexpr int arity = 1;
    static constexpr bool raises_exceptions = true;
    template<class V>
    static constexpr V value(V u) {
        using detail::elementary::erfc;
        return erfc(u);
    }
    template<class I>
    static constexpr I range(I u) {
        return decreasing<erfc_primitive>(u, 0, 2);
    }
    static constexpr auto derivative(auto u, auto) {
        return -2.0 / sqrt(number_pi(u)) * exp(-(u * u));
    }
};
}  // namespace op

template<detail::symbolic U>
constexpr auto erfc(U u) {
    return detail::make_call<op::erfc_primitive>(u);
}

}  // namespace chainrule
