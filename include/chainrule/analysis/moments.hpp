// SPDX-License-Identifier: BSL-1.0
/// moments(f, q): what f does to a normally distributed input of mean 0 and variance q.
#pragma once

#include <chainrule/analysis/function.hpp>
#include <chainrule/analysis/quadrature.hpp>

#include <array>
#include <stdexcept>
#include <string>

namespace chainrule {

/// Expectations over x ~ N(0, q). Derivatives are almost-everywhere values: a jump adds nothing to the
/// moments of f′ and f″, but sets has_jump (the mean square of f′ as a distribution is then infinite).
struct moments_report {
    estimate mean;                     ///< E f
    estimate second_moment;            ///< E f²
    estimate variance;                 ///< E f² − (E f)², without cancellation
    estimate slope_mean;               ///< E f′
    estimate slope_second_moment;      ///< E f′²
    estimate curvature_second_moment;  ///< E f″²; infinite if f has a kink
    /// E ln|f′|; −∞ if f′ is 0 on an interval. NaN, not computed, if N(0, q) reaches where f′ underflows
    /// in long double, as that of gelu does beyond −150, with more than 2e-14 of the whole.
    estimate log_slope;
    estimate gain;           ///< 1/√(E f²): keeps the mean square of the forward signal
    estimate variance_gain;  ///< 1/√(Var f): keeps the variance of the forward signal
    estimate backward_gain;  ///< 1/√(E f′²): keeps the mean square of the gradient
    bool has_kink = false;
    bool has_jump = false;
};

namespace detail {

inline void require_variance(double q, const char* what) {
    if (q >= 0 && q <= std::numeric_limits<double>::max()) return;
    throw std::invalid_argument("chainrule: " + std::string(what) + " is " + std::to_string(q) +
                                "; give a finite number that is not negative");
}

/// A break as places in z, x = mean + deviation · z; around a steep place ever closer ones.
inline void add_break(std::vector<long double>& places, const break_point& p, long double mean,
                      long double deviation) {
    const long double centre = (p.at - mean) / deviation;
    if (p.is_smooth() && p.width > deviation / 4) return;
    places.push_back(centre);
    if (!p.is_smooth()) return;
    for (long double step = p.width / deviation; step < 1; step *= 4) {
        places.push_back(centre - step);
        places.push_back(centre + step);
    }
}

/// Where the integrand f(√q z) is not smooth in z, and, if q is large, where f varies near 0.
inline std::vector<long double> normal_breaks(const std::vector<break_point>& points,
                                              long double deviation) {
    std::vector<long double> result;
    for (const break_point& p : points) add_break(result, p, 0, deviation);
    for (long double x = 1; x < 8 * deviation; x *= 4) {
        result.push_back(x / deviation);
        result.push_back(-x / deviation);
    }
    std::sort(result.begin(), result.end());
    return result;
}

inline chainrule::estimate reciprocal_root(const integral& square) {
    const long double value = 1 / std::sqrt(square.value);
    return integral{value, value * square.error / square.value / 2, 0}.rounded();
}

/// How far from 0 breaks are looked for: far enough for what grows exponentially, and for kinks that
/// make a moment infinite though N(0, q) hardly reaches them.
inline long double normal_reach(long double deviation) { return std::max(64.0L, 40 * deviation); }

/// A root of f′ where it does not change its sign, as that of 1 + cos x at π. Next to it the formula of f′ is a
/// difference of equals, but f″, which has a simple root there, is not.
struct even_root {
    long double at;
    long double order;   ///< f′ is like (x − at)^order
    long double radius;  ///< within which f′ is taken from f″

