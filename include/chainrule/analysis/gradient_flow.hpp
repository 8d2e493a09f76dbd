// SPDX-License-Identifier: BSL-1.0
/// gradient_flow(f).verdict: does the gradient of a chain vanish or explode? At compile time by a fixed
/// quadrature, so that it can stand in a static_assert; nothing but the evaluator is needed for it.
#pragma once

#include <chainrule/program/evaluate.hpp>

namespace chainrule {

enum class verdict {
    vanishes,
    preserved,
    explodes,
    undefined,  ///< f′ is not a number for some inputs
};

/// s_N = √(E (∂x_N/∂x_0)²), x_0 ~ N(0, 1), and what it means.
struct gradient_flow_report {
    chainrule::verdict verdict = chainrule::verdict::undefined;
    double size = 0;  ///< s_N by 128 fixed points: good to some percent, unless f′ has narrow
                      ///< peaks away from 0; checked_gradient_flow() sees those
};

namespace detail {

constexpr verdict judge(long double size, double vanishing, double exploding) {
    if (size != size) return verdict::undefined;
    if (size < static_cast<long double>(vanishing)) return verdict::vanishes;
    if (size > static_cast<long double>(exploding)) return verdict::explodes;
    return verdict::preserved;
}

/// Not a template parameter of the loop: one instantiation per formula, whatever the thresholds.
template<class E>
constexpr long double root_mean_square_slope() {
    using slope_plan = plan<E, false, kink_rule::usual, "x">;
    constexpr int place = symbols_of<E>::find("x");
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
        const auto nothing = make_bindings(x = 0.0);
        double inputs[] = {symbol_value<E, I, double>(nothing)..., 0.0};
        // The trapezoidal rule in t, z = t (0.05 + 8.7 |t|): dense at 0, where steep chains have their weight,
        // and still fine in the tails, where flat ones have it. Shifted, so that no point falls on a kink at 0.
        constexpr double step = 1.0 / 64;
        long double sum = 0;
        for (int i = -64; i < 64; ++i) {
            const double t = (i + 0.3) * step;
            const double size = t < 0 ? -t : t;
            const double z = t * (0.05 + 8.7 * size);
            if constexpr (place >= 0) inputs[place] = z;
            double slope = 0;
            interpret<slope_plan, double, double>(inputs, &slope);
            const auto wide = static_cast<long double>(slope);
            const double weight = elementary::normal_pdf(z) * (0.05 + 17.4 * size) * step;
            sum += wide * wide * static_cast<long double>(weight);
        }
        return elementary::square_root(sum);
    }
    (std::make_index_sequence<symbols_of<E>::count>{});
}

template<class E>
inline constexpr long double root_mean_square_slope_of = root_mean_square_slope<E>();

}  // namespace detail

/// The verdict on f as a whole, f being the chain: gradient_flow(nest<50>(silu)).verdict. The gradient
/// vanishes if s_N < vanishing, explodes if s_N > exploding, else it is preserved. constexpr.
template<expression F>
constexpr gradient_flow_report gradient_flow(F, double vanishing = 1e-3, double exploding = 1e3) {
    constexpr long double size = detail::root_mean_square_slope_of<F>;
    return {detail::judge(size, vanishing, exploding), detail::elementary::narrow<double>(size)};
}

}  // namespace chainrule
