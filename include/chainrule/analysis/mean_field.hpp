// SPDX-License-Identifier: BSL-1.0
/// mean_field(f, σw², σb²): signals and gradients in wide random networks z′ = W f(z) + b (Poole et al.
/// 2016; Schoenholz et al. 2017), and edge_of_chaos(f, q) (Hayou et al. 2019).
#pragma once

#include <chainrule/analysis/correlation_map.hpp>
#include <chainrule/analysis/length_map.hpp>

namespace chainrule {

/// Where the length q of the signal goes when started at 1.
enum class mean_field_outcome {
    fixed_point,   ///< to a stable fixed point q* > 0
    zero,          ///< to 0
    diverges,      ///< to infinity
    every_length,  ///< every length is a fixed point
    marginal,      ///< to a fixed point (or to 0) with V′ = 1, slower than exponentially
    oscillates,    ///< nowhere: it ends in a cycle or wanders
    undefined,     ///< f is undefined for some inputs
};

enum class phase { ordered, critical, chaotic };

/// A fixed point of the length map V(q) = σw² E f(√q z)² + σb².
struct length_fixed_point {
    double length = 0;
    double slope = 0;  ///< V′
    bool is_stable = false;
};

struct mean_field_report {
    mean_field_outcome outcome = mean_field_outcome::undefined;
    double length = 0;        ///< q*: 0, or infinite, by outcome
    double length_slope = 0;  ///< V′(q*) = σw² E[f² (z² − 1)] / (2q*), valid with kinks and jumps
    double chi1 = 0;          ///< χ₁ = σw² E f′²: growth of the squared gradient per layer
    double depth_scale_length = 0;  ///< ξ_q = −1/ln|V′(q*)|
    double depth_scale_correlation =
        0;  ///< ξ_c = −1/ln χ_c*, the slope of the correlation map at c*
    /// c*: the stable fixed point of the correlation map; to about 1e-8 if χ₁ is infinite.
    double correlation = 1;
    double correlation_slope = 0;  ///< χ_c*; to about 1e-3 if χ₁ is infinite
    double gradient_decade_depth =
        0;  ///< ln 10 / |ln χ₁|: layers in which the squared gradient changes tenfold
    chainrule::phase phase = phase::critical;
    bool has_jump =
        false;  ///< f jumps: χ₁ is the almost-everywhere value, the true one is infinite
    std::vector<length_fixed_point> fixed_points;  ///< all found with 1e-9 ≤ q ≤ 1e9, ascending
    /// Error bounds of the numbers of the same names.
    struct errors {
        double length = 0;
        double length_slope = 0;
        double chi1 = 0;
        double depth_scale_length = 0;
        double depth_scale_correlation = 0;
    } error;
};

/// A point of the edge of chaos: χ₁ = 1 at the fixed length q.
struct edge_point {
    double weight_variance = 0;
    double bias_variance = 0;
    bool admissible = false;  ///< bias_variance ≥ 0, and all finite
    double length = 0;        ///< q
    double length_slope = 0;  ///< V′(q): above 1 the length leaves this point again
    bool has_jump = false;  ///< f jumps: E f′² is the almost-everywhere value, the true χ₁ infinite
};

namespace detail {

/// A root of increasing or decreasing g in [low, high], whose signs there differ; slope(x, g) gives
/// Newton's step.
template<class Function>
long double bracketed_root(Function value_and_slope, long double low, long double high,
                           bool low_is_negative, long double start, long double precision) {
    long double x = start;
    for (int i = 0; i < 200; ++i) {
        const auto [value, slope] = value_and_slope(x);
        if (value == 0) return x;
        ((value < 0) == low_is_negative ? low : high) = x;
        long double next = x - value / slope;
        if (!(next > low && next < high)) next = low + (high - low) / 2;
        if (std::fabs(next - x) <= precision * std::fabs(next) || next == low || next == high)
            return next;
        x = next;
    }
    return x;
}

struct valued_slope {
    long double value;
    long double slope;
};

class mean_field_solver {
public:
    mean_field_solver(length_map& lengths, double weight, double bias)
        : map(lengths), weight_variance(weight), bias_variance(bias) {}

