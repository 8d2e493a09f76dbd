// SPDX-License-Identifier: BSL-1.0
/// profile(layers, x0): the derivative of a chain of layers at one point, layer by layer and in
/// logarithms, so that it never underflows: where does the gradient die?
#pragma once

#include <chainrule/analysis/layer.hpp>

#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <vector>

namespace chainrule {

/// One layer of a chain: its factor w_k f_k′(u_k), u_k = w_k x_{k−1} + b_k.
struct layer_profile {
    double log_slope = 0;  ///< ln|w_k f_k′(u_k)|; −∞ for a dead layer
    double share = 0;      ///< of the sum over all layers; the sum may have terms of both signs
    int sign = 0;          ///< of the factor; 0 for a dead layer
};

class profile_report {
public:
    int sign = 1;          ///< of ∂x_N/∂x_0; 0 if a layer is dead
    double log_slope = 0;  ///< ln|∂x_N/∂x_0| = Σ ln|w_k f_k′(u_k)|
    double value = 0;      ///< x_N
    std::vector<layer_profile> layers;

    /// The first depth at which ln|∂x_n/∂x_0| < ln_threshold, counted from 1.
    [[nodiscard]] std::optional<std::size_t> first_below(double ln_threshold) const {
        for (std::size_t n = 0; n < depths.size(); ++n) {
            if (depths[n] < static_cast<long double>(ln_threshold)) return n + 1;
        }
        return std::nullopt;
    }
    /// The layer with the smallest factor (the first of several), counted from 1; 0 if there is none.
    [[nodiscard]] std::size_t weakest() const {
        std::size_t best = 0;
        for (std::size_t n = 0; n < layers.size(); ++n) {
            if (best == 0 || layers[n].log_slope < layers[best - 1].log_slope) best = n + 1;
        }
        return best;
    }
    /// The first layer through which no gradient comes, counted from 1.
    [[nodiscard]] std::optional<std::size_t> dead_layer() const {
        for (std::size_t n = 0; n < layers.size(); ++n) {
            if (layers[n].sign == 0) return n + 1;
        }
        return std::nullopt;
    }
    /// ln|∂x_n/∂x_0| for n = 1, 2, …
    [[nodiscard]] const std::vector<long double>& log_slopes_by_depth() const { return depths; }

private:
    friend class profile_builder;
    std::vector<long double> depths;
};

/// Adds layer after layer; profile() does it for a range.
class profile_builder {
public:
    explicit profile_builder(double x0) : signal(static_cast<long double>(x0)) {}

    void add(const layer& next) {
        const auto [value, slope] = next.value_and_slope(signal);
        const long double factor = static_cast<long double>(next.weight) * slope;
        const int sign = factor < 0 ? -1 : factor > 0 ? 1 : 0;
        // Two logarithms: the product may underflow although neither factor does.
        const long double term = log_size(static_cast<long double>(next.weight)) + log_size(slope);
        const int own_sign = sign != 0 || term == -infinity || term != term ? sign
            : (slope < 0) != (next.weight < 0)                              ? -1
                                                                            : 1;
        report.sign *= own_sign;
        if (term == -infinity) ++dead;
        accumulate(term);
        terms.push_back(term);
        report.layers.push_back({static_cast<double>(term), 0, own_sign});
        report.depths.push_back(total());
        signal = value;
    }

    [[nodiscard]] profile_report finish() {
        const long double all = total();
        report.log_slope = static_cast<double>(all);
        report.value = static_cast<double>(signal);
        for (std::size_t n = 0; n < terms.size(); ++n) {
            double& share = report.layers[n].share;
            if (dead > 0) {
                share = terms[n] == -infinity ? 1.0 / dead : 0.0;
            } else if (all != 0) {
                share = static_cast<double>(terms[n] / all);
            }
        }
        return report;
    }

private:
    static constexpr long double infinity = std::numeric_limits<long double>::infinity();
    long double signal;
    long double sum = 0;
    long double compensation = 0;
    int dead = 0;
    std::vector<long double> terms;
    profile_report report;

    static long double log_size(long double v) { return detail::elementary::log(v < 0 ? -v : v); }

    [[nodiscard]] long double total() const { return dead > 0 ? -infinity : sum + compensation; }

    /// Neumaier's compensated sum.
    void accumulate(long double term) {
        if (term == -infinity) return;
        const long double next = sum + term;
        compensation +=
            std::fabs(sum) >= std::fabs(term) ? (sum - next) + term : (term - next) + sum;
        sum = next;
    }
};

/// The chain x_k = f_k(w_k x_{k−1} + b_k), k = 1 … N, at x_0: sign and logarithm of ∂x_N/∂x_0 with the
/// part of each layer. `layers` is any range of layer. The orbit is worked out in long double, at a
/// kink the slope is the usual one. Accuracy: 1e-12 relative at depth 10⁴ on orbits that are not chaotic
/// (on chaotic ones any arithmetic loses the orbit).
template<class Layers>
profile_report profile(Layers&& layers, double x0) {
    profile_builder builder(x0);
    for (const layer& next : layers) builder.add(next);
    return builder.finish();
}

}  // namespace chainrule
