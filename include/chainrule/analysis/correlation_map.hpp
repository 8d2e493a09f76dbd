// SPDX-License-Identifier: BSL-1.0
/// correlation_map(f, q): how a layer changes the correlation of two inputs (Daniely, Frostig, Singer
/// 2016; Poole et al. 2016; Martens et al. 2021), for two normal inputs of variance q.
#pragma once

#include <chainrule/analysis/moments.hpp>

namespace chainrule {

namespace detail {

/// E f(u₁)f(u₂) for u₁, u₂ ~ N(0, q) of correlation c = 1 − d, and its derivative by c. By Mehler's
/// series Σ a_k² c^k (a_k: Hermite coefficients of f) where it has converged, else by two nested
/// quadratures.
class correlation_kernel {
public:
    correlation_kernel(const analysed_function& function, long double q)
        : f(function), deviation(std::sqrt(q)), points(f.break_points(14 * deviation)) {
        const auto square = [&](long double z, long double* out) {
            const long double v = f.value(deviation * z);
            out[0] = v * v;
        };
        second_moment =
            gaussian_quadrature::run({1, square}, normal_breaks(points, deviation), 1e-17L)[0];
        for (const break_point& p : points) {
            if (p.square_diverges[0]) second_moment.value = infinity;
        }
        if (std::isfinite(second_moment.value)) find_coefficients();
    }

    struct result {
        integral loss;   ///< E f² − E f(u₁)f(u₂), without cancellation
        integral slope;  ///< d/dc E f(u₁)f(u₂); q E f′(u₁)f′(u₂) for continuous f
    };

    [[nodiscard]] long double mean() const { return coefficients.empty() ? 0 : coefficients[0]; }
    [[nodiscard]] const integral& square() const { return second_moment; }

    /// `precision` is what quadratures aim at, if the series does not do.
    [[nodiscard]] result at(long double d, long double precision = 1e-15L) const {
        const long double c = 1 - d;
        const long double size = c < 0 ? -c : c;
        result r;
        if (!std::isfinite(second_moment.value)) {
            r.loss.value = r.slope.value = std::numeric_limits<long double>::quiet_NaN();
            return r;
        }
        if (!has_converged && (d == 0 || d == 2)) return at_end(c);
        long double known = 0;
        const long double log_size = size == 0 ? -11000 : c > 0 ? log1m(d) : elementary::log(size);
        for (std::size_t k = 0; k < coefficients.size(); ++k) {
            const long double square = coefficients[k] * coefficients[k];
            known += square;
            if (k == 0) continue;
            const auto n = static_cast<long double>(k);
            const bool negative = c < 0 && k % 2 == 1;
            const long double power = elementary::exp(n * log_size);
            r.loss.value += c < 0 ? square * (negative ? 1 + power : 1 - power)
                                  : square * -elementary::expm1(n * log_size);
            const long double lower = k == 1 ? 1 : elementary::exp((n - 1) * log_size);
            r.slope.value += n * square * (c < 0 && k % 2 == 0 ? -lower : lower);
        }
        // What the series left out, at most: all of it lies above the last coefficient.
        const long double rest = std::max(0.0L, second_moment.value - known);
        const auto last = static_cast<long double>(coefficients.size());
        const long double tail = rest * elementary::exp(last * log_size);
        if (has_converged) {
            // The sum of the squares tells how good the coefficients are.
            const long double gap = std::fabs(second_moment.value - known);
            r.loss.error = (1e-18L * second_moment.value + gap) * std::min(1.0L, d * last) + tail;
            r.slope.error = (1e-18L * second_moment.value + gap) * last;
            return r;
        }
        r.loss.value += rest;
        r.loss.error = tail;
        r.slope.error = tail * (last + 1 / std::max(d, 1e-30L));
        // The slope is negative for even f and c < 0.
        if (r.slope.error <= precision * std::fabs(r.slope.value) &&
            r.loss.error <= precision * r.loss.value)
            return r;
        return by_quadrature(d, precision);
    }

private:
    static constexpr int most_coefficients = 3000;
    static constexpr long double infinity = std::numeric_limits<long double>::infinity();

    const analysed_function& f;  // NOLINT(cppcoreguidelines-avoid-const-or-ref-data-members)
    long double deviation;
    std::vector<break_point> points;
    integral second_moment;
    std::vector<long double> coefficients;
    bool has_converged = false;

    /// (2π)^(−1/4)
    static constexpr long double root_of_density = 0.63161877774606470129L;

    static long double log1m(long double d) { return d == 1 ? -11000 : elementary::log1p(-d); }

