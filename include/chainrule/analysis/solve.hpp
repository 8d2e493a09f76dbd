// SPDX-License-Identifier: BSL-1.0
/// Activations made to order: self-normalising ones, standardised ones, deep kernel shaping and its
/// tailored successor, half-stable points. Every answer carries the residual of its equations.
#pragma once

#include <chainrule/analysis/dual_number.hpp>
#include <chainrule/analysis/mean_field.hpp>

#include <array>

namespace chainrule {

/// What a layer does to mean and variance of its input, z ~ N(ωμ, τν) → (E f, Var f) (Klambauer et al.
/// 2017), with the Jacobian ∂(mean, variance)/∂(μ, ν).
struct moment_map_report {
    double mean = 0;
    double variance = 0;
    double jacobian[2][2] = {};
    double spectral_norm = 0;    ///< largest singular value of the Jacobian
    double spectral_radius = 0;  ///< below 1: a fixed point here attracts
};

struct self_normalising_point {
    double mean = 0;
    double variance = 0;
    moment_map_report map;  ///< at the point
    double residual = 0;
    bool converged = false;
};

/// f = scale · (p + factor · n) with mean 0 and variance 1 for standard normal input.
struct self_normalising_family {
    double scale = 0;
    double factor = 0;
    double residual = 0;
};

/// scale · f + shift has mean 0 and second moment 1.
struct affine_transformation {
    double scale = 0;
    double shift = 0;
};

/// γ (f(α x + β) + δ).
struct kernel_shape {
    double input_scale = 1;   ///< α
    double input_shift = 0;   ///< β
    double output_scale = 1;  ///< γ
    double output_shift = 0;  ///< δ
    double residual = 0;      ///< largest of the four equations
    bool converged = false;
};

namespace detail {

/// The break points of f within reach of N(mean, deviation²), as places in z.
inline std::vector<long double> shifted_breaks(const std::vector<break_point>& points,
                                               long double mean, long double deviation) {
    std::vector<long double> result{-mean / deviation};
    for (const break_point& p : points) add_break(result, p, mean, deviation);
    for (long double x = 1; x < 8 * deviation; x *= 4) {
        result.push_back((x - mean) / deviation);
        result.push_back((-x - mean) / deviation);
    }
    std::sort(result.begin(), result.end());
    return result;
}

/// Solves a small dense system by elimination with pivoting; false if it is singular to nine digits.
template<std::size_t N>
bool solve_linear(std::array<std::array<long double, N>, N> a, std::array<long double, N>& b) {
    std::array<long double, N> sizes{};
    for (const auto& row : a) {
        for (std::size_t i = 0; i < N; ++i) sizes[i] = std::max(sizes[i], std::fabs(row[i]));
    }
    for (std::size_t i = 0; i < N; ++i) {
        std::size_t pivot = i;
        for (std::size_t r = i + 1; r < N; ++r) {
            if (std::fabs(a[r][i]) > std::fabs(a[pivot][i])) pivot = r;
        }
        if (!(std::fabs(a[pivot][i]) > 1e-9L * sizes[i])) return false;
        std::swap(a[i], a[pivot]);
        std::swap(b[i], b[pivot]);
        for (std::size_t r = 0; r < N; ++r) {
            if (r == i) continue;
            const long double factor = a[r][i] / a[i][i];
            for (std::size_t c = i; c < N; ++c) a[r][c] -= factor * a[i][c];
            b[r] -= factor * b[i];
        }
    }
    for (std::size_t i = 0; i < N; ++i) b[i] /= a[i][i];
    return true;
}

template<std::size_t N>
long double largest(const std::array<dual_number<N>, N>& values) {
    long double result = 0;
    for (const dual_number<N>& e : values)
        result = e.value == e.value ? std::max(result, std::fabs(e.value)) : HUGE_VALL;
    return result;
}

/// Newton's method, steps halved until the residual falls. Given up where several steps gain next to nothing:
/// that is a smallest residual, not a solution. `equations(unknowns)`: N dual numbers that are to become 0.
template<std::size_t N, class Equations>
long double newton(Equations equations, std::array<long double, N>& at) {
    using equation_values = std::array<dual_number<N>, N>;
    const auto evaluate = [&](const std::array<long double, N>& place) -> equation_values {
        std::array<dual_number<N>, N> unknowns;
        for (std::size_t k = 0; k < N; ++k) unknowns[k] = dual_number<N>::unknown(place[k], k);
        return equations(unknowns);
    };
    equation_values here = evaluate(at);
    int stuck = 0;
    for (int iteration = 0; iteration < 30 && largest(here) > 1e-17L; ++iteration) {
        std::array<std::array<long double, N>, N> jacobian{};
        std::array<long double, N> step{};
        for (std::size_t r = 0; r < N; ++r) {
            jacobian[r] = here[r].slopes;
            step[r] = here[r].value;
        }
        if (!solve_linear(jacobian, step)) break;
        bool improved = false;
        // Where only rounding is left a shorter step is no better.
        const long double residual = largest(here);
        const long double least_part = residual <= 1e-14L ? 0.75L : 1e-4L;
        for (long double part = 1; part > least_part && !improved; part /= 2) {
            auto next = at;
            for (std::size_t k = 0; k < N; ++k) next[k] -= part * step[k];
            const equation_values there = evaluate(next);
            if (largest(there) < residual) {
                stuck = largest(there) > 0.99L * residual ? stuck + 1 : 0;
                at = next;
                here = there;
                improved = true;
            }
        }
        if (!improved || stuck == 4) break;
    }
    return largest(here);
}

/// Moments of f over x = mean + deviation · z as dual numbers, when mean and deviation are.
template<std::size_t N>
struct dual_moments {
    dual_number<N> value;                ///< E f
    dual_number<N> square;               ///< E f²
    dual_number<N> slope_square;         ///< E f′²
    dual_number<N> curvature_square;     ///< E f″²
    dual_number<N> value_by_deviation;   ///< E f (z² − 1), deviation · ∂(E f)/∂deviation
    dual_number<N> square_by_deviation;  ///< E f² (z² − 1)
};

class shifted_moments {
public:
    explicit shifted_moments(const analysed_function& function)
        : f(function), points(function.break_points(normal_reach(4))) {}

