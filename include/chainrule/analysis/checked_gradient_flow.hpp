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

/// `depth` layers x → f(weight · x).
inline checked_gradient_flow_report check_gradient_flow(const analysed_function& f, int depth,
                                                        long double weight, double vanishing,
                                                        double exploding) {
    std::vector<break_point> points = f.break_points(normal_reach(weight));
    for (break_point& p : points) p.at /= weight;
    checked_gradient_flow_report r;
    for (const break_point& p : points) r.has_jump = r.has_jump || p.is_jump;
    const auto square = [&](long double z, long double* out) {
        long double at = z;
        long double product = 1;
        for (int k = 0; k < depth && product != 0; ++k) {
            const auto [value, slope] = f.value_and_slope(weight * at);
            product = value != value ? value : product * (weight * slope);
            at = value;
        }
        out[0] = product * product;
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
    return detail::check_gradient_flow(detail::function_of<F>(), 1, 1, vanishing, exploding);
}

/// The same for `depth` layers x → f(weight · x), the depth being known at run time only. The kinks of
/// the inner layers are found by the quadrature alone, so that the error is larger for an f with kinks.
template<expression F>
checked_gradient_flow_report gradient_flow_through(F, int depth, double weight = 1,
                                                   double vanishing = 1e-3,
                                                   double exploding = 1e3) {
    if (depth < 0 || !(weight > 0)) {
        throw std::invalid_argument("chainrule: gradient_flow_through got the depth " +
                                    std::to_string(depth) + " and the weight " +
                                    std::to_string(weight) +
                                    "; the depth is at least 0 and the weight above 0");
    }
    return detail::check_gradient_flow(detail::function_of<F>(), depth,
                                       static_cast<long double>(weight), vanishing, exploding);
}

}  // namespace chainrule
