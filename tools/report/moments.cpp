// SPDX-License-Identifier: BSL-1.0
#include "moments.hpp"

#include <boost/math/quadrature/gauss_kronrod.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace chainrule::report {

namespace {

/// Beyond it the normal density is below the smallest normal double.
constexpr double farthest = 37.5;

double density(double x) { return std::exp(-0.5 * x * x) / std::sqrt(2 * std::numbers::pi); }

std::vector<double> panels(const std::vector<kink>& kinks) {
    std::vector<double> edges{-farthest, -26, -18, -13, -10, -8, -6.5};
    for (int i = -5; i <= 5; ++i) edges.push_back(i);
    edges.insert(edges.end(), {6.5, 8, 10, 13, 18, 26, farthest});
    for (const kink& k : kinks) {
        if (std::fabs(k.at) < farthest) edges.push_back(k.at);
    }
    std::ranges::sort(edges);
    edges.erase(std::ranges::unique(edges).begin(), edges.end());
    return edges;
}

template<class Function>
integral integrate(Function f, const std::vector<double>& edges) {
    using rule = boost::math::quadrature::gauss_kronrod<double, 31>;
    integral result;
    double size = 0;
    auto integrand = [&](double x) {
        const double value = f(x);
        if (std::isnan(value)) {
            result.state = integral_state::undefined;
            result.undefined_at = x;
            return 0.0;
        }
        return value == 0 ? 0.0 : value * density(x);
    };
    for (std::size_t i = 0; i + 1 < edges.size(); ++i) {
        double error = 0;
        double norm = 0;
        const double part =
            rule::integrate(integrand, edges[i], edges[i + 1], 12, 1e-13, &error, &norm);
        if (result.state == integral_state::undefined) return result;
        result.value += part;
        result.error += error;
        size += norm;
    }
    const double tail = std::fabs(integrand(-farthest)) + std::fabs(integrand(farthest));
    if (!std::isfinite(result.value) || result.error > 1e-6 * size || tail > 1e-9 * size) {
        result.state = integral_state::not_converged;
    }
    return result;
}

}  // namespace

moments find_moments(const compiled_formula& f, const std::vector<kink>& kinks) {
    const std::vector<double> edges = panels(kinks);
    moments result;
    result.mean_output = integrate(f.value, edges);
    result.mean_squared_slope = integrate(
        [&](double x) {
            const double slope = f.slope(x);
            return slope * slope;
        },
        edges);
    return result;
}

}  // namespace chainrule::report
