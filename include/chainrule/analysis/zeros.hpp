// SPDX-License-Identifier: BSL-1.0
/// Certified zeros of a curve, and with them the points where a formula switches between two forms.
#pragma once

#include <chainrule/analysis/bisection.hpp>
#include <chainrule/analysis/curve.hpp>

namespace chainrule::detail {

/// Between lo and hi there is a zero (if `certain`), or there may be one.
struct enclosed_zero {
    long double lo = 0;
    long double hi = 0;
    bool certain = false;
};

struct zero_list {
    std::vector<enclosed_zero> zeros;
    bool complete = true;  ///< false: there may be more (a periodic function has infinitely many)
    /// Between these none is missing.
    long double complete_from = -unlimited;
    long double complete_to = unlimited;
    /// Where f was too small to tell: no more than the integral of |f| over those intervals.
    long double neglected = 0;
};

/// −1, 0 (not decided) or 1.
inline int certain_sign(const enclosure& u) {
    return u.is_empty() ? 0 : u.lo > 0 ? 1 : u.hi < 0 ? -1 : 0;
}

/// The single zero of f in [lo, hi], where f′ has one sign and f changes its own: Newton's method in
/// intervals, with bisection where that does not halve the interval.
inline enclosed_zero refine_zero(const curve& f, long double lo, long double hi, int sign_at_hi) {
    for (int i = 0; i < 400 && lo < hi; ++i) {
        const long double old_width = hi - lo;
        long double c =
            i < 60 && hi - lo <= (lo < 0 ? -lo : lo) + 1 ? lo + (hi - lo) / 2 : middle_of(lo, hi);
        if (!(c > lo && c < hi)) break;
        const curve::view v = f.look({lo, hi}, c);
        if (v.centre_value.lo == 0 && v.centre_value.hi == 0) return {c, c, true};
        const int sign = certain_sign(v.centre_value);
        if (sign == sign_at_hi) hi = c;
        if (sign == -sign_at_hi) lo = c;
        if (certain_sign(v.slope) != 0) {
            const enclosure step = enclosure(c) - v.centre_value / v.slope;
            if (step.lo > lo && step.lo <= hi) lo = step.lo;
            if (step.hi < hi && step.hi >= lo) hi = step.hi;
        }
        if (sign == 0 && hi - lo > old_width * 0.75L) break;
    }
    return {lo, hi, true};
}

inline bool is_zero(const enclosure& e) { return e.lo == 0 && e.hi == 0; }

/// Whether f is 0 beside a zero, too: max(x, x/2) - x is, at every x above 0.
inline bool is_flat_at(const curve& f, long double zero, long double reach) {
    const long double step = reach * 0x1p-10L;
    return is_zero(f.value(enclosure(zero - step))) && is_zero(f.value(enclosure(zero + step)));
}

/// The zeros of f on [from, to], looking at most `budget` times. Intervals where f is 0 throughout are no
/// zeros: where they end, something switches that is found for itself. Intervals over which |f| has a smaller
/// integral than `negligible` are left alone: an exponential tail is tiny long before its sign is lost.
inline zero_list find_zeros(const curve& f, long double from, long double to, int budget,
                            long double negligible = 0) {
    zero_list found;
    struct box {
        long double lo, hi;
    };
    std::vector<box> boxes{{from, to}};
    auto add = [&](enclosed_zero z) { found.zeros.push_back(z); };
    while (!boxes.empty()) {
        if (--budget < 0) {
            found.complete = false;
            break;
        }
        const box b = boxes.back();
        boxes.pop_back();
        const long double c = middle_of(b.lo, b.hi);
        // Most boxes are settled by the value alone.
        if (f.part_count() == 1 && certain_sign(f.value({b.lo, b.hi})) != 0) continue;
        const curve::view v = f.look({b.lo, b.hi}, c);
        if (v.value.is_empty() || certain_sign(v.value) != 0) continue;
        if (is_zero(v.value)) continue;
        if (!v.value.broken && v.slope.lo == 0 && v.slope.hi == 0) continue;  // constant
        const long double integral = std::max(v.value.hi, -v.value.lo) * (b.hi - b.lo);
        if (integral < negligible) {
            found.neglected += integral;
            continue;
        }
        // Too small for its sign to be known anywhere, as an exponential tail of which no more than 0 is left.
        if (b.hi - b.lo >= 1 && v.value.hi < 0x1p-16000L && v.value.lo > -0x1p-16000L) {
            found.complete = false;
            continue;
        }
        if (is_point_like(b.lo, b.hi) || !(c > b.lo && c < b.hi)) {
            const enclosure left = f.value(enclosure(b.lo)), right = f.value(enclosure(b.hi));
            if (is_zero(left)) {
                add({b.lo, b.lo, true});
            } else if (is_zero(right)) {
                add({b.hi, b.hi, true});
            } else {
                add({b.lo, b.hi, false});
            }
            continue;
        }
        if (!v.value.broken && !v.slope.is_empty() && certain_sign(v.slope) != 0) {
            const enclosure left = f.value(enclosure(b.lo)), right = f.value(enclosure(b.hi));
            const int low = certain_sign(left), high = certain_sign(right);
            if (low * high == 1) continue;
            if (low * high == -1) {
                add(refine_zero(f, b.lo, b.hi, high));
                continue;
            }
            if (is_zero(left) || is_zero(right)) {
                add(is_zero(left) ? enclosed_zero{b.lo, b.lo, true}
                                  : enclosed_zero{b.hi, b.hi, true});
                continue;
            }
        } else if (is_zero(v.centre_value) && !is_flat_at(f, c, b.hi - c)) {
            add({c, c, true});
        }
        // Not at a zero that rounding hides, or both halves would end in it.
        const bool is_hidden = certain_sign(v.centre_value) == 0 && !is_zero(v.centre_value);
        const bool is_long = b.hi - c > 4 * (c < 0 ? -c : c) + 4;
        const long double beside = !is_hidden ? c
            : is_long                         ? middle_of(c, b.hi)
                                              : c + (b.hi - c) * 0.28125L;
        const long double split = beside > b.lo && beside < b.hi ? beside : c;
        boxes.push_back({split, b.hi});
        boxes.push_back({b.lo, split});
    }
    auto& z = found.zeros;
    std::sort(z.begin(), z.end(),
              [](const enclosed_zero& a, const enclosed_zero& b) { return a.lo < b.lo; });
    // Neighbouring pieces of one cluster become one; next to a certain zero nothing else is told apart.
    std::vector<enclosed_zero> merged;
    for (const enclosed_zero& next : z) {
        if (!merged.empty()) {
            enclosed_zero& last = merged.back();
            const long double gap = 0x1p-56L *
                    std::max(last.hi < 0 ? -last.hi : last.hi, next.lo < 0 ? -next.lo : next.lo) +
                0x1p-1900L;
            if (next.lo - last.hi <= gap) {
                if (last.certain && last.lo == last.hi && !next.certain) continue;
                if (next.certain && next.lo == next.hi && !last.certain) {
                    last = next;
                } else {
                    last = {last.lo, std::max(last.hi, next.hi), last.certain || next.certain};
                }
                continue;
            }
        }
        merged.push_back(next);
    }
    z = merged;
    return found;
}

/// The zeros on [from, to]: near 0 thoroughly; beyond ±64 only if that costs little, else none there.
inline zero_list find_zeros_everywhere(const curve& f, long double from, long double to,
                                       int budget) {
    zero_list all;
    constexpr long double near = 64;
    auto search = [&](long double a, long double b, int mine) {
        if (!(a < b)) return true;
        const zero_list part = find_zeros(f, a, b, mine);
        all.complete = all.complete && part.complete;
        if (part.complete || mine == budget)
            all.zeros.insert(all.zeros.end(), part.zeros.begin(), part.zeros.end());
        return part.complete;
    };
    if (!search(from, std::min(to, -near), 300)) all.complete_from = -near;
    if (!search(std::max(from, -near), std::min(to, near), budget))
        all.complete_from = unlimited, all.complete_to = -unlimited;
    if (!search(std::max(from, near), to, 300)) all.complete_to = std::min(all.complete_to, near);
    return all;
}

/// The function whose sign decides between the two forms of node i, as u of |u| and a − b of max(a, b); −1
/// if i has no such forms.
inline int deciding_function(graph& g, int i) {
    const node n = g.at(i);
    if (n.kind < first_call || n.count == 0) return -1;
    const std::string_view name = primitive_of(n.kind).name;
    auto child = [&](int k) { return handle(g, g.child(n, k).node); };
    if (name == "abs" || name == "sign") return child(0).node;
    if (name == "max" || name == "min" || name == "select_less" || name == "select_less_equal")
        return (child(0) - child(1)).node;
    return -1;
}

/// Where a node vanishes, as functions of which each has simple zeros if it can be told: a sum whose terms
/// share a factor, as x σ(x) − x Φ(x), vanishes with the factor or with the rest.
inline void add_factors(graph& g, handle h, std::vector<int>& switches) {
    const node n = g.at(h.node);
    if (n.kind == sum_node && n.value == 0 && n.count > 1) {
        auto factors_of = [&](int term) {
            std::vector<int> result;
            const node t = g.at(term);
            if (t.kind != product_node) return std::vector<int>{term};
            for (int k = 0; k < t.count; ++k) {
                if (g.child(t, k).weight == 1) result.push_back(g.child(t, k).node);
            }
            return result;
        };
        for (const int shared : factors_of(g.child(n, 0).node)) {
            bool everywhere = true;
            for (int k = 1; k < n.count; ++k) {
                const std::vector<int> others = factors_of(g.child(n, k).node);
                everywhere =
                    everywhere && std::find(others.begin(), others.end(), shared) != others.end();
            }
            if (!everywhere) continue;
            handle rest = handle(g, g.constant(0));
            for (int k = 0; k < n.count; ++k) {
                const operand c = g.child(n, k);
                rest = rest + c.weight * (handle(g, c.node) / handle(g, shared));
            }
            add_factors(g, handle(g, shared), switches);
            add_factors(g, rest, switches);
            return;
        }
    }
    if (!g.is_constant(h.node)) switches.push_back(h.node);
}

/// Adds the functions that change sign, or vanish, where node i of a formula switches between two forms,
/// ends its domain or has a pole.
inline void add_switch_functions(graph& g, int i, std::vector<int>& switches) {
    const node n = g.at(i);
    auto child = [&](int k) { return handle(g, g.child(n, k).node); };
    auto add = [&](handle h) {
        if (!g.is_constant(h.node)) switches.push_back(h.node);
    };
    if (n.kind == product_node) {
        for (int k = 0; k < n.count; ++k) {
            const double e = g.child(n, k).weight;
            if (e < 0 || e != elementary::floor(e)) add(child(k));
        }
    } else if (n.kind >= first_call) {
        const std::string_view name = primitive_of(n.kind).name;
        const int deciding = deciding_function(g, i);
        if (deciding >= 0) add_factors(g, {g, deciding}, switches);
        if (name == "pow" || name == "log" || name == "log1mexp") add(child(0));
        if (name == "log1p") add(1.0 + child(0));
        if (name == "tan") add(handle_call<op::cos_primitive>(child(0)));
        if (name == "round") add(handle_call<op::cos_primitive>(number_pi(child(0)) * child(0)));
    }
}

/// Where a curve may have kinks, jumps, poles or ends of its domain, in ascending order.
inline zero_list switch_points(const curve& f, long double from, long double to) {
    zero_list all;
    for (std::size_t i = 0; i < f.part_count(); ++i) {
        graph g = f.part(i).nodes;
        std::vector<int> switches;
        const int size = f.part(i).root + 1;
        for (int k = 0; k < size; ++k) add_switch_functions(g, k, switches);
        std::sort(switches.begin(), switches.end());
        switches.erase(std::unique(switches.begin(), switches.end()), switches.end());
        for (const int s : switches) {
            const curve function(f, i, g, s);
            const zero_list part = find_zeros_everywhere(function, from, to, 8000);
            all.zeros.insert(all.zeros.end(), part.zeros.begin(), part.zeros.end());
            all.complete = all.complete && part.complete;
            all.complete_from = std::max(all.complete_from, part.complete_from);
            all.complete_to = std::min(all.complete_to, part.complete_to);
            for (const enclosed_zero& zero : part.zeros) {
                if (i == 0 && zero.lo == zero.hi) f.note_divisor_zero(zero.lo);
            }
        }
    }
    auto& z = all.zeros;
    std::sort(z.begin(), z.end(),
              [](const enclosed_zero& a, const enclosed_zero& b) { return a.lo < b.lo; });
    std::vector<enclosed_zero> merged;
    for (const enclosed_zero& next : z) {
        if (!merged.empty() &&
            next.lo <= merged.back().hi + 0x1p-60L * (next.lo < 0 ? -next.lo : next.lo)) {
            merged.back().hi = std::max(merged.back().hi, next.hi);
        } else {
            merged.push_back(next);
        }
    }
    z = merged;
    return all;
}

/// f and its derivatives as x approaches a switch from one side. Where rounding leaves open on which side of
/// the switch the formula is, they are taken next to it: `distance` says how far.
struct one_sided_limit {
    curve::jet derivatives{};
    long double distance = 0;
    bool is_valid = false;
    /// At a distance, where infinity is not seen: which derivatives go there; not known of the highest.
    std::array<bool, std::tuple_size_v<curve::jet>> diverges{};

