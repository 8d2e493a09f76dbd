// SPDX-License-Identifier: BSL-1.0
/// range_of(f), range_of(f, interval{a, b}), lipschitz(f): certified bounds of a formula, over all real
/// numbers or an interval. What is proven, and how: docs/explanation/enclosures.md.
#pragma once

#include <chainrule/analysis/continuity.hpp>
#include <chainrule/analysis/pieces.hpp>

#include <array>
#include <queue>

namespace chainrule {

/// How an infimum or supremum comes about: at a point, as a limit at infinity, or as the limit from one
/// side of a point where the function has another value.
enum class attainment { attained, limit, one_sided };

struct value_range {
    interval inf;       ///< encloses the infimum
    interval sup;       ///< encloses the supremum
    double inf_at = 0;  ///< where; ±inf for a limit at infinity
    double sup_at = 0;
    attainment inf_how = attainment::attained;
    attainment sup_how = attainment::attained;
};

namespace detail {

/// One possible supremum: its value, certainly between lo and hi.
struct extremum_candidate {
    long double lo = -unlimited;
    long double hi = -unlimited;
    long double at = 0;
    attainment how = attainment::attained;
};

struct certified_supremum {
    long double lo = -unlimited;
    long double hi = -unlimited;
    long double at = 0;
    attainment how = attainment::attained;
};

inline enclosure with_sign(enclosure u, bool negate) { return negate && !u.is_empty() ? -u : u; }

/// The interval on which a curve is studied, cut where the formula switches.
struct curve_domain {
    long double from = -unlimited;
    long double to = unlimited;
    curve_pieces pieces;
    bool almost_everywhere = false;  ///< what f is at the switches themselves does not count
};

/// The limit of a curve as x → ±inf. Evaluated at infinity itself, where every step has a limit; else far
/// out, where curves that settle have settled.
inline enclosure limit_at(const curve& f, bool positive) {
    const enclosure exact = f.value(enclosure(positive ? unlimited : -unlimited));
    if (exact.is_empty() || is_limit(exact)) return exact;
    const long double from = furthest * 0x1p-100L;
    const enclosure far = positive ? enclosure(from, furthest) : enclosure(-furthest, -from);
    const curve::view v = f.look(far, positive ? 2 * from : -2 * from);
    if (v.value.is_empty()) return {};
    if (v.value.lo > 0x1p1100L) return unlimited;
    if (v.value.hi < -0x1p1100L) return -unlimited;
    return v.value.broken || !is_limit(v.value) ? exact : v.value;
}

/// How far each step of a formula moves if x moves by a period: by `slope` times as much. Formulas in which x
/// appears inside sin, cos and tan only move by 0, and so do derivatives of what moves evenly, as x + sin x.
class period_search {
public:
    /// The period of a curve; 0 if it has none that shows.
    static long double run(const curve& f) {
        period_search search;
        double slope = 1;
        for (std::size_t i = 0; i < f.part_count(); ++i) {
            if (!search.follow(f.part(i).nodes, f.part(i).root, slope)) return 0;
        }
        if (search.unit == 0 || (slope != 0 && f.order == 0)) return 0;
        return 6.28318530717958647693L / static_cast<long double>(search.unit);
    }

private:
    double unit = 0;  // all slopes inside sin and the like are multiples of this one
    bool is_exact = true;

