// SPDX-License-Identifier: BSL-1.0
/// shape(f): parity, monotony, convexity, smoothness, asymptotes.
#pragma once

#include <chainrule/analysis/continuity.hpp>
#include <chainrule/analysis/kinks.hpp>
#include <chainrule/graph/compare.hpp>

namespace chainrule {

struct function_shape {
    /// f is continuous with so many derivatives: −1 with a jump, 0 with a kink, `smooth` without any.
    static constexpr int smooth = std::numeric_limits<int>::max();

    parity symmetry = parity::none;
    bool is_nondecreasing = false;
    bool is_nonincreasing = false;
    bool is_convex = false;
    bool is_concave = false;
    int smoothness = smooth;
    bool is_bounded_below = false;
    bool is_bounded_above = false;
    double slope_at_minus_infinity = 0;  ///< lim f′; NaN if there is none
    double slope_at_infinity = 0;
    /// The total variation of f′ = ∫ |f″| + the sizes of its jumps; [0, ∞] if it could not be told.
    interval slope_variation;

    [[nodiscard]] bool is_monotone() const { return is_nondecreasing || is_nonincreasing; }
    [[nodiscard]] bool is_bounded() const { return is_bounded_below && is_bounded_above; }
};

namespace detail {

/// f(−x) = ±f(x): by comparing the formulas; where they do not say, by comparing enclosures of values at
/// points of all sizes.
inline parity parity_of(const closed_formula& formula, const curve& f) {
    if (formula.order == 0) {
        graph g = formula.nodes;
        std::vector<int> image(static_cast<std::size_t>(formula.root) + 1, -1);
        for (int i = 0; i <= formula.root; ++i) {
            const node n = g.at(i);
            int& mine = image[static_cast<std::size_t>(i)];
            if (n.kind == symbol_node) {
                mine = (-handle(g, i)).node;
                continue;
            }
            operand_list children;
            for (int k = 0; k < n.count; ++k) {
                const operand c = g.child(n, k);
                children.push_back({image[static_cast<std::size_t>(c.node)], c.weight});
            }
            mine = g.put(n.kind, n.value, n.residual, children.data(), children.size());
        }
        std::vector<int> roots{formula.root, image[static_cast<std::size_t>(formula.root)],
                               (-handle(g, formula.root)).node};
        g = simplified(g, roots, for_text);
        g = simplified(g, roots, for_comparison<>);
        if (roots[0] == roots[1]) return parity::even;
        if (roots[1] == roots[2]) return parity::odd;
    }
    bool even = true, odd = true;
    for (long double v = 0x1p-12L; v < 0x1p8L && (even || odd); v *= 1.0909L) {
        const enclosure left = f.value(enclosure(-v)), right = f.value(enclosure(v));
        if (left.is_empty() || right.is_empty()) return parity::none;
        even = even && may_be_equal(left, right, 0x1p-54L);
        odd = odd && may_be_equal(left, -right, 0x1p-54L);
    }
    return even ? parity::even : odd ? parity::odd : parity::none;
}

/// How many derivatives of f are continuous at its switches, looking at the first four. A switch that cannot
/// be told apart from its neighbours is a kink if f is certainly continuous, else a jump.
inline int smoothness_of(const curve& f, const curve_pieces& pieces) {
    int result = function_shape::smooth;
    const int least = is_continuous(f) ? 0 : -1;
    const int highest = std::min(4, curve::highest_order - f.order - 2);
    for (std::size_t i = 0; i < pieces.switches.zeros.size(); ++i) {
        const enclosed_zero& z = pieces.switches.zeros[i];
        for (int k = 0; k <= highest && k <= result; ++k) {
            const one_sided_limit left = limit_beside(pieces.left_of(i), z, true, k + 1),
                                  right = limit_beside(pieces.right_of(i), z, false, k + 1);
            const auto at = static_cast<std::size_t>(k);
            const bool is_finite = left.is_finite(at) && right.is_finite(at);
            if (!left.is_valid || !right.is_valid || !is_finite || jumps(left, right, z, k))
                result = std::max(k - 1, least);
        }
    }
    return result;
}

/// The total variation of g between its stationary points and switches.
inline interval variation_of(const curve& g, const curve_pieces& pieces) {
    const zero_list& switches = pieces.switches;
    const interval unknown{0, std::numeric_limits<double>::infinity()};
    for (const bool positive : {false, true}) {
        const curve& own = pieces.before(positive ? switches.zeros.size() : 0);
        const enclosure limit = limit_at(own.with_order(g.order), positive);
        const bool is_bounded = !is_infinite(limit.lo) && !is_infinite(limit.hi);
        if (!limit.is_thin() && !is_bounded) return unknown;  // without a look at endless zeros
    }
    const zero_list stationary =
        find_zeros(g.with_order(g.order + 1), -furthest, furthest, 4000, 0x1p-90L);
    if (!stationary.complete || !switches.complete) return unknown;
    auto is_at_switch = [&](const enclosed_zero& z) {
        return std::any_of(
            switches.zeros.begin(), switches.zeros.end(), [&](const enclosed_zero& s) {
                const long double near = 0x1p-50L * std::max(s.hi < 0 ? -s.hi : s.hi, 0x1p-60L);
                return z.hi >= s.lo - near && z.lo <= s.hi + near;
            });
    };
    std::vector<std::pair<enclosed_zero, bool>> points;  // with whether it is a switch
    for (const enclosed_zero& z : stationary.zeros) {
        if (!is_at_switch(z)) points.push_back({z, false});
    }
    for (const enclosed_zero& z : switches.zeros) points.push_back({z, true});
    std::sort(points.begin(), points.end(),
              [](const auto& a, const auto& b) { return a.first.lo < b.first.lo; });
    enclosure total{0};
    enclosure last = limit_at(pieces.before(0).with_order(g.order), false);
    auto add = [&](const enclosure& next) { total = total + magnitude(next - last); };
    for (const auto& [z, is_switch] : points) {
        if (!is_switch) {
            const enclosure here = g.value({z.lo, z.hi});
            add(here);
            last = here;
            continue;
        }
        const auto number = static_cast<std::size_t>(
            std::find_if(switches.zeros.begin(), switches.zeros.end(),
                         [&, lo = z.lo](const enclosed_zero& s) { return s.lo == lo; }) -
            switches.zeros.begin());
        const one_sided_limit left = limit_beside(pieces.before(number).with_order(g.order), z,
                                                  true, 0),
                              right = limit_beside(pieces.after(number).with_order(g.order), z,
                                                   false, 0);
        if (!left.is_valid || !right.is_valid) return unknown;
        add(left.derivatives[0]);
        last = left.derivatives[0];
        add(right.derivatives[0]);
        last = right.derivatives[0];
    }
    add(limit_at(pieces.before(switches.zeros.size()).with_order(g.order), true));
    if (total.is_empty()) return unknown;
    total.hi = sum_bound<true>(total.hi, 2 * stationary.neglected);
    return rounded_outward(total.lo, total.hi);
}

inline function_shape shape_of_formula(const closed_formula& formula) {
    const curve f(formula.nodes, formula.root, formula.order);
    const curve slope = f.with_order(f.order + 1);
    const curve_pieces pieces(f, -unlimited, unlimited);
    const zero_list& switches = pieces.switches;
    const kink_collection corners = kinks_of_pieces(pieces);
    function_shape result;
    result.symmetry = parity_of(formula, f);
    result.smoothness = smoothness_of(f, pieces);
    const value_range values = range_of_curve(f, -unlimited, unlimited);
    constexpr double infinity = std::numeric_limits<double>::infinity();
    result.is_bounded_below = values.inf.lo > -infinity;
    result.is_bounded_above = values.sup.hi < infinity;
    bool rises = true, falls = true;  // at its jumps
    for (std::size_t i = 0; i < switches.zeros.size(); ++i) {
        const enclosed_zero& z = switches.zeros[i];
        const one_sided_limit left = limit_beside(pieces.left_of(i), z, true, 1),
                              right = limit_beside(pieces.right_of(i), z, false, 1);
        if (!left.is_valid || !right.is_valid) {
            rises = falls = false;
        } else if (jumps(left, right, z, 0)) {
            (left.derivatives[0].hi < right.derivatives[0].lo ? falls : rises) = false;
        }
    }
    const value_range slopes = range_of_curve(slope, -unlimited, unlimited);
    result.is_nondecreasing = slopes.inf.lo >= 0 && rises;
    result.is_nonincreasing = slopes.sup.hi <= 0 && falls;
    bool opens_upwards = true, opens_downwards = true;  // at its kinks
    for (const kink_with_slopes& k : corners) {
        opens_upwards = opens_upwards && !k.has_jump && k.left_slope < k.right_slope;
        opens_downwards = opens_downwards && !k.has_jump && k.left_slope > k.right_slope;
    }
    const value_range curvatures = range_of_curve(f.with_order(f.order + 2), -unlimited, unlimited);
    const bool is_everywhere = result.smoothness >= 0 && switches.complete;
    result.is_convex = is_everywhere && curvatures.inf.lo >= 0 && opens_upwards;
    result.is_concave = is_everywhere && curvatures.sup.hi <= 0 && opens_downwards;
    auto asymptote = [&](bool positive) {
        const curve& own = pieces.before(positive ? switches.zeros.size() : 0);
        const enclosure limit = limit_at(own.with_order(slope.order), positive);
        return limit.is_empty() || !is_limit(limit) ? std::numeric_limits<double>::quiet_NaN()
                                                    : middle_value(limit);
    };
    result.slope_at_minus_infinity = asymptote(false);
    result.slope_at_infinity = asymptote(true);
    result.slope_variation = variation_of(slope, pieces);
    return result;
}

}  // namespace detail

/// The shape of f over all real numbers. Monotony, convexity and bounds are proven (false: not proven);
/// smoothness counts derivatives that agree on both sides of all switches, the first four of them.
template<expression E>
function_shape shape(E) {
    return detail::shape_of_formula(detail::closed_formula_of<E>());
}

}  // namespace chainrule
