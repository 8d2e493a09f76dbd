// SPDX-License-Identifier: BSL-1.0
/// e^u, and e^(u + lo), but finite for large u; internal
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct capped_exp_primitive {
    static constexpr std::string_view name = "#capped_exp";
    static constexpr int arity = 1;
    static constexpr bool raises_exceptions = true;
    template<class V>
    static constexpr V value(V u) {
        using detail::elementary::capped_exp;
        return capped_exp(u);
    }
};
struct capped_exp_pair_primitive {
    static constexpr std::string_view name = "#capped_exp_pair";
    static constexpr int arity = 2;
    static constexpr bool raises_exceptions = true;
    static constexpr bool drops_nan = true;  // of lo, which is the error of an infinite u
    template<class V>
    static constexpr V value(V u, V lo) {
        using detail::elementary::capped_exp;
        return capped_exp(u, lo);
    }
};
}  // namespace op

}  // namespace chainrule