    bool follow(const graph& g, int root, double& slope) {
        const auto count = static_cast<std::size_t>(root) + 1;
        std::vector<char> needed(count, 0);
        std::vector<double> slopes(count, 0);
        needed[count - 1] = 1;
        for (int i = root; i >= 0; --i) {
            const node& n = g.at(i);
            for (int k = 0; k < n.count && needed[static_cast<std::size_t>(i)] != 0; ++k)
                needed[static_cast<std::size_t>(g.child(n, k).node)] = 1;
        }
        for (int i = 0; i <= root; ++i) {
            const auto here = static_cast<std::size_t>(i);
            if (needed[here] == 0) continue;
            const node& n = g.at(i);
            if (n.kind == symbol_node) slopes[here] = slope;
            double total = 0;
            bool moves = false;
            for (int k = 0; k < n.count; ++k) {
                const operand c = g.child(n, k);
                const double s = slopes[static_cast<std::size_t>(c.node)];
                if (s == 0) continue;
                moves = true;
                const double factor = n.kind == sum_node ? c.weight : n.value;
                is_exact = is_exact && exact_product(s, factor).exact &&
                    (n.kind != product_node || n.residual == 0) &&
                    (total == 0 || exact_sum(total, s * factor).exact);
                total += s * factor;
            }
            if (!moves) continue;
            if (total == 0 && !is_exact && n.kind < first_call) return false;
            const std::string_view name =
                n.kind >= first_call ? primitive_of(n.kind).name : std::string_view();
            if (name == "sin" || name == "cos" || name == "tan") {
                if (!add_unit(slopes[static_cast<std::size_t>(g.child(n, 0).node)])) return false;
            } else if (n.kind == sum_node ||
                       (n.kind == product_node && n.count == 1 && g.child(n, 0).weight == 1)) {
                slopes[here] = total;
            } else {
                return false;
            }
        }
        slope = slopes[count - 1];
        return true;
    }

    bool add_unit(double slope) {
        if (unit != 0 && !is_exact) return false;
        const double mine = slope < 0 ? -slope : slope;
        // The greatest common divisor, if it is not too small.
        double larger = std::max(unit, mine), smaller = unit == 0 ? mine : std::min(unit, mine);
        const double first = larger, second = smaller;
        for (int i = 0; i < 8; ++i) {
            const double rest = larger - elementary::floor(larger / smaller) * smaller;
            if (!(rest > 0)) break;
            larger = smaller;
            smaller = rest;
        }
        unit = smaller;
        auto is_multiple = [&](double a) {
            const double times = elementary::floor(a / unit);
            return times <= 64 && times * unit == a && exact_product(times, unit).exact;
        };
        return is_multiple(first) && is_multiple(second);
    }
};

inline value_range range_of_curve(const curve& f, long double from, long double to,
                                  bool almost_everywhere = false);

/// Branch and bound for the supremum of f (of −f with `negate`).
class supremum_search {
public:
    supremum_search(const curve& function, const curve_domain& d, bool negate)
        : f(function), domain(d), negated(negate) {}

    certified_supremum run() {
        collect_ends();
        for (const long double easy : {0.0L, 1.0L, -1.0L}) {
            if (easy >= domain.from && easy <= domain.to && !is_at_switch(easy))
                try_point(f.value(enclosure(easy)), easy);
        }
        add_boxes();
        // So many boxes, so many of them in vain for what cannot be resolved; of long formulas fewer.
        const auto cost = static_cast<int>(f.cost() + 1);
        const int most_boxes = std::clamp(250000 / cost, 500, 4000);
        const int most_in_vain = std::clamp(20000 / cost, 100, 400);
        long double gap = unlimited;
        for (int count = 0, near = 0; !boxes.empty() && count < most_boxes; ++count) {
            const box b = boxes.top();
            if (b.most <= lower || is_close(b.most)) break;
            if (b.most - lower < 0.9L * gap) {
                gap = b.most - lower;
                near = count;
            }
            if (count - near > most_in_vain) break;
            boxes.pop();
            divide(b);
        }
        if (!boxes.empty()) upper = std::max(upper, boxes.top().most);
        if (lower < upper && !is_close(upper)) climb();
        return choose();
    }

private:
    struct box {
        enclosure x;
        long double most;
        const curve* own;  // f on the box
        bool operator<(const box& other) const { return most < other.most; }
    };