    /// E f″² only if asked for, else 0.
    template<std::size_t N>
    [[nodiscard]] dual_moments<N> at(const dual_number<N>& mean, const dual_number<N>& deviation,
                                     bool with_curvature = false) const {
        const auto e = hermite_moments(mean.value, deviation.value, with_curvature);
        // E g(μ + σz) Heₙ(z) is σⁿ E g⁽ⁿ⁾: its derivatives by μ and σ are other moments, also where g has
        // kinks and jumps.
        const auto moment = [&](std::size_t first, std::size_t n) {
            const long double* m = &e[first + n];
            return dual_number<N>::combined(m[0], mean, m[1] / deviation.value, deviation,
                                            (static_cast<long double>(n) * m[0] + m[2]) /
                                                deviation.value);
        };
        return {moment(0, 0),  moment(5, 0), moment(10, 0),
                moment(13, 0), moment(0, 2), moment(5, 2)};
    }

    [[nodiscard]] bool has_kink() const {
        return std::any_of(points.begin(), points.end(),
                           [](const break_point& p) { return p.is_kink || p.is_jump; });
    }

private:
    const analysed_function& f;  // NOLINT(cppcoreguidelines-avoid-const-or-ref-data-members)
    std::vector<break_point> points;

    /// E g Heₙ(z), n = 0, 1, …: five of f, five of f², three of f′², three of f″².
    using moment_list = std::array<long double, 16>;

