// SPDX-License-Identifier: BSL-1.0
/// checked_gradient_flow(f): the verdict of gradient_flow(f) with its error, by adaptive quadrature, and
/// with bounds that are proven, by interval arithmetic.
#pragma once

#include <chainrule/analysis/curve.hpp>
#include <chainrule/analysis/gradient_flow.hpp>
#include <chainrule/analysis/moments.hpp>

namespace chainrule {

struct checked_gradient_flow_report {
    chainrule::verdict verdict = chainrule::verdict::undefined;
    estimate size;            ///< s_N = √(E (∂x_N/∂x_0)²), x_0 ~ N(0, 1)
    bool is_certain = false;  ///< no threshold lies within the error of s_N
    bool has_jump = false;    ///< the chain jumps: s_N is the almost-everywhere value
    /// Encloses s_N, by interval arithmetic: certain, to about a percent. Not bounded above where f′ is
    /// greater than any number, as that of e^x is far out.
    interval bounds{0, std::numeric_limits<double>::infinity()};
    bool is_certified = false;  ///< the verdict follows from the bounds
};

namespace detail {

/// `depth` layers x → f(weight · x).
inline checked_gradient_flow_report check_gradient_flow(const analysed_function& f, int depth,
                                                        long double weight, double vanishing,
                                                        double exploding) {
    std::vector<break_point> points = f.break_points(normal_reach(weight));
    for (break_point& p : points) {
        p.at /= weight;
        p.width /= weight;
    }
    checked_gradient_flow_report r;
    for (const break_point& p : points) r.has_jump = r.has_jump || p.is_jump;
    const auto square = [&](long double z, long double* out) {
        long double at = z;
        long double product = 1;
        for (int k = 0; k < depth && product != 0; ++k) {
            const auto [value, slope] = f.value_and_slope(weight * at);
            product = value != value ? value : product * (weight * slope);
            at = value;
        }
        out[0] = product * product;
    };
    const integral e = gaussian_quadrature::run({1, square}, normal_breaks(points, 1), 1e-15L)[0];
    const long double size = std::sqrt(e.value);
    const long double error = size > 0 && std::isfinite(size) ? e.error / (2 * size) : 0;
    r.size = integral{size, error, 0}.rounded();
    r.verdict = judge(size, vanishing, exploding);
    const auto margin = static_cast<long double>(r.size.error);
    r.is_certain = r.verdict == judge(size - margin, vanishing, exploding) &&
        r.verdict == judge(size + margin, vanishing, exploding);
    return r;
}

/// E f′² of a chain of layers x → f(weight · x), enclosed: the normal distribution is cut into cells, and
/// those on which f′ varies most into halves.
class gradient_certificate {
public:
    gradient_certificate(const closed_formula& f, int layers, long double w)
        : value(f.nodes, f.root, f.order), slope(f.nodes, f.root, f.order + 1), depth(layers),
          weight(w) {}

    [[nodiscard]] interval bounds() const {
        const std::size_t most_cells = 20000 / static_cast<std::size_t>(std::max(13, depth));
        std::vector<cell> cells;
        for (long double from = 40; from < furthest; from *= 0x1p64L) {
            // Not all of it at once: bounds over so many powers of ten may overflow.
            const long double to = std::min(from * 0x1p64L, furthest);
            add(cells, -to, -from), add(cells, from, to);
        }
        for (int i = -160; i < 160; ++i) {
            add(cells, i * 0.25L, (i + 1) * 0.25L);
        }
        for (;;) {
            enclosure total(0);
            long double gap = 0;
            for (const cell& c : cells) {
                total = total + c.part;
                if (c.part.hi < unlimited) gap += c.part.hi - c.part.lo;
            }
            if (cells.size() >= most_cells || gap <= 0.01L * total.lo) return rounded(total);
            const long double much = gap / static_cast<long double>(cells.size());
            const std::size_t count = cells.size();
            for (std::size_t i = 0; i < count; ++i) {
                const cell c = cells[i];
                if (c.is_outermost() || c.high - c.low < 1e-9L) continue;
                if (!(c.part.hi - c.part.lo > much) && c.part.hi < unlimited) continue;
                cells[i] = cell_of(c.low, c.low / 2 + c.high / 2);
                add(cells, c.low / 2 + c.high / 2, c.high);
            }
            if (cells.size() == count) return rounded(total);
        }
    }

private:
    curve value;
    curve slope;
    int depth;
    long double weight;

