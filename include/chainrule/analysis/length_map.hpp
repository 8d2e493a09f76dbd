// SPDX-License-Identifier: BSL-1.0
/// The length map of f: E f(√q z)², its derivative by q and E f′(√q z)², z ~ N(0, 1), remembered.
#pragma once

#include <chainrule/analysis/moments.hpp>

#include <map>

namespace chainrule::detail {

/// Remembers what it has measured: one map may serve several analyses of f.
class length_map {
public:
    explicit length_map(const analysed_function& function) : f(function) {}

    struct sample {
        integral square;        ///< E f²
        integral square_slope;  ///< d/dq E f²
        integral slope_square;  ///< E f′²

        /// d/dq E f²; 0 where it is no more than the rounding of E f² q⁻¹.
        [[nodiscard]] long double slope_beyond_rounding(long double q) const {
            const bool is_rounding = std::fabs(square_slope.value) <= 4 * square_slope.error &&
                square_slope.error * q <= 1e-15L * square.value;
            return is_rounding ? 0 : square_slope.value;
        }
    };

    /// What is seen of V(q) − q at little cost.
    struct glance {
        integral excess;  ///< E σw² f² − q, without cancellation where σw² f² is x²
        integral square_slope;
        bool is_resolved = false;  ///< the quadrature followed f, so that its errors mean something
    };

    /// σw² f² − x² is averaged over x and −x: for an f that doubles one side and drops the other, as
    /// relu does at σw² = 2, it is then 0, not a difference of means. Where it is below the rounding of
    /// x² it is taken as 0, so that rounding alone never decides on which side of q V(q) lies.
    glance look(long double q, long double weight) {
        const long double deviation = std::sqrt(q);
        const long double at_zero = f.value(0);
        const long double shift = std::isfinite(at_zero) ? at_zero * at_zero : 0;
        long double lost = 0;
        const auto parts = [&](long double z, long double* out) {
            const long double x = deviation * z;
            const long double right = f.value(x);
            const long double left = f.value(-x);
            const long double square = (right * right + left * left) / 2;
            const long double excess = weight * square - x * x;
            out[0] = std::fabs(excess) <= 2e-18L * x * x ? 0 : excess;
            out[1] = beyond_rounding(square, shift, lost) * (z * z - 1);
            if (square != square) out[0] = out[1] = square;
        };
        if (has_too_many_breaks(deviation)) return {};
        std::vector<long double> breaks = breaks_in_z(deviation);
        const std::size_t count = breaks.size();
        for (std::size_t i = 0; i < count; ++i) breaks.push_back(-breaks[i]);
        std::sort(breaks.begin(), breaks.end());
        breaks.erase(std::unique(breaks.begin(), breaks.end()), breaks.end());
        const auto e = gaussian_quadrature::run({2, parts}, breaks, 1e-10L, 200, true);
        return {e[0],
                {e[1].value / (2 * q), (e[1].error + lost) / (2 * q), 0},
                !(e[0].error > 1e-3L * e[0].magnitude)};
    }

    /// As exactly as it gets.
    sample at(long double q) {
        const auto found = measured.find(q);
        if (found != measured.end()) return found->second;
        const sample result = at(q, 1e-17L, 8000);
        if (q == q) measured.emplace(q, result);
        return result;
    }

    sample at(long double q, long double tolerance, int most_panels) {
        const long double deviation = std::sqrt(q);
        const long double at_zero = f.value(0);
        const long double shift = std::isfinite(at_zero) ? at_zero * at_zero : 0;
        const bool slope_is_square_integrable = !slope_has_pole();
        long double lost = 0;
        const auto parts = [&](long double z, long double* out) {
            const auto [value, slope] = f.value_and_slope(deviation * z);
            out[0] = value * value;
            out[1] = beyond_rounding(out[0], shift, lost) * (z * z - 1);
            out[2] = slope_is_square_integrable ? slope * slope : 0;
            if (value != value) out[1] = out[2] = value;
        };
        auto e =
            gaussian_quadrature::run({3, parts}, breaks_in_z(deviation), tolerance, most_panels);
        if (!slope_is_square_integrable && e[2].value == e[2].value)
            e[2].value = std::numeric_limits<long double>::infinity();
        return {e[0], {e[1].value / (2 * q), (e[1].error + lost) / (2 * q), 0}, e[2]};
    }

