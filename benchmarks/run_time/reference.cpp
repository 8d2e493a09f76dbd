// SPDX-License-Identifier: BSL-1.0
/// The formulas are written anew here, from their definitions.
#include "reference.hpp"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>

namespace benchmark {
namespace {

double logistic(double u) {
    if (u >= 0) return 1 / (1 + std::exp(-u));
    const double e = std::exp(u);
    return e / (1 + e);
}
double logistic_slope(double u) { return logistic(u) * logistic(-u); }
double soft_plus(double u) { return std::fmax(u, 0.0) + std::log1p(std::exp(-std::fabs(u))); }
/// 1 - tanh(u)^2
double tanh_slope(double u) {
    const double e = std::exp(-2 * std::fabs(u));
    return 4 * e / ((1 + e) * (1 + e));
}
double normal_cdf(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }
double normal_pdf(double x) { return std::exp(-0.5 * x * x) / std::sqrt(2 * std::acos(-1.0)); }

/// tanh(softplus(v)) and its slope. With w = exp(-|v|) the tanh is (1+2w)/(1+2w+2w²) for v >= 0 and
/// (w²+2w)/(w²+2w+2) below; 1 - tanh is the rest of it.
struct pair {
    double value;
    double slope;
};
pair tanh_softplus(double v) {
    const double w = std::exp(-std::fabs(v));
    if (v >= 0) {
        const double d = 1 + 2 * w + 2 * w * w;
        const double t = (1 + 2 * w) / d;
        return {t, 2 * w * w / d * (1 + t) * logistic(v)};
    }
    const double n = w * w + 2 * w;
    const double t = n / (n + 2);
    return {t, 2 / (n + 2) * (1 + t) * logistic(v)};
}

pair gelu(double x) { return {x * normal_cdf(x), normal_cdf(x) + x * normal_pdf(x)}; }

/// u σ(βu)
pair swish(double x, double beta) {
    // x σ' is 0 far out, also where x is infinite in float.
    return {x * logistic(beta * x), logistic(beta * x) + beta * x * logistic_slope(beta * x)};
}

}  // namespace

reference_values reference(std::string_view row, double x, double second, const arguments& a) {
    const double alpha = static_cast<double>(a.alpha);
    const double beta = static_cast<double>(a.beta);
    if (row == "relu") return {std::fmax(x, 0.0), x > 0 ? 1.0 : 0.0};
    if (row == "leaky_relu") return {x > 0 ? x : alpha * x, x > 0 ? 1.0 : alpha, x > 0 ? 0.0 : x};
    if (row.starts_with("prelu")) return {x > 0 ? x : second * x, x > 0 ? 1.0 : second};
    if (row == "relu6") return {std::fmin(std::fmax(x, 0.0), 6.0), x > 0 && x < 6 ? 1.0 : 0.0};
    if (row == "hard_swish") {
        if (x <= -3) return {};
        if (x >= 3) return {x, 1};
        return {x * (x + 3) / 6, x / 3 + 0.5};
    }
    if (row == "sigmoid") return {logistic(x), logistic_slope(x)};
    if (row == "sigmoid_output") return {0, x * (1 - x)};
    if (row == "tanh_output") return {0, (1 - x) * (1 + x)};
    if (row == "tanh") return {std::tanh(x), tanh_slope(x)};
    if (row == "elu") {
        if (x > 0) return {x, 1, 0};
        return {alpha * std::expm1(x), alpha * std::exp(x), std::expm1(x)};
    }
    if (row == "gelu") return {gelu(x).value, gelu(x).slope};
    if (row == "gelu_tanh") {
        const double k = 2 * std::sqrt(2 / std::acos(-1.0));
        const double u = k * (x + 0.044715 * x * x * x);
        return {x * logistic(u),
                logistic(u) + x * logistic_slope(u) * k * (1 + 3 * 0.044715 * x * x)};
    }
    if (row.starts_with("silu")) return {swish(x, 1).value, swish(x, 1).slope};
    if (row == "swish") {
        return {swish(x, beta).value, swish(x, beta).slope, x * x * logistic_slope(beta * x)};
    }
    if (row == "mish") {
        const pair t = tanh_softplus(x);
        return {x * t.value, t.value + x * t.slope};
    }
    if (row == "softplus") return {soft_plus(x), logistic(x)};
    if (row == "tanh3") {
        const double t = std::tanh(x);
        const double u = std::tanh(t);
        return {std::tanh(u), tanh_slope(x) * tanh_slope(t) * tanh_slope(u)};
    }
    if (row == "swish_gelu") {
        const pair inner = gelu(x);
        const pair outer = swish(inner.value, 1);
        return {outer.value, outer.slope * inner.slope};
    }
    if (row == "custom") {
        const double u = x + static_cast<double>(a.bias);
        const pair t = tanh_softplus(beta * u);
        return {u * t.value + 0.1 * u + second, t.value + beta * u * t.slope + 0.1,
                u * u * t.slope};
    }
    if (row == "swiglu") {
        const pair s = swish(x, 1);
        return {s.value * second, s.slope * second, 0, s.value};
    }
    std::fprintf(stderr, "chainrule: the benchmark has no reference for the row '%s'\n",
                 std::string(row).c_str());
    std::exit(2);
}

}  // namespace benchmark