    const curve& f;              // NOLINT(cppcoreguidelines-avoid-const-or-ref-data-members)
    const curve_domain& domain;  // NOLINT(cppcoreguidelines-avoid-const-or-ref-data-members)
    bool negated;
    std::priority_queue<box> boxes;
    std::vector<extremum_candidate> candidates;
    extremum_candidate sample;       // the best point seen
    long double lower = -unlimited;  // the supremum is at least this …
    long double upper = -unlimited;  // … and, outside the boxes, at most this

    static constexpr long double most_representable = 0x1p1024L;

    [[nodiscard]] bool is_close(long double most) const {
        if (lower > most_representable || most == -unlimited) return true;
        if (most == unlimited) return false;
        const long double size = std::max(most < 0 ? -most : most, lower < 0 ? -lower : lower);
        return most - lower <= 0x1p-48L * size || most - lower < 0x1p-1000L;
    }

    void add(const enclosure& value, long double at, attainment how) {
        const enclosure v = with_sign(value, negated);
        if (v.is_empty() || (how == attainment::attained && v.is_at_infinity())) return;
        candidates.push_back({v.lo, v.hi, at, how});
        lower = std::max(lower, v.lo);
        upper = std::max(upper, v.hi);
    }
    void try_point(const enclosure& value, long double at) {
        const enclosure v = with_sign(value, negated);
        if (v.is_empty()) return;
        if (v.lo > sample.lo) sample = {v.lo, v.hi, at, attainment::attained};
        lower = std::max(lower, v.lo);
    }

    [[nodiscard]] const std::vector<enclosed_zero>& switches() const {
        return domain.pieces.switches.zeros;
    }
    /// How many switches there are if none is there.
    [[nodiscard]] std::size_t number_of_switch(long double at) const {
        return static_cast<std::size_t>(
            std::find_if(switches().begin(), switches().end(),
                         [&](const enclosed_zero& z) { return z.lo <= at && at <= z.hi; }) -
            switches().begin());
    }
    [[nodiscard]] bool is_at_switch(long double at) const {
        return number_of_switch(at) < switches().size();
    }

    void add_end(long double at, const curve& own) {
        if (!is_at_switch(at)) {
            add(own.value(enclosure(at)), at, attainment::attained);
        } else {
            add_point(at, number_of_switch(at), true);
        }
    }
    /// The value at a switch. One that is known only to be above something, as 0·∞, is none.
    void add_point(long double at, std::size_t number, bool is_exact) {
        if (domain.almost_everywhere) return;
        const enclosure here = f.value(enclosure(at));
        if (here.is_empty() || (!is_exact && here.broken)) return;
        if (!here.is_thin() && (is_infinite(here.lo) || is_infinite(here.hi))) return;
        if (f.order > 0 && is_apart(here, number)) return;
        add(here, at, attainment::attained);
    }
    /// What a derivative is by convention where it has none, counts only between its limits from both sides.
    [[nodiscard]] bool is_apart(const enclosure& here, std::size_t number) const {
        const enclosed_zero& z = switches()[number];
        const one_sided_limit left = limit_beside(domain.pieces.left_of(number), z, true, 0),
                              right = limit_beside(domain.pieces.right_of(number), z, false, 0);
        if (!left.is_valid || !right.is_valid) return false;
        const enclosure between = hull(left.derivatives[0], right.derivatives[0]);
        const long double slack = 0x1p-40L * std::max(between.hi, -between.lo);
        return here.lo > between.hi + slack || here.hi < between.lo - slack;
    }

    void collect_ends() {
        if (domain.from == -unlimited) {
            add_limit(domain.pieces.before(0), false);
        } else {
            add_end(domain.from, domain.pieces.before(0));
        }
        if (domain.to == unlimited) {
            add_limit(domain.pieces.before(switches().size()), true);
        } else {
            add_end(domain.to, domain.pieces.before(switches().size()));
        }
        for (std::size_t i = 0; i < switches().size(); ++i) {
            const enclosed_zero& z = switches()[i];
            // Between two numbers that the switch cannot tell apart its value is known only if nothing jumps.
            const long double at = z.lo / 2 + z.hi / 2;
            add_point(at, i, z.lo == z.hi);
            if (z.lo > domain.from) add_side(domain.pieces.before(i), z, true);
            if (z.hi < domain.to) add_side(domain.pieces.after(i), z, false);
        }
    }