    void find_coefficients() {
        std::vector<long double> ends = normal_breaks(points, deviation);
        for (int i = -48; i <= 48; ++i) ends.push_back(i * 0.5L);
        for (const break_point& p : points) {
            // f′ is infinite there: closer and closer panels.
            for (long double step = 0.5L; p.square_diverges[1] && step > 1e-14L; step /= 4) {
                ends.push_back(p.at / deviation + step);
                ends.push_back(p.at / deviation - step);
            }
        }
        std::sort(ends.begin(), ends.end());
        std::vector<long double> nodes;
        std::vector<long double> weighted;
        for (std::size_t p = 1; p < ends.size(); ++p) {
            const long double half = (ends[p] - ends[p - 1]) / 2;
            if (half <= 0 || ends[p] > 24 || ends[p - 1] < -24) continue;
            for (int i = -15; i <= 15; ++i) {
                const auto n = static_cast<std::size_t>(i < 0 ? -i : i);
                const long double z =
                    ends[p - 1] + half + (i < 0 ? -half : half) * kronrod_nodes[n];
                // √density goes into the polynomials, so that neither factor leaves the range.
                const long double value = f.value(deviation * z);
                const long double root = elementary::exp(-z * z / 4) * root_of_density;
                if (!(value * root * root > 1e-24L || value * root * root < -1e-24L)) continue;
                nodes.push_back(z);
                weighted.push_back(half * kronrod_weights[n] * value * root);
            }
        }
        std::vector<long double> before(nodes.size(), 0);
        std::vector<long double> now(nodes.size());
        for (std::size_t i = 0; i < nodes.size(); ++i) {
            now[i] = elementary::exp(-nodes[i] * nodes[i] / 4) * root_of_density;
        }
        int quiet = 0;
        long double known = 0;
        auto is_complete = [&] {
            return quiet >= 12 && second_moment.value - known <= 1e-14L * second_moment.value;
        };
        for (int k = 0; k < most_coefficients && !is_complete(); ++k) {
            long double a = 0;
            const long double root = std::sqrt(static_cast<long double>(k));
            const long double scale = 1 / std::sqrt(static_cast<long double>(k + 1));
            for (std::size_t i = 0; i < nodes.size(); ++i) {
                a += weighted[i] * now[i];
                const long double next = (nodes[i] * now[i] - root * before[i]) * scale;
                before[i] = now[i];
                now[i] = next;
            }
            coefficients.push_back(a);
            known += a * a;
            quiet = a * a * (k + 1) < 1e-26L * second_moment.value ? quiet + 1 : 0;
        }
        has_converged = is_complete();
    }

    /// c = 1 or c = −1: u₂ = c u₁, so that one integral is enough.
    [[nodiscard]] result at_end(long double c) const {
        const auto pair = [&](long double z, long double* out) {
            const auto [value1, slope1] = f.value_and_slope(deviation * z);
            const auto [value2, slope2] = f.value_and_slope(deviation * c * z);
            out[0] = (value1 - value2) * (value1 - value2) / 2;
            out[1] = slope1 * slope2 * deviation * deviation;
        };
        std::vector<long double> breaks = normal_breaks(points, deviation);
        for (std::size_t i = breaks.size(); i-- > 0;) breaks.push_back(-breaks[i]);
        std::sort(breaks.begin(), breaks.end());
        const auto e = gaussian_quadrature::run({2, pair}, breaks, 1e-15L);
        result r{e[0], e[1]};
        const std::vector<jump> all = jumps();
        for (const jump& a : all) {
            for (const jump& b : all) {
                if (std::fabs(b.z - c * a.z) <= 1e-15L * (1 + std::fabs(a.z)))
                    r.slope.value += a.size * b.size > 0 ? infinity : -infinity;
            }
            r.slope.value += 2 * a.size * normal_density(a.z) * deviation *
                f.value_and_slope(deviation * c * a.z)[1];
        }
        return r;
    }

    [[nodiscard]] result by_quadrature(long double d, long double precision) const {
        const long double c = 1 - d;
        const long double s = std::sqrt(d * (1 + c));
        const int most_panels = 60 + 8 * static_cast<int>(points.size());
        // The rounding of u₁ and u₂ beside their distance, after averaging: no quadrature sees through that.
        const long double noise = 0x1p-68L / s;
        precision = std::max(precision, noise);
        const auto outer = [&](long double z1, long double* out) {
            const auto [value1, slope1] = f.value_and_slope(deviation * z1);
            std::vector<long double> breaks;
            for (const break_point& p : points)
                add_break(breaks, p, deviation * c * z1, deviation * s);
            std::sort(breaks.begin(), breaks.end());
            const long double v = value1;
            const auto inner = [&](long double z2, long double* part) {
                const auto [value2, slope2] = f.value_and_slope(deviation * (c * z1 + s * z2));
                part[0] = (value2 - v) * (value2 - v);
                part[1] = slope2;
            };
            const auto e = gaussian_quadrature::run({2, inner}, breaks, precision, most_panels);
            out[0] = e[0].value / 2;
            out[1] = slope1 * e[1].value * deviation * deviation;
        };
        std::vector<long double> breaks;
        for (const break_point& p : points) {
            add_break(breaks, p, 0, deviation);
            const long double at = p.at / deviation;
            for (const long double step : {0.0L, 1.5L, 4.0L, 9.0L}) {
                breaks.push_back(at + step * s);
                breaks.push_back(at - step * s);
            }
        }
        std::sort(breaks.begin(), breaks.end());
        const auto e = gaussian_quadrature::run({2, outer}, breaks, 10 * precision, most_panels);
        result r{e[0], e[1]};
        // What the inner integrals may be wrong by.
        r.loss.error += (precision + noise) * r.loss.magnitude;
        r.slope.error += precision * r.slope.magnitude;
        r.slope.value += slope_of_jumps(c, s);
        return r;
    }

