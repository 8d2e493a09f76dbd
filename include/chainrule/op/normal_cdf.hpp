// SPDX-License-Identifier: BSL-1.0
/// Φ(u), the standard normal distribution function; range (0, 1)
#pragma once

#include <chainrule/op/normal_pdf.hpp>
#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct normal_cdf_primitive {
    static constexpr std::string_view name = "normal_cdf";
    static constexpr int arity = 1;
    static constexpr bool raises_exceptions = true;
    template<class V>
    static constexpr V value(V u) {
        using detail::elementary::normal_cdf;
        return normal_cdf(u);
    }
    template<class I>
    static constexpr I range(I u) {
        return increasing<normal_cdf_primitive>(u, 0, 1);
    }
    static constexpr auto derivative(auto u, auto) { return normal_pdf(u); }
};
}  // namespace op

template<detail::symbolic U>
constexpr auto normal_cdf(U u) {
    return detail::make_call<op::normal_cdf_primitive>(u);
}

}  // namespace chainrule