    void add_side(const curve& own, const enclosed_zero& z, bool from_left) {
        const long double p = from_left ? z.lo : z.hi;
        if (z.lo < z.hi) {
            const enclosure pole = own.limit_at_pole({z.lo, z.hi}, from_left);
            if (!pole.is_empty()) return add(pole, p, attainment::one_sided);
        }
        const one_sided_limit side = limit_beside(own, z, from_left, 0);
        const bool is_inside =
            from_left ? p - side.distance >= domain.from : p + side.distance <= domain.to;
        if (!side.is_valid || !is_inside) return;
        if (side.distance == 0) {
            add(side.derivatives[0], p, attainment::one_sided);
            return;
        }
        // Next to the switch: a lower bound; the piece in between is searched like any other.
        const enclosure value = with_sign(side.derivatives[0], negated);
        candidates.push_back({value.lo, value.hi, p, attainment::one_sided});
        lower = std::max(lower, value.lo);
    }

    void add_limit(const curve& own, bool positive) {
        const enclosure v = limit_at(own, positive);
        const long double at = positive ? unlimited : -unlimited;
        if (v.is_empty()) return;
        if (is_limit(v)) {
            add(v, at, attainment::limit);
        } else {
            upper = std::max(upper, with_sign(v, negated).hi);  // it has no limit
            add_oscillation(own, positive);
        }
    }

    /// What f oscillates like far out, as sin x · tanh x like sin x: f comes as near to its supremum as one likes,
    /// where nothing jumps.
    void add_oscillation(const curve& own, bool positive) {
        const auto [nodes, root] = own.settled(positive);
        if (root < 0 || nodes.is_constant(root) || !is_continuous(nodes, root)) return;
        const curve wave(nodes, root, 0);
        if (period_search::run(wave) == 0) return;
        const value_range r = range_of_curve(wave, -unlimited, unlimited);
        const interval most = negated ? interval{-r.inf.hi, -r.inf.lo} : r.sup;
        const auto least = static_cast<long double>(most.lo);
        candidates.push_back({least, static_cast<long double>(most.hi),
                              positive ? unlimited : -unlimited, attainment::limit});
        lower = std::max(lower, least);
    }

    void add_boxes() {
        const long double from = std::max(domain.from, -furthest),
                          to = std::min(domain.to, furthest);
        long double start = from;
        bool open = false;
        for (std::size_t i = 0; i < switches().size(); ++i) {
            const enclosed_zero& z = switches()[i];
            if (z.hi < from || z.lo > to) continue;
            if (z.lo > start)
                push_piece({start, z.lo, open, z.lo == z.hi}, domain.pieces.before(i));
            if (z.lo < z.hi) push({std::max(start, z.lo), std::min(to, z.hi)}, f);
            start = z.hi;
            open = z.lo == z.hi;
        }
        if (to > start)
            push_piece({start, to, open, false}, domain.pieces.before(switches().size()));
    }

    /// One period of a piece says everything.
    void push_piece(enclosure x, const curve& own) {
        const long double period = period_search::run(own);
        const long double more = period * (1 + 0x1p-30L);
        if (period != 0 && x.hi - x.lo > more) {
            if (x.lo == -furthest) {
                x.lo = x.hi == furthest ? -period / 2 : x.hi - more;
            } else {
                x.hi = x.lo + more;
            }
            x.open_lo = x.open_hi = false;
        }
        push(x, own);
    }

