// SPDX-License-Identifier: BSL-1.0
/// sin(u + lo) and cos(u + lo), for products and polynomials u whose rounding shows where the two oscillate; internal
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct sine_pair_primitive {
    static constexpr std::string_view name = "#sine_pair";
    static constexpr int arity = 2;
    static constexpr bool drops_nan = true;  // of lo, where u is 0
    template<class V>
    static constexpr V value(V u, V lo) {
        using detail::elementary::sine_pair;
        return sine_pair(u, lo);
    }
};
struct cosine_pair_primitive {
    static constexpr std::string_view name = "#cosine_pair";
    static constexpr int arity = 2;
    template<class V>
    static constexpr V value(V u, V lo) {
        using detail::elementary::cosine_pair;
        return cosine_pair(u, lo);
    }
};
}  // namespace op

}  // namespace chainrule
