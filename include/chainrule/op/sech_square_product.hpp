// SPDX-License-Identifier: BSL-1.0
/// u·sech²u as one atom: 0 in the limit, where u may already be infinite. Written u*sech(u)^2 in formulas.
#pragma once

#include <chainrule/op/primitive.hpp>
#include <chainrule/op/sech.hpp>
#include <chainrule/op/tanh.hpp>

namespace chainrule {

namespace op {
struct sech_square_product_primitive {
    static constexpr std::string_view name = "sech_square_product";
    static constexpr int arity = 1;
    static constexpr parity symmetry = parity::odd;
    static constexpr std::string_view text = "{0}*sech({0})^2";
    template<class V>
    static constexpr V value(V u) {
        using detail::elementary::sech, detail::elementary::multiply,
            detail::elementary::select_ordered;
        const V s = sech(u);
        return select_ordered<true>(s, V(0), s, multiply(multiply(u, s), s));
    }
    template<class I>
    static constexpr I range(I u) {
        // The maximum: 0.447743204694302849178…, at 0.77170231920910423979…
        return rising_and_falling<sech_square_product_primitive>(
            u, I(0.7717023192091042L, 0.7717023192091043L), I(0, 0.4477432046943028493L));
    }
    static constexpr auto derivative(auto u, auto f) {
        return sech(u) * sech(u) - 2.0 * tanh(u) * f;
    }
};
}  // namespace op

template<detail::symbolic U>
constexpr auto sech_square_product(U u) {
    return detail::make_call<op::sech_square_product_primitive>(u);
}

}  // namespace chainrule
