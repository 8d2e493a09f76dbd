// SPDX-License-Identifier: BSL-1.0
/// kinks(f): where the slope or the value of a formula jumps, exactly.
#pragma once

#include <chainrule/analysis/range.hpp>

namespace chainrule {

/// A point where the slopes from both sides differ, or the values do.
struct kink_with_slopes {
    double at = 0;          ///< the nearest double
    double left_slope = 0;  ///< the limit of f′ from the left
    double right_slope = 0;
    bool has_jump = false;  ///< f itself jumps here
};

/// The kinks of a formula in ascending order.
class kink_collection {
public:
    using value_type = kink_with_slopes;

    [[nodiscard]] auto begin() const { return points.begin(); }
    [[nodiscard]] auto end() const { return points.end(); }
    [[nodiscard]] std::size_t size() const { return points.size(); }
    [[nodiscard]] bool empty() const { return points.empty(); }
    [[nodiscard]] const kink_with_slopes& operator[](std::size_t i) const { return points[i]; }
    [[nodiscard]] bool has_jump() const {
        return std::any_of(begin(), end(), [](const kink_with_slopes& k) { return k.has_jump; });
    }

    std::vector<kink_with_slopes> points;
    /// false: there are more, further out (a periodic formula has infinitely many).
    bool is_complete = true;
};

namespace detail {

/// Two enclosures of the same number, as far as rounding lets one tell.
inline bool may_be_equal(const enclosure& u, const enclosure& v, long double slack) {
    if (u.lo == v.lo && u.hi == v.hi) return true;
    const long double size = std::max(std::max(u.hi, -u.lo), std::max(v.hi, -v.lo));
    return u.lo - v.hi <= slack * size && v.lo - u.hi <= slack * size;
}

inline double middle_value(const enclosure& u) {
    return elementary::narrow<double>(u.lo == u.hi ? u.lo : u.lo / 2 + u.hi / 2) + 0.0;
}

inline kink_collection kinks_of_pieces(const curve_pieces& pieces) {
    kink_collection result;
    const zero_list& switches = pieces.switches;
    result.is_complete = switches.complete;
    for (std::size_t i = 0; i < switches.zeros.size(); ++i) {
        const enclosed_zero& z = switches.zeros[i];
        const one_sided_limit left = limit_beside(pieces.left_of(i), z, true, 2),
                              right = limit_beside(pieces.right_of(i), z, false, 2);
        if (!left.is_valid || !right.is_valid) continue;  // the end of the domain
        auto is_pole = [](const one_sided_limit& side) {
            return side.derivatives[0].lo == unlimited || side.derivatives[0].hi == -unlimited;
        };
        if (is_pole(left) || is_pole(right)) continue;
        const bool has_jump = jumps(left, right, z, 0);
        if (!has_jump && !jumps(left, right, z, 1)) continue;
        const double at = elementary::narrow<double>(z.lo / 2 + z.hi / 2) + 0.0;
        result.points.push_back(
            {at, middle_value(left.limit(1)), middle_value(right.limit(1)), has_jump});
    }
    return result;
}

inline kink_collection kinks_of_formula(const closed_formula& formula, interval over) {
    const curve f(formula.nodes, formula.root, formula.order);
    return kinks_of_pieces(
        {f, static_cast<long double>(over.lo), static_cast<long double>(over.hi)});
}

}  // namespace detail

/// The points of an interval (all real numbers) where f has a kink or a jump, with the slopes on both sides.
/// They are the zeros of f's switches — a − b in select(a < b, …), max and min, u in abs(u) and sign(u), the
/// half-integers of round(u) — found by Newton's method in intervals, and given as the nearest double.
template<expression E>
kink_collection kinks(E, interval over = real_line) {
    return detail::kinks_of_formula(detail::closed_formula_of<E>(), over);
}

}  // namespace chainrule
