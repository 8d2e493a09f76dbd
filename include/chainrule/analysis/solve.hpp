// SPDX-License-Identifier: BSL-1.0
/// Activations made to order: self-normalising ones, standardised ones, deep kernel shaping and its
/// tailored successor, half-stable points. Every answer carries the residual of its equations.
#pragma once

#include <chainrule/analysis/mean_field.hpp>

#include <array>
#include <map>

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

/// Solves a small dense system by elimination with pivoting; false if it is singular, as far as derivatives
/// by differences can tell.
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
long double largest(const std::array<long double, N>& v) {
    long double result = 0;
    for (const long double e : v) result = e == e ? std::max(result, std::fabs(e)) : HUGE_VALL;
    return result;
}

/// Newton's method, steps halved until the residual falls, derivatives by central differences. Given up
/// where several steps gain next to nothing: that is a smallest residual, not a solution.
template<std::size_t N, class Equations>
long double newton(Equations equations, std::array<long double, N>& at) {
    auto residual = equations(at);
    int stuck = 0;
    for (int iteration = 0; iteration < 30 && largest(residual) > 1e-17L; ++iteration) {
        std::array<std::array<long double, N>, N> jacobian{};
        for (std::size_t k = 0; k < N; ++k) {
            const long double step = 1e-6L * std::max(0.01L, std::fabs(at[k]));
            auto above = at;
            auto below = at;
            above[k] += step;
            below[k] -= step;
            const auto up = equations(above);
            const auto down = equations(below);
            for (std::size_t r = 0; r < N; ++r) jacobian[r][k] = (up[r] - down[r]) / (2 * step);
        }
        auto step = residual;
        if (!solve_linear(jacobian, step)) break;
        bool improved = false;
        // Where only rounding is left a shorter step is no better.
        const long double least_part = largest(residual) <= 1e-14L ? 0.75L : 1e-4L;
        for (long double part = 1; part > least_part && !improved; part /= 2) {
            auto next = at;
            for (std::size_t k = 0; k < N; ++k) next[k] -= part * step[k];
            const auto there = equations(next);
            if (largest(there) < largest(residual)) {
                stuck = largest(there) > 0.99L * largest(residual) ? stuck + 1 : 0;
                at = next;
                residual = there;
                improved = true;
            }
        }
        if (!improved || stuck == 4) break;
    }
    return largest(residual);
}

class shifted_moments {
public:
    explicit shifted_moments(const analysed_function& function)
        : f(function), points(function.break_points(normal_reach(4))) {}

    /// Over x = mean + deviation · z: E f, E f², E f′², E f″², E f z, E f² z, E f (z² − 1), E f² (z² − 1).
    [[nodiscard]] std::array<long double, 8> at(long double mean, long double deviation) const {
        const auto parts = [&](long double z, long double* out) {
            const auto [value, slope, curvature] = f.with_curvature(mean + deviation * z);
            if (value != value) {
                // Undefined here, though f′ as a formula may not be.
                for (int j = 0; j < 8; ++j) out[j] = value;
                return;
            }
            const long double square = value * value;
            out[0] = value;
            out[1] = square;
            out[2] = slope * slope;
            out[3] = curvature * curvature;
            out[4] = value * z;
            out[5] = square * z;
            out[6] = value * (z * z - 1);
            out[7] = square * (z * z - 1);
        };
        const auto e =
            gaussian_quadrature::run({8, parts}, shifted_breaks(points, mean, deviation), 1e-16L);
        std::array<long double, 8> result{};
        for (std::size_t j = 0; j < 8; ++j) result[j] = e[j].value;
        return result;
    }

    [[nodiscard]] bool has_kink() const {
        return std::any_of(points.begin(), points.end(),
                           [](const break_point& p) { return p.is_kink || p.is_jump; });
    }

private:
    const analysed_function& f;  // NOLINT(cppcoreguidelines-avoid-const-or-ref-data-members)
    std::vector<break_point> points;
};

struct weight_sums {
    long double sum;         ///< ω
    long double square_sum;  ///< τ
};