    mean_field_report run() {
        mean_field_report r;
        r.has_jump = map.has_jump(1);
        if (const auto one = map.at(1); !(one.square.value == one.square.value)) {
            r.length = r.length_slope = r.chi1 = nan;
            r.depth_scale_length = r.depth_scale_correlation = r.gradient_decade_depth = nan;
            r.correlation = r.correlation_slope = nan;
            return r;
        }
        if (map.has_pole()) {
            r.outcome = mean_field_outcome::diverges;
            r.length = r.length_slope = r.chi1 = infinity;
            r.depth_scale_length = r.depth_scale_correlation = r.gradient_decade_depth = nan;
            r.correlation = r.correlation_slope = nan;
            r.phase = phase::chaotic;
            return r;
        }
        if (keeps_every_length()) {
            finish(r, 1, mean_field_outcome::every_length);
            return r;
        }
        scan();
        for (const long double q : roots) {
            const auto [v, s] = value_and_slope(q, map.at(q));
            r.fixed_points.push_back(
                {static_cast<double>(q), static_cast<double>(s), std::fabs(s) < 1});
        }
        const auto [q, outcome] = follow();
        finish(r, q, outcome);
        return r;
    }

private:
    static constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    static constexpr double infinity = std::numeric_limits<double>::infinity();
    static constexpr long double smallest = 1e-30L;
    static constexpr long double largest = 1e9L;
    static constexpr long double least_measured = 1e-25L;  ///< below it V is a straight line

    length_map& map;  // NOLINT(cppcoreguidelines-avoid-const-or-ref-data-members)
    long double weight_variance;
    long double bias_variance;
    struct point {
        long double q;
        long double gap;       ///< V(q)/q − 1
        int side;              ///< its sign; 0 if that is not certain
        bool certainly_falls;  ///< V′(q) < 0
    };
    std::vector<point> scanned;
    std::vector<long double> roots;

    [[nodiscard]] valued_slope value_and_slope(long double, const length_map::sample& s) const {
        return {weight_variance * s.square.value + bias_variance,
                weight_variance * s.square_slope.value};
    }

    bool keeps_every_length() {
        if (bias_variance != 0) return false;
        for (const long double q : {1e-3L, 0.1L, 1.0L, 17.0L, 1e3L}) {
            const auto [v, s] = value_and_slope(q, map.at(q));
            if (!(std::fabs(v / q - 1) <= 2e-14L)) return false;
        }
        return true;
    }

    point look(long double q) {
        const length_map::glance g = map.look(q, weight_variance);
        const long double gap = g.excess.value + bias_variance;
        // Infinite, or with a sign that neither the error of the quadrature nor rounding explains.
        const bool is_certain = gap == infinity ||
            (g.is_resolved && std::fabs(gap) > g.excess.error + 1e-17L * g.excess.magnitude);
        return {q, gap / q,
                !is_certain   ? 0
                    : gap > 0 ? 1
                              : -1,
                g.is_resolved && g.square_slope.value < -g.square_slope.error};
    }

    /// V(q) on a logarithmic grid, and all fixed points between its points. Where V(q) may be q, as far
    /// as one can tell, none is seen unless V(q) − q has different signs on both sides.
    void scan() {
        scanned.push_back(look(smallest));
        for (int i = -54; i <= 54; ++i)
            scanned.push_back(look(std::pow(10.0L, static_cast<long double>(i) / 6)));
        // A pair of fixed points between two grid points shows as V/q coming near 1 and turning back.
        for (std::size_t i = 2; i + 1 < scanned.size(); ++i) {
            const point& before = scanned[i - 1];
            const point& here = scanned[i];
            const point& after = scanned[i + 1];
            const bool one_side =
                here.side != 0 && before.side == here.side && after.side == here.side;
            if (!one_side || std::fabs(here.gap) > std::fabs(before.gap) ||
                std::fabs(here.gap) > std::fabs(after.gap) || std::fabs(here.gap) > 0.2L) {
                continue;
            }
            const int side = here.side;
            long double low = before.q;
            long double high = after.q;
            for (int step = 0; step < 40; ++step) {
                const point a = look(low * std::pow(high / low, 0.382L));
                const point b = look(low * std::pow(high / low, 0.618L));
                const bool a_crosses = a.side == -side;
                if (a_crosses || b.side == -side) {
                    const point crossing = a_crosses ? a : b;
                    const auto place =
                        static_cast<std::ptrdiff_t>(crossing.q > scanned[i].q ? i + 1 : i);
                    scanned.insert(scanned.begin() + place, crossing);
                    ++i;
                    break;
                }
                (std::fabs(a.gap) < std::fabs(b.gap) ? high : low) =
                    std::fabs(a.gap) < std::fabs(b.gap) ? b.q : a.q;
            }
        }
        const point* low = nullptr;
        for (const point& high : scanned) {
            if (high.side == 0) continue;
            if (low != nullptr && low->side != high.side) find_root(*low, high);
            low = &high;
        }
    }

