// SPDX-License-Identifier: BSL-1.0
/// composition_bound(f, g, h): the certified sup |(f∘g∘h)′| beside the product of the sups.
#pragma once

#include <chainrule/analysis/range.hpp>
#include <chainrule/expr/compose.hpp>

namespace chainrule {

/// The two bounds of the slope of a composition.
struct composed_slope {
    interval slope;  ///< encloses sup |(f∘g∘…)′|
    interval
        product;  ///< encloses sup |f′| · sup |g′| · …, which is usually larger: the sups lie apart

    /// product / slope: by how much the product of the sups overestimates.
    [[nodiscard]] double overestimate() const { return product.middle() / slope.middle(); }
};

namespace detail {

inline void multiply_bound(interval& product, interval factor, int times) {
    enclosure total{static_cast<long double>(product.lo), static_cast<long double>(product.hi)};
    for (int i = 0; i < times; ++i)
        total = total *
            enclosure(static_cast<long double>(factor.lo), static_cast<long double>(factor.hi));
    product = rounded_outward(total.lo, total.hi);
}

}  // namespace detail

/// For f(g(h(x))): the last formula is applied first, as in compose(f, g, h). Weights and biases are part of
/// the formulas: composition_bound(sigmoid(0.5_c*x + 1_c), tanh(2_c*x)). sigmoid∘sigmoid: 0.0589590, not
/// 0.0625 = 0.25²: where the inner slope is 1/4, the outer one is not.
template<expression... F>
    requires(sizeof...(F) >= 2)
composed_slope composition_bound(F... formulas) {
    composed_slope result{lipschitz(compose(formulas...)), {1, 1}};
    (detail::multiply_bound(result.product, lipschitz(formulas), 1), ...);
    return result;
}

/// The same for nest<Depth>(f).
template<int Depth, expression F>
    requires(Depth >= 1)
composed_slope composition_bound(F formula) {
    composed_slope result{lipschitz(nest<Depth>(formula)), {1, 1}};
    detail::multiply_bound(result.product, lipschitz(formula), Depth);
    return result;
}

}  // namespace chainrule