inline moment_map_report moment_map_of(const shifted_moments& f, long double mean,
                                       long double variance, weight_sums w) {
    const long double deviation = std::sqrt(w.square_sum * variance);
    const auto e = f.at(w.sum * mean, deviation);
    // d/dν of an expectation is E[g (z² − 1)]/(2ν), d/dμ is E[g z]/σ; both hold with kinks and jumps.
    const long double mean_by_mean = w.sum * e[4] / deviation;
    const long double mean_by_variance = e[6] / (2 * variance);
    moment_map_report r;
    r.mean = static_cast<double>(e[0]);
    r.variance = static_cast<double>(e[1] - e[0] * e[0]);
    const long double a = mean_by_mean;
    const long double b = mean_by_variance;
    const long double c = w.sum * e[5] / deviation - 2 * e[0] * mean_by_mean;
    const long double d = e[7] / (2 * variance) - 2 * e[0] * mean_by_variance;
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
    const auto equations = [&](const std::array<long double, 2>& p) {
        if (!(p[1] > 0)) return std::array<long double, 2>{HUGE_VALL, HUGE_VALL};
        const auto e = f.at(w.sum * p[0], std::sqrt(w.square_sum * p[1]));
        return std::array<long double, 2>{e[0] - p[0], e[1] - e[0] * e[0] - p[1]};
    };
    self_normalising_point r;
    r.residual = static_cast<double>(newton(equations, at));
    r.converged = r.residual <= 1e-13;
    r.mean = static_cast<double>(at[0]);
    r.variance = static_cast<double>(at[1]);
    r.map = moment_map_of(f, at[0], at[1], w);
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

/// Solves Q(1) = 1, Q′(1) = 1 and the two equations that `more(e, α, γ, δ)` gives.
template<class More>
kernel_shape shape_kernel(const analysed_function& function, More more) {
    const shifted_moments f(function);
    // γ and δ leave the moments as they are: of the eight sides of a difference quotient four are known.
    std::map<std::array<long double, 2>, std::array<long double, 8>> known;
    const auto moments_at = [&](long double beta, long double alpha) {
        const std::array<long double, 2> place{beta, alpha};
        if (!(beta == beta && alpha == alpha)) return f.at(beta, alpha);
        const auto found = known.find(place);
        if (found != known.end()) return found->second;
        return known.emplace(place, f.at(beta, alpha)).first->second;
    };
    const auto equations = [&](const std::array<long double, 4>& p) {
        const auto [alpha, beta, gamma, delta] = p;
        if (!(alpha > 1e-6L && alpha < 100)) return std::array<long double, 4>{HUGE_VALL, 0, 0, 0};
        const auto e = moments_at(beta, alpha);
        const long double scale = gamma * gamma;
        const long double square = e[1] + 2 * delta * e[0] + delta * delta;
        const auto rest = more(e, alpha, gamma, delta);
        return std::array<long double, 4>{
            scale * square - 1, scale * (e[7] + 2 * delta * e[6]) / 2 - 1, rest[0], rest[1]};
    };
    // The equations have several solutions: one near f itself is wanted, and f not upside down.
    kernel_shape best;
    best.residual = HUGE_VAL;
    for (const long double alpha : {1.0L, 0.3L, 0.1L, 2.0L}) {
        for (const long double beta : {0.0L, 1.0L, -1.0L, 0.4L, -0.4L}) {
            const auto e = moments_at(beta, alpha);
            const long double variance = e[1] - e[0] * e[0];
            if (!(variance > 0)) continue;
            std::array<long double, 4> at{alpha, beta, 1 / std::sqrt(variance), -e[0]};
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
    return shape_kernel(f,
                        [slope](const std::array<long double, 8>& e, long double alpha,
                                long double gamma, long double delta) {
                            return std::array<long double, 2>{gamma * (e[0] + delta),
                                                              gamma * gamma * alpha * alpha * e[2] -
                                                                  slope};
                        });
}

inline kernel_shape tailored_shape_of(const analysed_function& f, int depth, double tau) {
    require_depth(depth);
    if (shifted_moments(f).has_kink()) return {1, 0, 1, 0, HUGE_VAL, false};
    const long double curvature = static_cast<long double>(tau) / depth;
    return shape_kernel(f,
                        [curvature](const std::array<long double, 8>& e, long double alpha,
                                    long double gamma, long double) {
                            const long double square = gamma * gamma * alpha * alpha;
                            return std::array<long double, 2>{
                                square * e[2] - 1,
                                (square * alpha * alpha * e[3] - curvature) / curvature};
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