    void push(const enclosure& x, const curve& own) {
        if (x.lo > x.hi) return;
        const long double c = middle_of(x.lo, x.hi);
        if (own.part_count() == 1) {
            // Many boxes are settled by the value alone.
            const enclosure value = with_sign(own.value(x), negated);
            if (!value.is_empty() && value.hi < lower) return;
        }
        const curve::view v = own.look(x, c);
        const enclosure value = with_sign(v.value, negated);
        if (value.is_empty()) return;
        try_point(v.centre_value, c);
        const enclosure slope = with_sign(v.slope, negated);
        if (!v.value.broken && !slope.is_empty()) {
            if (slope.lo == 0 && slope.hi == 0) {
                const long double near = c > 0x1p60L ? std::max(x.lo, 0.0L) + 1
                    : c < -0x1p60L                   ? std::min(x.hi, 0.0L) - 1
                                                     : c;
                add(v.centre_value, near, attainment::attained);
                return;
            }
            // Monotone: the supremum lies at an end.
            if (slope.lo >= 0 && settle_end(own, x, true)) return;
            if (slope.hi <= 0 && settle_end(own, x, false)) return;
        }
        if (value.hi <= lower) return;
        boxes.push({x, value.hi, &own});
    }

    /// Takes the value at an end of a box into account; false if it is not known well enough. An open end
    /// stands for the limit from inside.
    bool settle_end(const curve& own, const enclosure& x, bool at_hi) {
        const long double p = at_hi ? x.hi : x.lo;
        const bool open = at_hi ? x.open_hi : x.open_lo;
        const enclosure v = with_sign(own.value({p, p, open && !at_hi, open && at_hi}), negated);
        if (v.is_empty() || v.broken || (v.hi == unlimited && v.lo < most_representable))
            return false;
        upper = std::max(upper, v.hi);
        lower = std::max(lower, v.lo);
        if (!open && v.lo > sample.lo) sample = {v.lo, v.hi, p, attainment::attained};
        return true;
    }

    void divide(const box& b) {
        const long double c = middle_of(b.x.lo, b.x.hi);
        if (is_point_like(b.x.lo, b.x.hi) || !(c > b.x.lo && c < b.x.hi)) {
            upper = std::max(upper, b.most);
            return;
        }
        const curve::view v = b.own->look(b.x, c);
        if (!v.value.broken && !v.slope.is_empty() && !v.slope.broken &&
            certain_sign(v.curvature) != 0) {
            // Where the curve bends upwards its supremum lies at an end.
            if (certain_sign(with_sign(v.curvature, negated)) > 0 &&
                settle_end(*b.own, b.x, true) && settle_end(*b.own, b.x, false))
                return;
            // Elsewhere it lies where Newton's method in intervals says, or at an end if that is nowhere.
            const enclosure step = enclosure(c) - v.centre_slope / v.curvature;
            enclosure inside = b.x;
            if (step.lo > inside.lo) inside.lo = step.lo, inside.open_lo = false;
            if (step.hi < inside.hi) inside.hi = step.hi, inside.open_hi = false;
            if (certain_sign(with_sign(v.curvature, negated)) < 0) {
                if (inside.is_empty()) {
                    if (settle_end(*b.own, b.x, true) && settle_end(*b.own, b.x, false)) return;
                } else if (inside.hi - inside.lo < (b.x.hi - b.x.lo) / 2) {
                    const bool exists = step.lo > b.x.lo && step.hi < b.x.hi;
                    if (exists &&
                        inside.hi - inside.lo <=
                            0x1p-40L * std::max(inside.hi < 0 ? -inside.hi : inside.hi, 0x1p-40L)) {
                        const long double middle = middle_of(inside.lo, inside.hi);
                        add(b.own->look(inside, middle).value, middle, attainment::attained);
                        return;
                    }
                    push(inside, *b.own);
                    return;
                }
            }
        }
        push({b.x.lo, c, b.x.open_lo, false, b.x.broken}, *b.own);
        push({c, b.x.hi, false, b.x.open_hi, b.x.broken}, *b.own);
    }