    /// The fixed point between two lengths, in ln q, where V/q is gentle: g = ln(V/q).
    void find_root(const point& low, const point& high) {
        const auto g = [&](long double t) {
            const long double q = elementary::exp(t);
            const auto [v, s] = value_and_slope(q, map.at(q));
            if (!std::isfinite(v)) return valued_slope{1e9L, 0};
            return valued_slope{elementary::log(v / q), s * q / v - 1};
        };
        const long double t =
            bracketed_root(g, elementary::log(low.q), elementary::log(high.q), low.side < 0,
                           (elementary::log(low.q) + elementary::log(high.q)) / 2, 1e-16L);
        const long double q = elementary::exp(t);
        if (q > least_measured) roots.push_back(polished(q));
    }

    /// One Newton step in q itself, which has more digits than ln q.
    long double polished(long double q) {
        for (int i = 0; i < 2; ++i) {
            const auto [v, s] = value_and_slope(q, map.at(q));
            const long double step = (v - q) / (1 - s);
            if (!(std::fabs(step) < 1e-12L * q)) break;
            q += step;
        }
        return q;
    }

    struct destination {
        long double q;
        mean_field_outcome outcome;
    };

    [[nodiscard]] bool increases_between(long double a, long double b) const {
        for (const point& p : scanned) {
            if (p.q >= a / 1.5L && p.q <= b * 1.5L && p.certainly_falls) return false;
        }
        return true;
    }

    /// The orbit of length 1.
    destination follow() {
        long double q = 1;
        for (int step = 0; step < 1000; ++step) {
            const auto [v, s] = value_and_slope(q, map.at(q, 1e-13L, 2000));
            for (const long double root : roots) {
                const bool is_here =
                    std::fabs(v - root) <= 1e-10L * root && std::fabs(q - root) <= 1e-9L * root;
                if (is_here) return arrived(root);
            }
            const bool up = v > q;
            const auto above = std::upper_bound(roots.begin(), roots.end(), q);
            if (up) {
                const bool has_target = above != roots.end();
                const long double target = has_target ? *above : largest;
                if (increases_between(q, target)) {
                    return has_target ? arrived(target)
                                      : destination{infinity, mean_field_outcome::diverges};
                }
            } else {
                const bool has_target = above != roots.begin();
                const long double target = has_target ? *(above - 1) : smallest;
                if (increases_between(target, q)) return has_target ? arrived(target) : vanished();
            }
            if (!(v < largest)) return {infinity, mean_field_outcome::diverges};
            if (v < 1e-20L) return vanished();
            q = v;
        }
        return {q, mean_field_outcome::oscillates};
    }

    destination arrived(long double q) {
        const auto [v, s] = value_and_slope(q, map.at(q));
        return {q,
                std::fabs(std::fabs(s) - 1) <= 1e-7L ? mean_field_outcome::marginal
                                                     : mean_field_outcome::fixed_point};
    }
    destination vanished() {
        // Where f(0) is not 0, or b varies, some length remains, however little.
        const length_map::sample origin = map.at_origin();
        const auto [least, slope] = value_and_slope(0, origin);
        const long double rest = least / (1 - slope);
        if (least > 0 && std::fabs(slope) < 1 && static_cast<double>(rest) > 0)
            return {rest, mean_field_outcome::fixed_point};
        const auto [v, s] = value_and_slope(smallest, map.at(smallest));
        return {0,
                std::fabs(v / smallest - 1) <= 1e-12L ? mean_field_outcome::marginal
                                                      : mean_field_outcome::zero};
    }

    static double depth_scale(long double slope) {
        const long double size = std::fabs(slope);
        if (std::fabs(size - 1) <= 1e-13L) return infinity;
        if (size > 1) return nan;
        return size == 0 ? 0 : static_cast<double>(-1 / elementary::log(size));
    }
    /// |d(−1/ln s)| for an error of s.
    static double depth_scale_error(long double slope, long double error) {
        if (slope == 0) return error > 0 ? depth_scale(error) : 0;
        const long double log = elementary::log(std::fabs(slope));
        return std::isfinite(depth_scale(slope))
            ? static_cast<double>(error / std::fabs(slope * log * log)) + 1e-16
            : 0;
    }