    /// E f² is infinite at a pole of f, E f′² at one of f′.
    [[nodiscard]] bool has_pole() { return poles()[0]; }
    [[nodiscard]] bool slope_has_pole() { return poles()[1]; }

    bool has_jump(long double q) {
        const long double deviation = std::sqrt(q);
        const std::vector<break_point>& points = breaks_for(deviation);
        const long double reach = normal_reach(deviation);
        return std::any_of(points.begin(), points.end(), [&](const break_point& p) {
            return p.is_jump && std::fabs(p.at) <= reach;
        });
    }

    const analysed_function& function() const { return f; }

    /// E f², d/dq E f² and E f′² as q → 0 for an f that is smooth at 0; NaN otherwise.
    sample at_origin() {
        constexpr long double nan = std::numeric_limits<long double>::quiet_NaN();
        for (const break_point& p : breaks_for(1)) {
            if (p.at == 0 && !p.is_smooth()) return {{nan, 0, 0}, {nan, 0, 0}, {nan, 0, 0}};
        }
        const auto [value, slope, curvature] = f.with_curvature(0);
        return {{value * value, 0, 0},
                {slope * slope + value * curvature, 0, 0},
                {slope * slope, 0, 0}};
    }

private:
    std::array<bool, 2> known_poles{};
    bool poles_are_known = false;

    const std::array<bool, 2>& poles() {
        if (!poles_are_known) {
            for (const break_point& p : f.break_points(64)) {
                for (std::size_t k = 0; k < 2; ++k)
                    known_poles[k] = known_poles[k] || p.square_diverges[k];
            }
            poles_are_known = true;
        }
        return known_poles;
    }

    static constexpr int most_breaks = 1000;

    /// f² − f(0)², 0 where it is rounding: a quadrature would follow that to no end. `lost`: the largest such.
    static long double beyond_rounding(long double square, long double shift, long double& lost) {
        const long double difference = square - shift;
        if (!(std::fabs(difference) <= 2e-18L * shift)) return difference;
        lost = std::max(lost, std::fabs(difference));
        return 0;
    }

    const analysed_function& f;  // NOLINT(cppcoreguidelines-avoid-const-or-ref-data-members)
    std::map<int, std::vector<break_point>> known;
    std::map<long double, sample> measured;
    long double too_many_from = std::numeric_limits<long double>::infinity();

    std::vector<long double> breaks_in_z(long double deviation) {
        return normal_breaks(has_too_many_breaks(deviation) ? std::vector<break_point>{}
                                                            : breaks_for(deviation),
                             deviation);
    }

    /// More breaks than panels; f is then measured without them.
    bool has_too_many_breaks(long double deviation) {
        if (deviation >= too_many_from) return true;
        const std::vector<break_point>& points = breaks_for(deviation);
        const auto in_sight =
            std::count_if(points.begin(), points.end(),
                          [&](const break_point& p) { return std::fabs(p.at) < 16 * deviation; });
        if (in_sight > most_breaks) too_many_from = deviation;
        return deviation >= too_many_from;
    }

    /// The breaks within reach of N(0, q), looked for once per power of two.
    const std::vector<break_point>& breaks_for(long double deviation) {
        const int scale = std::max(1, std::ilogb(deviation) + 1);
        const auto found = known.find(scale);
        if (found != known.end()) return found->second;
        return known[scale] = f.break_points(normal_reach(std::ldexp(1.0L, scale)));
    }
};

}  // namespace chainrule::detail