    /// Where boxes do not come to an end, as those of sin x² far out, a maximum near 0 may be as good: the best
    /// three of a grid, climbed.
    void climb() {
        constexpr int half = 200;
        constexpr long double reach = 5;
        std::array<long double, 2 * half + 1> at{};
        std::array<long double, 2 * half + 1> height{};
        for (int i = 0; i <= 2 * half; ++i) {
            const auto n = static_cast<std::size_t>(i);
            const long double e = elementary::exp(reach * (i - half) / half);
            at[n] = (e - 1 / e) / 2;
            const bool is_inside = at[n] > domain.from && at[n] < domain.to;
            height[n] = is_inside ? height_at(at[n]) : -unlimited;
        }
        for (int best = 0; best < 3; ++best) {
            std::size_t peak = 0;
            for (std::size_t i = 1; i < 2 * half; ++i) {
                const bool is_peak = height[i] >= height[i - 1] && height[i] >= height[i + 1];
                if (is_peak && (peak == 0 || height[i] > height[peak])) peak = i;
            }
            if (peak == 0 || height[peak] == -unlimited) return;
            long double low = std::max(at[peak - 1], domain.from),
                        high = std::min(at[peak + 1], domain.to);
            for (int i = 0; i < 40; ++i) {
                const long double left = low + (high - low) * 0.382L,
                                  right = low + (high - low) * 0.618L;
                if (height_at(left) < height_at(right)) low = left;
                else high = right;
            }
            const long double top = polished(low / 2 + high / 2);
            if (!is_at_switch(top)) try_point(f.value(enclosure(top)), top);
            height[peak] = -unlimited;
        }
    }
    /// What f certainly reaches at a point.
    [[nodiscard]] long double height_at(long double at) const {
        const enclosure v = with_sign(f.value(enclosure(at)), negated);
        return v.is_empty() || is_at_switch(at) ? -unlimited : v.lo;
    }

    /// Newton's method for the place of a smooth maximum.
    [[nodiscard]] long double polished(long double at) const {
        for (int i = 0; i < 40; ++i) {
            const auto d = f.derivatives(enclosure(at), 2);
            if (d[1].is_empty() || d[2].is_empty() || d[1].broken) return at;
            const long double slope = d[1].lo / 2 + d[1].hi / 2,
                              curvature = d[2].lo / 2 + d[2].hi / 2;
            if (!(curvature < 0 || curvature > 0)) return at;
            const long double next = at - slope / curvature;
            const long double size = std::max(at < 0 ? -at : at, 1.0L);
            if (!((next < at ? at - next : next - at) < 0x1p-10L * size) || next == at) return at;
            const enclosure value = with_sign(f.value(enclosure(next)), negated);
            if (value.is_empty() || value.hi < lower || next < domain.from || next > domain.to)
                return at;
            at = next;
        }
        return at;
    }