    struct slopes {
        integral length;  ///< V′
        integral chi1;
        long double length_error = 0;  ///< of V itself
    };

    slopes slopes_at(long double q) { return slopes_of(map.at(q)); }
    slopes slopes_of(const length_map::sample& s) const {
        slopes result{
            {weight_variance * s.square_slope.value, weight_variance * s.square_slope.error, 0},
            {weight_variance * s.slope_square.value, weight_variance * s.slope_square.error, 0},
            weight_variance * s.square.error};
        if (std::fabs(s.square_slope.value) <= 4 * s.square_slope.error) result.length.value = 0;
        if (!(result.length.value == result.length.value)) result.length.value = infinity;
        if (!(result.chi1.value == result.chi1.value)) result.chi1.value = infinity;
        return result;
    }

    /// V′ and χ₁ as q → 0 or ∞: as far out as the quadrature is sure of them, which an f that oscillates
    /// without end limits. What still changes there tends to 0 or infinity, or is not known.
    slopes limit_slopes(bool at_zero) {
        if (at_zero && map.function().value(0) != 0) {
            const length_map::sample origin = map.at_origin();
            if (origin.square.value == origin.square.value) return slopes_of(origin);
        }
        const std::vector<long double> places = at_zero
            ? std::vector<long double>{smallest}
            : std::vector<long double>{1e36L, 1e24L, 1e9L, 1e6L, 1e4L};
        slopes result{{nan, 0, 0}, {nan, 0, 0}, 0};
        for (const long double q : places) {
            auto look_at = [&](long double there) {
                const length_map::sample v = map.at(there, 1e-17L, 2000);
                slopes s = slopes_of(v);
                if (at_zero) {
                    // f(0) = 0: the ratio V/q has the same limit, and more digits.
                    s.length = {weight_variance * v.square.value / there,
                                weight_variance * v.square.error / there, 0};
                }
                return s;
            };
            auto is_sure = [](const slopes& s) {
                return std::ranges::all_of(std::array{s.length, s.chi1}, [](const integral& a) {
                    return a.value == infinity || a.error <= 1e-10L * std::fabs(a.value) ||
                        a.error <= 1e-30L;
                });
            };
            const slopes here = look_at(q);
            if (!is_sure(here)) continue;
            const slopes before = look_at(at_zero ? q * 64 : q / 64);
            if (!is_sure(before)) continue;
            auto limit = [](const integral& a, const integral& b) -> integral {
                if (a.value == infinity || a.value > 1.05L * b.value) return {infinity, 0, 0};
                if (a.value < b.value / 1.05L) return {0, 0, 0};
                const long double change = std::fabs(a.value - b.value);
                if (change > 1e-3L * a.value) return {nan, 0, 0};
                return {a.value, a.error + change, 0};
            };
            result = {limit(here.length, before.length), limit(here.chi1, before.chi1), 0};
            break;
        }
        return result;
    }

    void finish(mean_field_report& r, long double q, mean_field_outcome outcome) {
        r.outcome = outcome;
        r.length = static_cast<double>(q);
        if (outcome == mean_field_outcome::oscillates) {
            r.length = r.length_slope = r.chi1 = nan;
            r.depth_scale_length = r.depth_scale_correlation = r.gradient_decade_depth = nan;
            r.correlation = r.correlation_slope = nan;
            return;
        }
        const bool is_limit = q == 0 || q > largest;
        const slopes at = is_limit ? limit_slopes(q == 0)
            : q < least_measured   ? slopes_of(map.at_origin())
                                   : slopes_at(q);
        const long double length_slope = at.length.value;
        const long double chi1 = at.chi1.value;
        r.length_slope = static_cast<double>(length_slope);
        r.chi1 = static_cast<double>(chi1);
        auto error_of = [](const integral& s) {
            return std::isfinite(s.value)
                ? static_cast<double>(s.error) + 2e-16 * static_cast<double>(std::fabs(s.value))
                : 0;
        };
        r.error.length_slope = error_of(at.length);
        r.error.chi1 = error_of(at.chi1);
        if (!is_limit && outcome != mean_field_outcome::every_length) {
            r.error.length = static_cast<double>((at.length_error + 1e-18L * q) /
                                                 std::max(1e-12L, std::fabs(1 - length_slope))) +
                2e-16 * r.length;
        }
        r.depth_scale_length = depth_scale(length_slope);
        r.error.depth_scale_length =
            depth_scale_error(length_slope, static_cast<long double>(r.error.length_slope));
        r.gradient_decade_depth =
            static_cast<double>(2.30258509299404568402L / std::fabs(elementary::log(chi1)));
        if (chi1 == 0 || chi1 == infinity) r.gradient_decade_depth = 0;
        const bool is_critical = std::fabs(chi1 - 1) <= 1e-12L;
        r.phase = is_critical ? phase::critical : chi1 < 1 ? phase::ordered : phase::chaotic;
        r.correlation_slope = r.chi1;
        if (is_critical) {
            r.depth_scale_correlation = r.gradient_decade_depth = infinity;
        } else if (chi1 < 1) {
            r.depth_scale_correlation = depth_scale(chi1);
            r.error.depth_scale_correlation =
                depth_scale_error(chi1, static_cast<long double>(r.error.chi1));
        }
        const bool length_settles = q > 0 && q < largest;
        const bool c_leaves_one =
            chi1 > 1 || r.has_jump;  // a jump makes the true slope at 1 infinite
        if (is_critical && !r.has_jump) return;
        if (!length_settles) {
            if (c_leaves_one) r.correlation = r.correlation_slope = r.depth_scale_correlation = nan;
            return;
        }
        if (c_leaves_one) find_correlation(r, q);
    }

