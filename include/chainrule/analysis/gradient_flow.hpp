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
    double size = 0;  ///< s_N, by 64 points: 1e-9 relative for smooth chains, a few percent at kinks
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
        // The trapezoidal rule, which converges exponentially for smooth integrands; shifted, so that no
        // point falls on a kink at 0.
        constexpr double step = 0.25;
        long double sum = 0;
        for (int i = -32; i < 32; ++i) {
            const double z = (i + 0.3) * step;
            if constexpr (place >= 0) inputs[place] = z;
            double slope = 0;
            interpret<slope_plan, double, double>(inputs, &slope);
            const auto wide = static_cast<long double>(slope);
            sum += wide * wide * static_cast<long double>(elementary::normal_pdf(z) * step);
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
