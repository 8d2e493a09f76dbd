// SPDX-License-Identifier: BSL-1.0
/// Gaussian moments of a formula of which only the kernel is known, and the critical initialisation by them.
/// moments.hpp has the moments of expressions, to more digits.
#pragma once

#include <chainrule/analysis/initialisation.hpp>
#include <chainrule/kernel/activation_kernel.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <span>
#include <vector>

namespace chainrule {

/// Means under N(0, q).
struct kernel_moments {
    double second_moment = 0;        ///< E f²
    double slope_second_moment = 0;  ///< E f'²
};

/// E f² and E f'² under N(0, variance) by Gauss–Legendre panels that end at the kinks given. Relative error
/// below 1e-9 for activations whose kinks are given; a kink that is not costs up to 1e-4.
inline kernel_moments moments_of(const activation_kernel<double>& f, double variance,
                                 std::span<const double> kinks = {}) {
    // Ten nodes on [-1, 1]: the positive ones, and their weights (Abramowitz and Stegun, table 25.4).
    constexpr double node[] = {0.14887433898163121089, 0.43339539412924719080,
                               0.67940956829902440623, 0.86506336668898451073,
                               0.97390652851717172008};
    constexpr double weight[] = {0.29552422471475287017, 0.26926671930999635509,
                                 0.21908636251598204400, 0.14945134915058059315,
                                 0.06667134430868813759};
    constexpr double farthest = 14;  // the normal density is 1e-43 there
    const double deviation = std::sqrt(variance);
    std::vector<double> edges;
    for (int i = -56; i <= 56; ++i) edges.push_back(i * 0.25);
    auto add_edge = [&](double at) {
        if (deviation > 0 && std::fabs(at / deviation) < farthest) edges.push_back(at / deviation);
    };
    for (const double k : kinks) add_edge(k);
    for (int i = -40; i <= 40; ++i)
        add_edge(i * 0.5);  // where activations bend, if the deviation is large
    std::sort(edges.begin(), edges.end());

    std::vector<double> at;
    std::vector<double> mass;
    for (std::size_t i = 0; i + 1 < edges.size(); ++i) {
        const double middle = 0.5 * (edges[i] + edges[i + 1]);
        const double half = 0.5 * (edges[i + 1] - edges[i]);
        if (half == 0) continue;
        for (std::size_t k = 0; k < 5; ++k) {
            for (const double sign : {-1.0, 1.0}) {
                const double z = middle + sign * half * node[k];
                at.push_back(deviation * z);
                mass.push_back(half * weight[k] * std::exp(-0.5 * z * z) /
                               std::sqrt(2 * std::numbers::pi));
            }
        }
    }
    std::vector<double> value(at.size());
    std::vector<double> slope(at.size());
    f(at, value, slope);
    kernel_moments result;
    for (std::size_t i = 0; i < at.size(); ++i) {
        result.second_moment += mass[i] * value[i] * value[i];
        result.slope_second_moment += mass[i] * slope[i] * slope[i];
    }
    return result;
}

/// The point of the edge of chaos where N(0, length) stays N(0, length): χ₁ = 1 there (Hayou et al., ICML
/// 2019). A negative σ_b² says that there is none.
inline initialisation critical_initialisation_of(const activation_kernel<double>& f, double length,
                                                 std::span<const double> kinks = {}) {
    const kernel_moments m = moments_of(f, length, kinks);
    const double weight_variance = 1 / m.slope_second_moment;
    double bias_variance = length - weight_variance * m.second_moment;
    if (std::fabs(bias_variance) < 1e-12 * length)
        bias_variance = 0;  // relu and its like: exactly 0
    return critical_initialisation(weight_variance, bias_variance);
}

}  // namespace chainrule
