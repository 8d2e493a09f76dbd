// SPDX-License-Identifier: BSL-1.0
/// saturation(f, eps): where |f′| < eps, and how much of a normal distribution lies there.
#pragma once

#include <chainrule/analysis/kinks.hpp>

namespace chainrule {

/// The set where |f′| < eps.
struct saturation_set {
    /// Disjoint, in ascending order; ±inf where it does not end. End points are the nearest doubles to those
    /// of the set, whose own are certified.
    std::vector<interval> intervals;
    /// The intervals where f′ is exactly 0: no gradient at all comes back from there.
    std::vector<interval> dead_zones;
    /// false: the set goes on further out (a periodic slope).
    bool is_complete = true;

    [[nodiscard]] bool has_dead_zone() const { return !dead_zones.empty(); }

    /// The probability of the set under a normal distribution: Σ Φ((b − mean)/σ) − Φ((a − mean)/σ), each
    /// difference taken in the tail where nothing cancels. Variance 0 asks whether the mean lies inside.
    [[nodiscard]] double measure(double mean, double variance) const {
        return measure_of(intervals, mean, variance);
    }
    /// The same for the dead zones.
    [[nodiscard]] double dead_measure(double mean, double variance) const {
        return measure_of(dead_zones, mean, variance);
    }

private:
    static double measure_of(const std::vector<interval>& set, double mean, double variance) {
        if (!(variance >= 0))
            throw std::invalid_argument("chainrule: measure needs a variance that is not negative");
        long double total = 0;
        const long double deviation =
            detail::elementary::square_root(static_cast<long double>(variance));
        for (const interval& part : set) {
            if (variance == 0) {
                total += part.contains(mean) ? 1 : 0;
                continue;
            }
            long double a =
                (static_cast<long double>(part.lo) - static_cast<long double>(mean)) / deviation;
            long double b =
                (static_cast<long double>(part.hi) - static_cast<long double>(mean)) / deviation;
            if (a > 0) {
                const long double swapped = -a;
                a = -b, b = swapped;
            }
            if (b <= 0) {
                total += detail::elementary::normal_cdf(b) - detail::elementary::normal_cdf(a);
            } else {
                // a ≤ 0 < b: what lies outside is subtracted from 1 only if it is the smaller part.
                const long double centre =
                    detail::elementary::erf(b * 0.707106781186547524400844362104849L) -
                    detail::elementary::erf(a * 0.707106781186547524400844362104849L);
                total += centre / 2;
            }
        }
        return detail::elementary::narrow<double>(total);
    }
};

namespace detail {

inline saturation_set saturation_of_formula(const closed_formula& formula, double eps) {
    if (!(eps > 0))
        throw std::invalid_argument("chainrule: saturation needs a threshold greater than 0");
    const curve slope(formula.nodes, formula.root, formula.order + 1);
    const curve_pieces pieces(slope, -unlimited, unlimited);
    const zero_list& switches = pieces.switches;
    saturation_set result;
    result.is_complete = switches.complete;
    const auto threshold = static_cast<long double>(eps);

    // The line is cut at the switches, and between them where f′ reaches ±eps.
    std::vector<enclosed_zero> cuts = switches.zeros;
    long double from = -furthest;
    auto search = [&](const curve& own, long double a, long double b) {
        if (!(a < b)) return;
        for (const long double level : {threshold, -threshold}) {
            const zero_list crossings = find_zeros_everywhere(own.minus(level), a, b, 4000);
            cuts.insert(cuts.end(), crossings.zeros.begin(), crossings.zeros.end());
            result.is_complete = result.is_complete && crossings.complete;
        }
    };
    for (std::size_t i = 0; i < switches.zeros.size(); ++i) {
        search(pieces.before(i), from, switches.zeros[i].lo);
        from = switches.zeros[i].hi;
    }
    search(pieces.before(switches.zeros.size()), from, furthest);
    // Where the search gave up, nothing is said.
    const long double outermost = result.is_complete ? furthest : 64;
    cuts.erase(std::remove_if(
                   cuts.begin(), cuts.end(),
                   [&](const enclosed_zero& z) { return z.hi < -outermost || z.lo > outermost; }),
               cuts.end());
    std::sort(cuts.begin(), cuts.end(),
              [](const enclosed_zero& a, const enclosed_zero& b) { return a.lo < b.lo; });

    constexpr double infinity = std::numeric_limits<double>::infinity();
    auto add = [](std::vector<interval>& list, interval next) {
        if (!list.empty() && list.back().hi >= next.lo) {
            list.back().hi = next.hi;
        } else {
            list.push_back(next);
        }
    };
    enclosed_zero left{-outermost, -outermost, true};
    for (std::size_t i = 0; i <= cuts.size(); ++i) {
        const enclosed_zero right =
            i < cuts.size() ? cuts[i] : enclosed_zero{outermost, outermost, true};
        if (right.lo > left.hi) {
            const enclosure here = magnitude(slope.value(enclosure(middle_of(left.hi, right.lo))));
            const interval piece{
                left.hi == -furthest ? -infinity
                                     : elementary::narrow<double>(left.lo / 2 + left.hi / 2) + 0.0,
                right.lo == furthest
                    ? infinity
                    : elementary::narrow<double>(right.lo / 2 + right.hi / 2) + 0.0};
            if (!here.is_empty() && here.hi < threshold) {
                add(result.intervals, piece);
                const enclosure whole = slope.value({left.hi, right.lo, true, true});
                if (!whole.is_empty() && whole.lo == 0 && whole.hi == 0)
                    add(result.dead_zones, piece);
            }
        }
        left = right;
    }
    return result;
}

}  // namespace detail

/// The set where |f′| < eps, found by solving f′ = ±eps by Newton's method in intervals between the switches
/// of f, with its dead zones. Throws std::invalid_argument unless eps > 0.
template<expression E>
saturation_set saturation(E, double eps) {
    return detail::saturation_of_formula(detail::closed_formula_of<E>(), eps);
}

}  // namespace chainrule