    [[nodiscard]] moment_list hermite_moments(long double mean, long double deviation,
                                              bool with_curvature) const {
        const auto parts = [&](long double z, long double* out) {
            const long double x = mean + deviation * z;
            std::array<long double, 3> derivatives{};
            if (with_curvature) {
                derivatives = f.with_curvature(x);
            } else {
                const auto [value, slope] = f.value_and_slope(x);
                derivatives = {value, slope, 0};
            }
            const auto [value, slope, curvature] = derivatives;
            const int count = with_curvature ? 16 : 13;
            if (value != value) {
                // Undefined here, though f′ as a formula may not be.
                for (int j = 0; j < count; ++j) out[j] = value;
                return;
            }
            const long double square = z * z;
            const std::array<long double, 5> hermite{1, z, square - 1, z * (square - 3),
                                                     square * (square - 6) + 3};
            const auto put = [&](int first, std::size_t terms, long double g) {
                for (std::size_t n = 0; n < terms; ++n)
                    out[static_cast<std::size_t>(first) + n] = g * hermite[n];
            };
            put(0, 5, value);
            put(5, 5, value * value);
            put(10, 3, slope * slope);
            if (with_curvature) put(13, 3, curvature * curvature);
        };
        const auto e = gaussian_quadrature::run({with_curvature ? 16 : 13, parts},
                                                shifted_breaks(points, mean, deviation), 1e-16L);
        moment_list result{};
        for (std::size_t j = 0; j < e.size(); ++j) result[j] = e[j].value;
        return result;
    }
};

struct weight_sums {
    long double sum;         ///< ω
    long double square_sum;  ///< τ
};

/// Mean and variance of the next layer from those of this one.
inline std::array<dual_number<2>, 2> next_mean_and_variance(const shifted_moments& f,
                                                            const dual_number<2>& mean,
                                                            const dual_number<2>& variance,
                                                            weight_sums w) {
    const auto e = f.at(w.sum * mean, sqrt(w.square_sum * variance));
    return {e.value, e.square - e.value * e.value};
}

inline moment_map_report moment_map_of(const shifted_moments& f, long double mean,
                                       long double variance, weight_sums w) {
    const auto [next_mean, next_variance] = next_mean_and_variance(
        f, dual_number<2>::unknown(mean, 0), dual_number<2>::unknown(variance, 1), w);
    moment_map_report r;
    r.mean = static_cast<double>(next_mean.value);
    r.variance = static_cast<double>(next_variance.value);
    const auto [a, b] = next_mean.slopes;
    const auto [c, d] = next_variance.slopes;
    r.jacobian[0][0] = static_cast<double>(a);
    r.jacobian[0][1] = static_cast<double>(b);
    r.jacobian[1][0] = static_cast<double>(c);
    r.jacobian[1][1] = static_cast<double>(d);
    const long double squares = a * a + b * b + c * c + d * d;
    const long double determinant = a * d - b * c;
    const long double root =
        std::sqrt(std::max(0.0L, squares * squares - 4 * determinant * determinant));
    r.spectral_norm = static_cast<double>(std::sqrt((squares + root) / 2));
    const long double half_trace = (a + d) / 2;
    const long double inside = half_trace * half_trace - determinant;
    r.spectral_radius = static_cast<double>(inside >= 0 ? std::fabs(half_trace) + std::sqrt(inside)
                                                        : std::sqrt(determinant));
    return r;
}

inline self_normalising_point find_self_normalising_point(const analysed_function& function,
                                                          weight_sums w, double mean,
                                                          double variance) {
    const shifted_moments f(function);
    std::array<long double, 2> at{static_cast<long double>(mean),
                                  static_cast<long double>(variance)};
    using equation_values = std::array<dual_number<2>, 2>;
    const auto equations = [&](const equation_values& p) {
        if (!(p[1].value > 0)) return equation_values{HUGE_VALL, HUGE_VALL};
        const auto [next_mean, next_variance] = next_mean_and_variance(f, p[0], p[1], w);
        return equation_values{next_mean - p[0], next_variance - p[1]};
    };
    self_normalising_point r;
    r.residual = static_cast<double>(newton(equations, at));
    r.mean = static_cast<double>(at[0]);
    r.variance = static_cast<double>(at[1]);
    r.map = moment_map_of(f, at[0], at[1], w);
    // Where the map is next to the identity, a small residual says little of where the fixed point is: clipping
    // keeps a small variance but for what is lost beyond the bounds. The identity itself keeps every variance.
    const auto& [by_mean, by_variance] = r.map.jacobian;
    const double gap = (by_mean[0] - 1) * (by_variance[1] - 1) - by_mean[1] * by_variance[0];
    const double uncertainty = r.residual + 1e-16 * r.variance;
    const bool is_certain = uncertainty <= 1e-6 * r.variance * std::fabs(gap);
    const bool is_start = r.mean == mean && r.variance == variance;
    r.converged = r.residual <= 1e-13 && (is_certain || is_start);
    return r;
}

inline self_normalising_family find_self_normalising_family(const analysed_function& p,
                                                            const analysed_function& n) {
    std::vector<break_point> points = p.break_points(normal_reach(1));
    for (const break_point& b : n.break_points(normal_reach(1))) points.push_back(b);
    const auto parts = [&](long double z, long double* out) {
        const long double u = p.value(z);
        const long double v = n.value(z);
        out[0] = u;
        out[1] = v;
        out[2] = u * u;
        out[3] = u * v;
        out[4] = v * v;
    };
    const auto e = gaussian_quadrature::run({5, parts}, normal_breaks(points, 1), 1e-17L);
    const long double factor = -e[0].value / e[1].value;
    const long double square = e[2].value + 2 * factor * e[3].value + factor * factor * e[4].value;
    const long double scale = 1 / std::sqrt(square);
    return {static_cast<double>(scale), static_cast<double>(factor),
            static_cast<double>(std::fabs(scale * (e[0].value + factor * e[1].value)) +
                                std::fabs(scale * scale * square - 1))};
}

/// Solves Q(1) = 1, Q′(1) = 1 and the two equations that `more(moments, α, γ, δ)` gives.
template<class More>
kernel_shape shape_kernel(const analysed_function& function, bool with_curvature, More more) {
    const shifted_moments f(function);
    using equation_values = std::array<dual_number<4>, 4>;
    const auto equations = [&](const equation_values& p) {
        const auto& [alpha, beta, gamma, delta] = p;
        const bool is_near =
            alpha.value > 1e-6L && alpha.value < 100 && std::fabs(beta.value) < 100;
        if (!is_near) return equation_values{HUGE_VALL};
        const auto e = f.at(beta, alpha, with_curvature);
        const auto scale = gamma * gamma;
        const auto square = e.square + 2 * delta * e.value + delta * delta;
        const auto [third, fourth] = more(e, alpha, gamma, delta);
        return equation_values{
            scale * square - 1,
            scale * (e.square_by_deviation + 2 * delta * e.value_by_deviation) / 2 - 1, third,
            fourth};
    };
    // The equations have several solutions: one near f itself is wanted, and f not upside down.
    kernel_shape best;
    best.residual = HUGE_VAL;
    for (const long double alpha : {1.0L, 0.3L, 0.1L, 2.0L}) {
        for (const long double beta : {0.0L, 1.0L, -1.0L, 0.4L, -0.4L}) {
            const auto e = f.at<4>(beta, alpha);
            const auto variance = e.square - e.value * e.value;
            if (!(variance.value > 0)) continue;
            std::array<long double, 4> at{alpha, beta, 1 / std::sqrt(variance.value),
                                          -e.value.value};
            const auto residual = static_cast<double>(newton(equations, at));
            const bool converged = residual <= 1e-13;
            const bool is_odd = best.output_scale < 0 || std::fabs(best.input_shift) >= 3;
            const bool is_better = best.converged ? converged && is_odd : residual < best.residual;
            if (!is_better) continue;
            best = {static_cast<double>(at[0]),
                    static_cast<double>(at[1]),
                    static_cast<double>(at[2]),
                    static_cast<double>(at[3]),
                    residual,
                    converged};
            if (converged && best.output_scale > 0 && std::fabs(best.input_shift) < 3) return best;
        }
    }
    return best;
}

inline void require_depth(int depth) {
    if (depth >= 1) return;
    throw std::invalid_argument("chainrule: the depth is " + std::to_string(depth) +
                                "; give at least 1");
}

inline kernel_shape deep_kernel_shape_of(const analysed_function& f, int depth, double zeta) {
    require_depth(depth);
    const long double slope = std::pow(static_cast<long double>(zeta), 1.0L / depth);
    return shape_kernel(f, false,
                        [slope](const dual_moments<4>& e, const dual_number<4>& alpha,
                                const dual_number<4>& gamma, const dual_number<4>& delta) {
                            return std::array{gamma * (e.value + delta),
                                              gamma * gamma * alpha * alpha * e.slope_square -
                                                  slope};
                        });
}

inline kernel_shape tailored_shape_of(const analysed_function& f, int depth, double tau) {
    require_depth(depth);
    if (shifted_moments(f).has_kink()) return {1, 0, 1, 0, HUGE_VAL, false};
    const long double curvature = static_cast<long double>(tau) / depth;
    return shape_kernel(f, true,
                        [curvature](const dual_moments<4>& e, const dual_number<4>& alpha,
                                    const dual_number<4>& gamma, const dual_number<4>& /*delta*/) {
                            const auto square = gamma * gamma * alpha * alpha;
                            return std::array{
                                square * e.slope_square - 1,
                                (square * alpha * alpha * e.curvature_square - curvature) /
                                    curvature};
                        });
}

inline std::vector<edge_point> half_stable_points_of(length_map& map) {
    return edges_where(
        map, [](const edge_point& e) { return static_cast<long double>(e.length_slope) - 1; });
}

}  // namespace detail

/// The moment map of f at mean μ and variance ν of the layer below, for weights with Σw = ω, Σw² = τ.
template<expression F>
moment_map_report moment_map(F, double mean = 0, double variance = 1, double weight_sum = 0,
                             double weight_square_sum = 1) {
    detail::require_positive(variance, "the variance");
    return detail::moment_map_of(
        detail::shifted_moments(detail::function_of<F>()), static_cast<long double>(mean),
        static_cast<long double>(variance),
        {static_cast<long double>(weight_sum), static_cast<long double>(weight_square_sum)});
}

/// A fixed point of the moment map near (mean, variance), by Newton's method.
template<expression F>
self_normalising_point self_normalising(F, double mean = 0, double variance = 1,
                                        double weight_sum = 0, double weight_square_sum = 1) {
    detail::require_positive(variance, "the variance");
    return detail::find_self_normalising_point(
        detail::function_of<F>(),
        {static_cast<long double>(weight_sum), static_cast<long double>(weight_square_sum)}, mean,
        variance);
}

/// Scale λ and factor α for which λ (p + α n) keeps mean 0 and variance 1: SELU's are those of
/// p = max(x, 0), n = expm1(min(x, 0)).
template<expression P, expression N>
self_normalising_family self_normalising_scales(P, N) {
    return detail::find_self_normalising_family(detail::function_of<P>(), detail::function_of<N>());
}

/// The a and b for which a f + b has mean 0 and second moment 1 under N(0, q).
template<expression F>
affine_transformation standardised(F, double q = 1.0) {
    const moments_report m = moments(F{}, q);
    return {m.variance_gain.value, -m.variance_gain.value * m.mean.value};
}

/// Deep kernel shaping (Martens et al. 2021) of a plain network of this depth: Q(1) = Q′(1) = 1, C(0) = 0
/// and C′(1) = ζ^(1/depth) for γ (f(αx + β) + δ).
template<expression F>
kernel_shape deep_kernel_shaping(F, int depth, double zeta = 1.5) {
    return detail::deep_kernel_shape_of(detail::function_of<F>(), depth, zeta);
}

/// The tailored transformation of smooth activations (Zhang, Botev, Martens 2022) for a plain network of
/// this depth: Q(1) = Q′(1) = C′(1) = 1 and C″(1) = τ/depth. Not converged for an f with kinks, whose
/// C″(1) is infinite.
template<expression F>
kernel_shape tailored_transformation(F, int depth, double tau = 0.3) {
    return detail::tailored_shape_of(detail::function_of<F>(), depth, tau);
}

/// The slope α of the tailored leaky ReLU √(2/(1 + α²)) · max(x, αx) (Zhang, Botev, Martens 2022) for a
/// plain network of this depth: the depth-fold C-map takes 0 to η. Residual below 1e-15.
inline double tailored_leaky_slope(int depth, double eta = 0.9) {
    detail::require_depth(depth);
    const auto at_end = [&](long double alpha) {
        const long double bend =
            (1 - alpha) * (1 - alpha) / (3.14159265358979323846264L * (1 + alpha * alpha));
        long double c = 0;
        for (int i = 0; i < depth; ++i)
            c += bend * (std::sqrt((1 - c) * (1 + c)) - c * std::acos(c));
        return c;
    };
    long double low = 0;
    long double high = 1;
    if (at_end(0) <= static_cast<long double>(eta)) return 0;  // even the ReLU stays below η
    for (int i = 0; i < 120; ++i) {
        const long double middle = (low + high) / 2;
        (at_end(middle) > static_cast<long double>(eta) ? low : high) = middle;
    }
    return static_cast<double>(low);
}

/// The half-stable points with 1e-6 ≤ q ≤ 1e6 (Roberts, Yaida, Hanin 2022): edge points at which the
/// length slope V′ = χ_∥ is 1 like χ₁ = χ_⊥. None for scale-invariant f, where every point is one.
template<expression F>
std::vector<edge_point> half_stable_points(F) {
    detail::length_map map(detail::function_of<F>());
    return detail::half_stable_points_of(map);
}

}  // namespace chainrule
