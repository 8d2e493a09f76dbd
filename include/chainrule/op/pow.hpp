// SPDX-License-Identifier: BSL-1.0
/// u^v; C99 pow; constant exponents become products and roots
#pragma once

#include <chainrule/op/log.hpp>
#include <chainrule/op/primitive.hpp>
#include <chainrule/op/select.hpp>

namespace chainrule {

namespace op {
struct pow_primitive {
    static constexpr std::string_view name = "pow";
    static constexpr bool takes_roots = true;
    static constexpr int arity = 2;
    static constexpr bool drops_nan = true;  // 1^v and u^0 are 1
    template<class V>
    static constexpr V value(V u, V v) {
        using detail::elementary::pow;
        return pow(u, v);
    }
    template<class I>
    static constexpr I range(I u, I v) {
        return power(u, v);
    }
    template<int I>
    static constexpr auto derivative(auto u, auto v, auto f) {
        if constexpr (I == 0) {
            return v * pow(u, v - 1.0);
        } else {
            // u^v ln u tends to 0 with u for v > 0; log alone would give 0 * -inf = NaN at u = 0.
            return select_less(0.0 * u, u, f * log(u),
                               select_less(u, 0.0 * u, f * log(u), 0.0 * u));
        }
    }
};
}  // namespace op

/// u^v; also written u ^ v in formula text.
template<class U, class V>
    requires detail::operands<U, V>
constexpr auto pow(U u, V v) { return detail::make_call<op::pow_primitive>(u, v); }

}  // namespace chainrule