    struct cell {
        long double low;
        long double high;
        enclosure part;  ///< of E f′²

        [[nodiscard]] bool is_outermost() const { return low == -furthest || high == furthest; }
    };

    void add(std::vector<cell>& cells, long double low, long double high) const {
        cells.push_back(cell_of(low, high));
    }

    [[nodiscard]] cell cell_of(long double low, long double high) const {
        enclosure at(low, high);
        enclosure product(1);
        for (int k = 0; k < depth; ++k) {
            at = at * enclosure(weight);
            const enclosure factor = slope.value(at);
            if (factor.is_empty()) return {low, high, {0, unlimited}};
            product = product * factor * enclosure(weight);
            if (k + 1 < depth) at = value.value(at);
        }
        const enclosure square = power(magnitude(product), 2);
        return {low, high, {(square * mass(low, high)).lo, (square * mass(low, high)).hi}};
    }

    /// Φ(high) − Φ(low), in the tail where it does not cancel.
    [[nodiscard]] static enclosure mass(long double low, long double high) {
        if (low >= 0) return mass(-high, -low);
        const long double upper = elementary::normal_cdf(high);
        const long double lower = elementary::normal_cdf(low);
        const long double error = 1e-17L * (upper + lower);  // far above normal_cdf's own
        return {std::max(0.0L, upper - lower - error), upper - lower + error + 1e-4900L};
    }

    [[nodiscard]] static interval rounded(const enclosure& square) {
        return rounded_outward(below(below(std::sqrt(std::max(0.0L, square.lo)))),
                               square.hi < unlimited ? above(above(std::sqrt(square.hi)))
                                                     : unlimited);
    }
};

template<class E>
checked_gradient_flow_report certified(checked_gradient_flow_report r, int depth, double weight,
                                       double vanishing, double exploding) {
    if (r.verdict == verdict::undefined) return r;
    try {
        r.bounds =
            gradient_certificate(closed_formula_of<E>(), depth, static_cast<long double>(weight))
                .bounds();
    } catch (const std::invalid_argument&) {  // a primitive without a range rule
        return r;
    }
    const auto judged = [&](double size) {
        return judge(static_cast<long double>(size), vanishing, exploding);
    };
    r.is_certified = judged(r.bounds.lo) == r.verdict && judged(r.bounds.hi) == r.verdict;
    return r;
}

}  // namespace detail

/// The verdict on a chain f at run time: s_N to 1e-13 relative where the quadrature reaches it, with the
/// error it estimates, and certified bounds.
template<expression F>
checked_gradient_flow_report checked_gradient_flow(F, double vanishing = 1e-3,
                                                   double exploding = 1e3) {
    return detail::certified<F>(
        detail::check_gradient_flow(detail::function_of<F>(), 1, 1, vanishing, exploding), 1, 1,
        vanishing, exploding);
}

/// The same for `depth` layers x → f(weight · x), the depth being known at run time only. The kinks of
/// the inner layers are found by the quadrature alone, so that the error is larger for an f with kinks.
template<expression F>
checked_gradient_flow_report gradient_flow_through(F, int depth, double weight = 1,
                                                   double vanishing = 1e-3,
                                                   double exploding = 1e3) {
    if (depth < 0 || !(weight > 0)) {
        throw std::invalid_argument("chainrule: gradient_flow_through got the depth " +
                                    std::to_string(depth) + " and the weight " +
                                    std::to_string(weight) +
                                    "; the depth is at least 0 and the weight above 0");
    }
    return detail::certified<F>(detail::check_gradient_flow(detail::function_of<F>(), depth,
                                                            static_cast<long double>(weight),
                                                            vanishing, exploding),
                                depth, weight, vanishing, exploding);
}

}  // namespace chainrule