    [[nodiscard]] bool is_finite(std::size_t k) const {
        return !is_infinite(derivatives[k].lo) && !diverges[k];
    }
    /// Derivative number k in the limit.
    [[nodiscard]] enclosure limit(std::size_t k) const {
        const enclosure& u = derivatives[k];
        return diverges[k] ? enclosure(u.lo > 0 ? unlimited : -unlimited) : u;
    }
};

/// Which derivatives grow without bound towards a switch, seen at a distance from it and at `ratio` times
/// that. What derivative k + 1 makes of the distance shrinks with it if derivative k has a limit; it stays
/// for a logarithm and grows for a power.
inline void note_divergence(one_sided_limit& near, const curve::jet& far, long double ratio,
                            int further) {
    auto least = [](const enclosure& u) { return u.lo > 0 ? u.lo : u.hi < 0 ? -u.hi : 0; };
    auto most = [](const enclosure& u) { return std::max(u.hi, -u.lo); };
    for (std::size_t k = 0; k < static_cast<std::size_t>(further); ++k) {
        const bool stays = least(near.derivatives[k + 1]) > 0.95L * ratio * most(far[k + 1]);
        near.diverges[k] = stays && least(near.derivatives[k]) > most(far[k]);
    }
}

inline one_sided_limit limit_beside(const curve& f, const enclosed_zero& z, bool from_left,
                                    int further) {
    one_sided_limit result;
    const long double p = from_left ? z.lo : z.hi;
    auto is_known = [&](const curve::jet& d) {
        for (int k = 0; k <= further; ++k) {
            const enclosure& u = d[static_cast<std::size_t>(k)];
            if (u.is_empty() || u.broken || (u.lo == -unlimited && u.hi == unlimited)) return false;
        }
        return true;
    };
    result.derivatives = f.derivatives({p, p, !from_left, from_left}, further);
    result.is_valid = is_known(result.derivatives);
    const long double size = std::max(p < 0 ? -p : p, 0x1p-60L);
    for (long double step = size * 0x1p-62L; !result.is_valid && step < size * 0x1p-50L;
         step *= 4) {
        const curve::jet d = f.derivatives(enclosure(from_left ? p - step : p + step), further);
        if (!is_known(d)) continue;
        result = {d, step, true, {}};
        constexpr long double ratio = 0x1p16L;
        const curve::jet far =
            f.derivatives(enclosure(from_left ? p - ratio * step : p + ratio * step), further);
        if (is_known(far)) note_divergence(result, far, ratio, further);
    }
    return result;
}

/// Whether derivative number k (0: the value) jumps at a switch. Both sides know one derivative more: what it
/// makes of the distance between them is no jump.
inline bool jumps(const one_sided_limit& left, const one_sided_limit& right, const enclosed_zero& z,
                  int k) {
    auto size = [](const enclosure& u) { return std::max(u.hi, -u.lo); };
    const auto i = static_cast<std::size_t>(k);
    if (left.diverges[i] || right.diverges[i]) return left.limit(i).lo != right.limit(i).lo;
    const enclosure &a = left.derivatives[i], &b = right.derivatives[i];
    if (size(a) == unlimited || size(b) == unlimited) return a.lo > b.hi || b.lo > a.hi;
    auto moved = [&](const one_sided_limit& side) {
        const long double distance = (z.hi - z.lo) + side.distance;
        return distance > 0 ? 4 * distance * size(side.derivatives[i + 1]) : 0;
    };
    const long double slack = 0x1p-54L * std::max(size(a), size(b)) + moved(left) + moved(right);
    return a.lo - b.hi > slack || b.lo - a.hi > slack;
}

}  // namespace chainrule::detail
