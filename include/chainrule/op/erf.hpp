// SPDX-License-Identifier: BSL-1.0
/// erf u = 2/√π ∫₀ᵘ e^−t² dt; range (−1, 1)
#pragma once

#include <chainrule/op/exp.hpp>
#include <chainrule/op/pi.hpp>
#include <chainrule/op/primitive.hpp>
#include <chainrule/op/sqrt.hpp>

namespace chainrule {

namespace op {
struct erf_primitive {
    static constexpr std::string_view name = "erf";
    static constexpr int arity = 1;
    static constexpr bool raises_exceptions = true;
    static constexpr parity symmetry = parity::odd;
    template<class V>
    static constexpr V value(V u) {
        using detail::elementary::erf;
        return erf(u);
    }
    template<class I>
    static constexpr I range(I u) {
        return increasing<erf_primitive>(u, -1, 1);
    }
    static constexpr auto derivative(auto u, auto) {
        return 2.0 / sqrt(number_pi(u)) * exp(-(u * u));
    }
};
}  // namespace op

template<detail::symbolic U>
constexpr auto erf(U u) {
    return detail::make_call<op::erf_primitive>(u);
}

}  // namespace chainrule