    struct jump {
        long double z;
        long double size;
    };

    [[nodiscard]] std::vector<jump> jumps() const {
        std::vector<jump> found;
        for (const break_point& p : points) {
            if (!p.is_jump) continue;
            const long double h = 1e-9L * (1 + std::fabs(p.at));
            const auto left = f.value_and_slope(p.at - h);
            const auto right = f.value_and_slope(p.at + h);
            found.push_back({p.at / deviation, right[0] - left[0] - h * (right[1] + left[1])});
        }
        return found;
    }

    /// What jumps J_i at p_i add to q E f′f′: f′ has terms J_i δ(u − p_i) there.
    [[nodiscard]] long double slope_of_jumps(long double c, long double s) const {
        const std::vector<jump> all = jumps();
        long double sum = 0;
        for (const jump& a : all) {
            std::vector<long double> breaks;
            for (const break_point& p : points) {
                add_break(breaks, p, deviation * c * a.z, deviation * s);
            }
            std::sort(breaks.begin(), breaks.end());
            const auto slope = [&](long double z, long double* out) {
                out[0] = f.value_and_slope(deviation * (c * a.z + s * z))[1];
            };
            const auto e = gaussian_quadrature::run({1, slope}, breaks, 1e-15L);
            sum += 2 * a.size * normal_density(a.z) * deviation * e[0].value;
            for (const jump& b : all) {
                sum +=
                    a.size * b.size * normal_density(a.z) * normal_density((b.z - c * a.z) / s) / s;
            }
        }
        return sum;
    }
};

}  // namespace detail

/// The C-map of f at variance q, normalised so that C(1) = 1:
/// C(c) = E f(u₁)f(u₂) / E f², u₁, u₂ ~ N(0, q) with correlation c.
class correlation_map_report {
public:
    estimate at_zero;    ///< C(0) = (E f)² / E f²
    estimate slope;      ///< C′(1) = q E f′² / E f²
    estimate curvature;  ///< C″(1) = q² E f″² / E f²; infinite if f has a kink
    bool has_kink = false;
    bool has_jump =
        false;  ///< slope and curvature are then almost-everywhere values; C′(1) is infinite

    correlation_map_report(const detail::analysed_function& f, double q)
        : kernel(f, static_cast<long double>(q)) {
        const moments_report m = detail::moments_of(f, q);
        const detail::integral& square = kernel.square();
        auto ratio = [&](const estimate& e, double scale) {
            const auto value = static_cast<double>(
                static_cast<long double>(scale) * static_cast<long double>(e.value) / square.value);
            if (!std::isfinite(value)) return estimate{value, 0};
            const auto relative = static_cast<double>(square.error / square.value) + 4e-16;
            return estimate{value,
                            scale * e.error / static_cast<double>(square.value) + value * relative};
        };
        const long double mean = std::isfinite(square.value)
            ? kernel.mean()
            : std::numeric_limits<long double>::quiet_NaN();
        at_zero = {static_cast<double>(mean * mean / square.value), 1e-15};
        slope = ratio(m.slope_second_moment, q);
        curvature = ratio(m.curvature_second_moment, q * q);
        has_kink = m.has_kink;
        has_jump = m.has_jump;
    }

    /// C(c), -1 ≤ c ≤ 1.
    [[nodiscard]] estimate operator()(double c) const {
        require_correlation(c);
        const auto r = kernel.at(1 - static_cast<long double>(c));
        const long double square = kernel.square().value;
        return detail::integral{1 - r.loss.value / square, r.loss.error / square + 1e-17L, 0}
            .rounded();
    }
    /// C′(c), -1 ≤ c ≤ 1.
    [[nodiscard]] estimate slope_at(double c) const {
        require_correlation(c);
        if (c == 1) return slope;
        const auto r = kernel.at(1 - static_cast<long double>(c));
        const long double square = kernel.square().value;
        return detail::integral{r.slope.value / square, r.slope.error / square, 0}.rounded();
    }

private:
    detail::correlation_kernel kernel;

    static void require_correlation(double c) {
        if (c >= -1 && c <= 1) return;
        throw std::invalid_argument("chainrule: the correlation is " + std::to_string(c) +
                                    "; give a number between -1 and 1");
    }
};

/// The C-map of f for inputs of variance q. Accuracy 1e-10 relative, typically 1e-14. Throws
/// std::invalid_argument if q is not a positive finite number.
template<expression F>
correlation_map_report correlation_map(F, double q = 1.0) {
    detail::require_variance(q, "the variance of the input");
    return correlation_map_report(detail::function_of<F>(), q);
}

}  // namespace chainrule
