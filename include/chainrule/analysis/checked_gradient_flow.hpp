// SPDX-License-Identifier: BSL-1.0
/// checked_gradient_flow(f): the verdict of gradient_flow(f) with its error, by adaptive quadrature.
#pragma once

#include <chainrule/analysis/gradient_flow.hpp>
#include <chainrule/analysis/moments.hpp>

namespace chainrule {

struct checked_gradient_flow_report {
    chainrule::verdict verdict = chainrule::verdict::undefined;
    estimate size;            ///< s_N = √(E (∂x_N/∂x_0)²), x_0 ~ N(0, 1)
    bool is_certain = false;  ///< no threshold lies within the error of s_N
    bool has_jump = false;    ///< the chain jumps: s_N is the almost-everywhere value
};

namespace detail {

inline checked_gradient_flow_report check_gradient_flow(const analysed_function& f,
                                                        double vanishing, double exploding) {
    const std::vector<break_point> points = f.break_points(normal_reach(1));
    checked_gradient_flow_report r;
    for (const break_point& p : points) r.has_jump = r.has_jump || p.is_jump;
    const auto square = [&](long double z, long double* out) {
        const auto [value, slope] = f.value_and_slope(z);
        out[0] = value != value ? value : slope * slope;
    };
    const integral e = gaussian_quadrature::run({1, square}, normal_breaks(points, 1), 1e-15L)[0];
    const long double size = std::sqrt(e.value);
    const long double error = size > 0 && std::isfinite(size) ? e.error / (2 * size) : 0;
    r.size = integral{size, error, 0}.rounded();
    r.verdict = judge(size, vanishing, exploding);
    const auto margin = static_cast<long double>(r.size.error);
    r.is_certain = r.verdict == judge(size - margin, vanishing, exploding) &&
        r.verdict == judge(size + margin, vanishing, exploding);
    return r;
}

}  // namespace detail

/// The verdict on a chain f at run time: s_N to 1e-13 relative where the quadrature reaches it, with the
/// error it estimates.
template<expression F>
checked_gradient_flow_report checked_gradient_flow(F, double vanishing = 1e-3,
                                                   double exploding = 1e3) {
    return detail::check_gradient_flow(detail::function_of<F>(), vanishing, exploding);
}

}  // namespace chainrule