    [[nodiscard]] certified_supremum choose() const {
        certified_supremum result{lower, std::max(upper, lower), sample.at, attainment::attained};
        auto rank = [](attainment how) {
            return how == attainment::attained ? 0 : how == attainment::one_sided ? 1 : 2;
        };
        const extremum_candidate* best = nullptr;
        const long double slack =
            lower == unlimited || lower == -unlimited ? 0 : 0x1p-50L * (lower < 0 ? -lower : lower);
        for (const extremum_candidate& c : candidates) {
            if (c.hi < lower - (c.how == attainment::attained ? 0 : slack)) continue;
            if (best == nullptr || rank(c.how) < rank(best->how)) best = &c;
        }
        if (lower > most_representable && (best == nullptr || best->how == attainment::attained)) {
            // Next to a pole, or far out.
            const auto pole =
                std::find_if(switches().begin(), switches().end(), [&](const enclosed_zero& z) {
                    const long double size = std::max(z.hi < 0 ? -z.hi : z.hi, 1.0L) * 0x1p-20L;
                    return sample.at >= z.lo - size && sample.at <= z.hi + size;
                });
            const bool is_far = pole == switches().end();
            result.at = !is_far ? pole->lo / 2 + pole->hi / 2
                : sample.at < 0 ? -unlimited
                                : unlimited;
            result.how = is_far ? attainment::limit : attainment::one_sided;
        } else if (best != nullptr) {
            result.at = best->at;
            result.how = best->how;
        } else {
            result.at = polished(sample.at);
        }
        return result;
    }
};

inline value_range range_of_curve(const curve& f, long double from, long double to,
                                  bool almost_everywhere) {
    const long double period = period_search::run(f);
    bool is_whole_line = from == -unlimited || to == unlimited;
    if (period != 0 && to - from > period) {
        // One period, and a little more, says everything.
        const long double start =
            from == -unlimited ? (to == unlimited ? -period / 2 : to - period) : from;
        from = start - (is_whole_line && from == -unlimited ? period * 0x1p-30L : 0);
        to = start + period * (1 + 0x1p-30L);
        is_whole_line = false;
    }
    const curve_domain domain{from, to, curve_pieces(f, from, to), almost_everywhere};
    const certified_supremum high = supremum_search(f, domain, false).run();
    const certified_supremum low = supremum_search(f, domain, true).run();
    constexpr double limit = std::numeric_limits<double>::infinity();
    auto end = [](long double v) {
        return v > 0x1p1023L * 2 ? unlimited : v < -0x1p1023L * 2 ? -unlimited : v;
    };
    value_range result;
    result.sup = rounded_outward(end(high.lo), end(high.hi));
    result.inf = rounded_outward(end(-low.hi), end(-low.lo));
    auto place = [](long double at) {
        return at == unlimited ? limit
            : at == -unlimited ? -limit
                               : elementary::narrow<double>(at) + 0.0;
    };
    result.sup_at = place(high.at);
    result.inf_at = place(low.at);
    result.sup_how = high.how;
    result.inf_how = low.how;
    return result;
}

inline value_range range_of_formula(const closed_formula& formula, interval over,
                                    bool almost_everywhere = false) {
    if (!(over.lo <= over.hi)) {
        throw std::invalid_argument("chainrule: range_of needs an interval{a, b} with a <= b");
    }
    const curve f(formula.nodes, formula.root, formula.order);
    return range_of_curve(f, static_cast<long double>(over.lo), static_cast<long double>(over.hi),
                          almost_everywhere);
}

inline interval largest_size(const value_range& r) {
    const double low = std::max(std::max(r.sup.lo, -r.inf.hi), 0.0);
    return {low, std::max({r.sup.hi, -r.inf.lo, low})};
}

}  // namespace detail

/// All real numbers.
inline constexpr interval real_line{-std::numeric_limits<double>::infinity(),
                                    std::numeric_limits<double>::infinity()};

/// Certified bounds of f over an interval, or over all real numbers: the infimum and the supremum, where
/// and how they are reached. f may be a derivative of any order, of any composition. Parameters take their
/// defaults. Where f is not defined (log of a negative number) it is left out. Widths are at most 1e-12
/// of the value unless f oscillates without end, cancels beyond long double, or has a pole that is not
/// resolved: enclosures are then wide, but never wrong. Throws std::invalid_argument if over.lo > over.hi.
template<expression E>
value_range range_of(E, interval over = real_line) {
    return detail::range_of_formula(detail::closed_formula_of<E>(), over);
}

/// An enclosure of sup |f′|: the smallest Lipschitz constant of f, if f is continuous. At a kink the slopes
/// from inside the interval count, not the value that f′ is given there.
template<expression E>
interval lipschitz(E, interval over = real_line) {
    return detail::largest_size(
        detail::range_of_formula(detail::closed_formula_of<E>(1), over, true));
}

}  // namespace chainrule