    /// c* = 1 − d solves σw² (E f² − E f(u₁)f(u₂)) = q d; left side over right side falls with d.
    void find_correlation(mean_field_report& r, long double q) {
        const correlation_kernel kernel(map.function(), q);
        // In √d, in which the ratio is nearly straight for an f with kinks too.
        long double precision = 1e-15L;
        const auto g = [&](long double root) {
            const long double d = root * root;
            const auto k = kernel.at(d, precision);
            const long double ratio = weight_variance * k.loss.value / (q * d);
            // What the quadrature cannot tell from 0 is 0: next to c = 1 that is all there is.
            const long double error = weight_variance * k.loss.error / (q * d);
            return valued_slope{std::fabs(ratio - 1) <= error ? 0 : ratio - 1,
                                (weight_variance * k.slope.value / q - ratio) * 2 / root};
        };
        long double d = 1;
        const long double at_one = g(1).value;
        if (!(at_one >= -1e-15L)) {
            const long double at_zero =
                r.has_jump || r.chi1 == infinity ? -at_one : static_cast<long double>(r.chi1) - 1;
            // Near the root at little cost, then the last steps at full precision.
            precision = 1e-8L;
            long double root = bracketed_root(g, 0, 1, false, at_zero / (at_zero - at_one), 1e-5L);
            precision = 1e-15L;
            root = bracketed_root(g, 0, 1, false, root, 1e-11L);
            d = root * root;
        }
        const auto k = kernel.at(d);
        const long double slope = weight_variance * k.slope.value / q;
        r.correlation = static_cast<double>(1 - d);
        r.correlation_slope = static_cast<double>(slope);
        r.depth_scale_correlation = depth_scale(slope);
        r.error.depth_scale_correlation = depth_scale_error(
            slope, weight_variance * k.slope.error / q + 1e-17L * (1 + slope / d));
    }
};

inline edge_point edge_of_chaos_at(length_map& map, long double q) {
    const length_map::sample s = map.at(q);
    edge_point result;
    const long double weight = 1 / s.slope_square.value;
    long double bias = q - weight * s.square.value;
    if (std::fabs(bias) <= 1e-16L * q) bias = 0;  // homogeneous f: rounding only
    result.weight_variance = static_cast<double>(weight);
    result.bias_variance = static_cast<double>(bias);
    result.length = static_cast<double>(q);
    result.length_slope = std::isfinite(weight)
        ? static_cast<double>(weight * s.slope_beyond_rounding(q))
        : std::numeric_limits<double>::quiet_NaN();
    result.admissible = bias >= 0 && std::isfinite(weight) && std::isfinite(bias);
    result.has_jump = map.has_jump(q);
    return result;
}

inline void require_positive(double q, const char* what) {
    if (q > 0 && q <= std::numeric_limits<double>::max()) return;
    throw std::invalid_argument("chainrule: " + std::string(what) + " is " + std::to_string(q) +
                                "; give a finite number above 0");
}

/// All points of the edge with 1e-6 ≤ q ≤ 1e6 at which `wanted` of them is 0.
template<class Wanted>
std::vector<edge_point> edges_where(length_map& map, Wanted wanted) {
    std::vector<edge_point> result;
    long double before_q = 0;
    long double before = 0;
    for (int i = -48; i <= 48; ++i) {
        const long double q = std::pow(10.0L, static_cast<long double>(i) / 8);
        const long double here = wanted(edge_of_chaos_at(map, q));
        const bool is_noise = std::fabs(before) <= 1e-14L && std::fabs(here) <= 1e-14L;
        if (i > -48 && !is_noise && (before < 0) != (here < 0) && std::isfinite(before) &&
            std::isfinite(here)) {
            long double low = before_q;
            long double high = q;
            long double at_low = before;
            long double at_high = here;
            // Regula falsi with the Illinois rule.
            int side = 0;
            for (int step = 0; step < 100 && high - low > 1e-17L * high; ++step) {
                const long double middle = (low * at_high - high * at_low) / (at_high - at_low);
                const long double value = wanted(edge_of_chaos_at(map, middle));
                if (value == 0) {
                    low = high = middle;
                } else if ((value < 0) == (at_low < 0)) {
                    low = middle;
                    at_low = value;
                    if (side == -1) at_high /= 2;
                    side = -1;
                } else {
                    high = middle;
                    at_high = value;
                    if (side == 1) at_low /= 2;
                    side = 1;
                }
            }
            const edge_point found = edge_of_chaos_at(map, low);
            if (found.admissible) result.push_back(found);
        }
        before_q = q;
        before = here;
    }
    return result;
}

}  // namespace detail

/// The mean-field analysis of wide layers of activation f with Var W_ij = weight_variance / fan-in and
/// Var b = bias_variance, started at length 1. Accuracy: 1e-12 relative for length, slope and χ₁, 1e-10
/// for the depth scales, worse within 1e-6 of criticality, where they diverge; see error. Throws
/// std::invalid_argument if a variance is negative, infinite or NaN.
template<expression F>
mean_field_report mean_field(F, double weight_variance, double bias_variance) {
    detail::require_variance(weight_variance, "the weight variance");
    detail::require_variance(bias_variance, "the bias variance");
    detail::length_map map(detail::function_of<F>());
    return detail::mean_field_solver(map, weight_variance, bias_variance).run();
}

/// The point of the edge of chaos at which q is the fixed length: σw² = 1/E f′², σb² = q − σw² E f².
/// Not admissible where σb² comes out negative. A jump of f counts for nothing in E f′² here, but sets
/// has_jump. Accuracy 1e-12 relative to q.
template<expression F>
edge_point edge_of_chaos(F, double q) {
    detail::require_positive(q, "the length q");
    detail::length_map map(detail::function_of<F>());
    return detail::edge_of_chaos_at(map, static_cast<long double>(q));
}

/// The curve of edge points for `points` lengths between q_from and q_to, evenly spaced in ln q.
template<expression F>
std::vector<edge_point> edge_of_chaos_curve(F, double q_from, double q_to, int points) {
    detail::require_positive(q_from, "the length q");
    detail::require_positive(q_to, "the length q");
    detail::length_map map(detail::function_of<F>());
    std::vector<edge_point> result;
    for (int i = 0; i < points; ++i) {
        const long double t = points > 1 ? static_cast<long double>(i) / (points - 1) : 0;
        const auto from = static_cast<long double>(q_from);
        result.push_back(detail::edge_of_chaos_at(
            map, from * std::pow(static_cast<long double>(q_to) / from, t)));
    }
    return result;
}

/// The admissible edge points with this bias variance and 1e-6 ≤ q ≤ 1e6, by ascending q; none if empty.
template<expression F>
std::vector<edge_point> edge_of_chaos_for_bias(F, double bias_variance) {
    detail::require_positive(bias_variance, "the bias variance");
    detail::length_map map(detail::function_of<F>());
    return detail::edges_where(map, [&](const edge_point& e) {
        return static_cast<long double>(e.bias_variance) - static_cast<long double>(bias_variance);
    });
}

/// The admissible edge points with this weight variance and 1e-6 ≤ q ≤ 1e6, by ascending q.
template<expression F>
std::vector<edge_point> edge_of_chaos_for_weight(F, double weight_variance) {
    detail::require_positive(weight_variance, "the weight variance");
    detail::length_map map(detail::function_of<F>());
    return detail::edges_where(map, [&](const edge_point& e) {
        return static_cast<long double>(e.weight_variance) -
            static_cast<long double>(weight_variance);
    });
}

}  // namespace chainrule