    [[nodiscard]] bool is_near(long double x) const { return x > at - radius && x < at + radius; }
    [[nodiscard]] long double slope(const analysed_function& f, long double x) const {
        return f.with_curvature(x)[2] * (x - at) / order;
    }
};

inline std::vector<even_root> even_roots_of(const analysed_function& f,
                                            const std::vector<long double>& roots) {
    std::vector<even_root> result;
    for (const long double r : roots) {
        const long double h = 1e-5L * (1 + std::fabs(r));
        const auto left = f.with_curvature(r - h), right = f.with_curvature(r + h);
        const long double order = std::round(right[2] * h / right[1]);
        const bool is_even = left[1] * right[1] > 0 && left[2] * right[2] < 0 && order >= 2 &&
            std::fabs(right[2] * h / right[1] - order) < 1e-2L * order;
        if (is_even) result.push_back({r, order, h});
    }
    return result;
}

/// f′(x) from f″ if x is, as far as rounding tells, a simple root of f′: there a logarithm must not meet a 0. Else 0.
inline long double slope_at_root(const analysed_function& f, const std::vector<long double>& roots,
                                 long double x) {
    const long double unit = 0x1p-63L * (1 + std::fabs(x));
    for (const long double r : roots) {
        const long double distance = std::fabs(x - r);
        if (distance < 64 * unit) return f.with_curvature(r)[2] * std::max(distance, unit);
    }
    return 0;
}

inline integral log_slope_of(const analysed_function& f, const std::vector<break_point>& points,
                             long double deviation) {
    std::vector<long double> breaks = normal_breaks(points, deviation);
    // f′ vanishes between two breaks, and then on the whole interval: a smooth f′ has isolated roots.
    const long double far = normal_reach(deviation);
    std::vector<long double> ends{-far};
    for (const break_point& p : points) {
        if (!p.is_smooth()) ends.push_back(p.at);
    }
    ends.push_back(far);
    for (std::size_t i = 1; i < ends.size(); ++i) {
        // Away from a narrow peak f′ may be less than any long double, without being 0.
        bool is_dead = std::none_of(points.begin(), points.end(), [&](const break_point& p) {
            return p.is_smooth() && p.at > ends[i - 1] && p.at < ends[i] &&
                (f.value_and_slope(p.at - p.width / 2)[1] != 0 ||
                 f.value_and_slope(p.at + p.width / 2)[1] != 0);
        });
        for (int k = 1; k <= 16 && is_dead; ++k) {
            const long double t = k / 17.0L;
            is_dead =
                f.value_and_slope(ends[i - 1] + t * t * t * (ends[i] - ends[i - 1]))[1] == 0 &&
                f.value_and_slope(ends[i] - t * t * t * (ends[i] - ends[i - 1]))[1] == 0;
        }
        if (is_dead) return {-std::numeric_limits<long double>::infinity(), 0, 0};
    }
    const std::vector<long double> roots = f.slope_roots(14 * deviation);
    const std::vector<even_root> even_roots = even_roots_of(f, roots);
    for (const long double root : roots) breaks.push_back(root / deviation);
    std::sort(breaks.begin(), breaks.end());
    // Far out f′ may be less than any long double, like e^(−x²/2) beyond 150. Not computed, unless the
    // normal distribution hardly gets there.
    constexpr long double log_of_least = -11400;
    const auto log_slope = [&](long double z, long double* out) {
        const long double x = deviation * z;
        auto [value, slope] = f.value_and_slope(x);
        for (const even_root& r : even_roots) {
            if (r.is_near(x)) slope = r.slope(f, x);
        }
        if (slope == 0) slope = slope_at_root(f, roots, x);
        const bool is_lost = slope == 0 && value == value;
        out[0] = value != value ? value
            : is_lost           ? log_of_least
                                : elementary::log(slope < 0 ? -slope : slope);
        out[1] = value != value ? value : is_lost ? log_of_least * (1 + z * z) : 0;
    };
    const auto e = gaussian_quadrature::run({2, log_slope}, breaks, 1e-15L);
    const bool is_negligible = e[1].magnitude <= 2e-14L * e[0].magnitude;
    return is_negligible ? integral{e[0].value, e[0].error + e[1].magnitude, e[0].magnitude}
                         : integral{std::numeric_limits<long double>::quiet_NaN(), 0, 0};
}

/// What rounding inside f adds to the errors of E f, E f², E (f − shift), E (f − shift)², E f′, E f′² and E f″²: as
/// much as keeps three neighbouring values from lying on a line. A difference of equals has more of it than its
/// size says.
inline std::array<long double, 7> rounding_of(const analysed_function& f, long double deviation,
                                              long double shift) {
    std::array<long double, 7> result{};
    constexpr long double width = 0.2113L;
    for (int i = -32; i < 32; ++i) {
        const long double z = (static_cast<long double>(i) + 0.377L) * width;
        const long double x = deviation * z;
        const long double above = x + 0x1p-50L * x, below = x - (above - x);
        const auto left = f.with_curvature(below), middle = f.with_curvature(x),
                   right = f.with_curvature(above);
        const long double weight = width * normal_density(z);
        long double noise[3];
        for (std::size_t k = 0; k < 3; ++k)
            noise[k] = weight * std::fabs((left[k] - middle[k]) + (right[k] - middle[k])) / 2;
        const long double more[] = {noise[0],
                                    2 * std::fabs(middle[0]) * noise[0],
                                    noise[0],
                                    2 * std::fabs(middle[0] - shift) * noise[0],
                                    noise[1],
                                    2 * std::fabs(middle[1]) * noise[1],
                                    2 * std::fabs(middle[2]) * noise[2]};
        for (std::size_t k = 0; k < result.size(); ++k) {
            if (std::isfinite(more[k])) result[k] += more[k];
        }
    }
    return result;
}

inline moments_report moments_of(const analysed_function& f, double q) {
    require_variance(q, "the variance of the input");
    if (q == 0) q = std::numeric_limits<double>::min();
    const long double deviation = std::sqrt(static_cast<long double>(q));
    const std::vector<break_point> points = f.break_points(normal_reach(deviation));
    moments_report result;
    for (const break_point& p : points) {
        result.has_kink = result.has_kink || p.is_kink;
        result.has_jump = result.has_jump || p.is_jump;
    }
    const long double at_zero = f.value(0);
    const long double shift = std::isfinite(at_zero) ? at_zero : 0;
    // A pole: no quadrature says that an integral is infinite, and what it tries spoils the others.
    bool diverges[3] = {};
    bool square_diverges[3] = {};
    for (const break_point& p : points) {
        for (std::size_t k = 0; k < 3; ++k) {
            diverges[k] = diverges[k] || p.diverges[k];
            square_diverges[k] = square_diverges[k] || p.square_diverges[k];
        }
    }
    const auto powers = [&](long double z, long double* out) {
        const auto [value, slope, curvature] = f.with_curvature(deviation * z);
        const long double shifted = value - shift;
        if (value != value) {
            for (int j = 0; j < 11; ++j)
                out[j] = value;  // undefined here, though f′ as a formula may not be
            return;
        }
        out[0] = value;
        out[1] = value * value;
        out[2] = shifted;
        out[3] = shifted * shifted;
        out[4] = slope;
        out[5] = slope * slope;
        out[6] = curvature * curvature;
        // How much the rounding of x moves the first six.
        const long double x = deviation * z;
        out[7] = x * slope;
        out[8] = out[7] * value;
        out[9] = x * curvature;
        out[10] = out[9] * slope;
        if (diverges[0]) out[0] = out[2] = 0;
        if (square_diverges[0]) out[1] = out[3] = 0;
        if (diverges[1]) out[4] = out[7] = out[8] = 0;
        if (square_diverges[1]) out[5] = 0;
        if (diverges[2]) out[9] = out[10] = 0;
        if (square_diverges[2]) out[6] = 0;
    };
    std::vector<integral> e =
        gaussian_quadrature::run({11, powers}, normal_breaks(points, deviation), 1e-17L);
    constexpr long double unit = 0x1p-63L;
    const auto move = [&](std::size_t k, const integral& by, long double times) {
        if (std::isfinite(by.magnitude)) e[k].error += times * unit * by.magnitude;
    };
    move(0, e[7], 1), move(2, e[7], 1), move(1, e[8], 2), move(3, e[8], 2);
    move(4, e[9], 1), move(5, e[10], 2);
    const std::array<long double, 7> rounding = rounding_of(f, deviation, shift);
    for (std::size_t k = 0; k < rounding.size(); ++k) e[k].error += rounding[k];
    constexpr long double infinity = std::numeric_limits<long double>::infinity();
    constexpr long double nan = std::numeric_limits<long double>::quiet_NaN();
    auto set = [&](std::size_t k, bool wanted, long double value) {
        if (wanted && e[k].value == e[k].value) e[k].value = value;  // where f is defined
    };
    set(0, diverges[0], nan), set(2, diverges[0], nan);
    set(1, square_diverges[0], infinity), set(3, square_diverges[0], infinity);
    set(4, diverges[1], nan);
    set(5, square_diverges[1], infinity);
    set(6, square_diverges[2], infinity);
    const long double offset = e[2].value;
    integral variance{e[3].value - offset * offset,
                      e[3].error + 2 * (offset < 0 ? -offset : offset) * e[2].error +
                          1e-19L * (e[3].value + offset * offset),
                      0};
    if (variance.value < 0) variance.value = 0;
    if (!std::isfinite(e[3].value)) variance = e[3];
    result.mean = e[0].rounded();
    result.second_moment = e[1].rounded();
    result.variance = variance.rounded();
    result.slope_mean = e[4].rounded();
    result.slope_second_moment = e[5].rounded();
    result.curvature_second_moment = result.has_kink && e[6].value == e[6].value
        ? chainrule::estimate{std::numeric_limits<double>::infinity(), 0}
        : e[6].rounded();
    result.log_slope = log_slope_of(f, points, deviation).rounded();
    result.gain = reciprocal_root(e[1]);
    result.variance_gain = reciprocal_root(variance);
    result.backward_gain = reciprocal_root(e[5]);
    return result;
}

}  // namespace detail

/// The Gaussian moments of f, as a function of x, with its parameters at their defaults: for x ~ N(0, q).
/// Accuracy: 1e-13 relative with an absolute floor of 1e-15, each number with its error estimate (the
/// quadrature's own, no proof). Infinite where the integral diverges, NaN where f is undefined on a set
/// that N(0, q) reaches. Throws std::invalid_argument if q is negative, infinite or NaN.
template<expression F>
moments_report moments(F, double q) {
    return detail::moments_of(detail::function_of<F>(), q);
}

}  // namespace chainrule
