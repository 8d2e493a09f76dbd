// SPDX-License-Identifier: BSL-1.0
/// φ(u) = e^(−u²/2)/√(2π), the standard normal density
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct normal_pdf_primitive {
    static constexpr std::string_view name = "normal_pdf";
    static constexpr int arity = 1;
    static constexpr bool raises_exceptions = true;
    static constexpr parity symmetry = parity::even;
    template<class V>
    static constexpr V value(V u) {
        using detail::elementary::normal_pdf;
        return normal_pdf(u);
    }
    template<class I>
    static constexpr I range(I u) {
        return decreasing<normal_pdf_primitive>(magnitude(u), 0);
    }
    static constexpr auto derivative(auto u, auto f) { return -(u * f); }
};
}  // namespace op

template<detail::symbolic U>
constexpr auto normal_pdf(U u) {
    return detail::make_call<op::normal_pdf_primitive>(u);
}

}  // namespace chainrule
