// SPDX-License-Identifier: BSL-1.0
/// Formulas next to a zero c of a divisor, as in sin(x)/x: value and derivatives over an interval around c.
///
/// Every step is a power of h = x − c times a function with known ranges of its derivatives. If g(c) = 0,
/// g = h·q and q⁽ᵏ⁾(ξ)/k! lies in the range of g⁽ᵏ⁺¹⁾/(k + 1)! between c and ξ (q is the mean of g′ over
/// that segment): dividing by h shifts the list of Taylor coefficients, and nothing cancels.
#pragma once

#include <chainrule/analysis/enclosing_program.hpp>
#include <chainrule/graph/derive.hpp>
#include <chainrule/graph/simplify.hpp>

#include <map>

namespace chainrule::detail {

class removable_form {
public:
    removable_form(const graph& formula, int root_node) : g(formula), root(root_node) {}

    /// The derivatives 0 … top of the formula on x, which lies next to c; false if it has no such form.
    [[nodiscard]] bool range(const enclosure& x, long double c, std::size_t top,
                             enclosure* results) const {
        for (std::size_t spare = 2; spare <= 6; spare += 2) {
            terms = top + 1 + spare;
            if (terms > most_terms) return false;
            h = hull(neighbourhood(x), enclosure(c)) - enclosure(c);
            centre = c;
            steps.assign(static_cast<std::size_t>(root) + 1, {});
            for (int i = 0; i <= root; ++i) steps[static_cast<std::size_t>(i)] = expand(i);
            series& all = steps.back();
            if (!all.valid) return false;
            strip(all);
            if (all.shift < 0) return false;
            make_regular(all);
            if (all.over.size() <= top) continue;
            enclosure factorial{1};
            for (std::size_t k = 0; k <= top; ++k) {
                if (k > 1) factorial = factorial * enclosure(static_cast<long double>(k));
                // On c alone only its own values count.
                results[k] = (x.lo == c && x.hi == c ? all.at[k] : all.over[k]) * factorial;
                if (!(x.lo == c && x.hi == c) && !results[k].is_empty() && !results[k].broken) {
                    const enclosure sum = taylor_sum(all, k, x - enclosure(c)) * factorial;
                    if (!sum.is_empty() && !sum.broken) results[k] = both(results[k], sum);
                }
                if (results[k].is_empty() || results[k].broken) return false;
                results[k].open_lo = results[k].open_hi = false;
            }
            return true;
        }
        return false;
    }

private:
    struct series;

    /// Σ (k + j choose j) aₖ₊ⱼ hʲ, the last term with a coefficient from anywhere: derivative k over k!.
    static enclosure taylor_sum(const series& all, std::size_t k, const enclosure& away) {
        enclosure sum{0}, choices{1};
        for (std::size_t j = 0; k + j < all.over.size(); ++j) {
            const bool is_last = k + j + 1 == all.over.size();
            const enclosure& a = is_last ? all.over[k + j] : all.at[k + j];
            sum = sum + choices * a * power(away, static_cast<long double>(j));
            choices = choices * enclosure(static_cast<long double>(k + j + 1)) /
                enclosure(static_cast<long double>(j + 1));
        }
        return sum;
    }

    /// A side of a point reaches a little further: what switches there, as |x| does at 0, must be seen.
    static enclosure neighbourhood(const enclosure& x) {
        return x.is_thin()
            ? enclosure(x.open_hi ? below(x.lo) : x.lo, x.open_lo ? above(x.hi) : x.hi)
            : enclosure(x.lo, x.hi);
    }

    /// h^shift · q: the Taylor coefficients of q anywhere on the interval, and at c.
    struct series {
        int shift = 0;
        std::vector<enclosure> over, at;
        bool valid = false;
    };
    static constexpr std::size_t most_terms = 11;

    graph g;
    int root;
    mutable std::size_t terms = 0;
    mutable enclosure h;
    mutable long double centre = 0;
    mutable std::vector<series> steps;

    [[nodiscard]] series number(const enclosure& v) const {
        series s;
        s.valid = true;
        s.over.assign(terms, enclosure(0));
        s.over[0] = v;
        s.at = s.over;
        return s;
    }
    static bool is_zero(const enclosure& u) { return u.lo == 0 && u.hi == 0 && !u.broken; }

    /// Takes factors h out of q while q(c) = 0.
    static void strip(series& s) {
        while (s.at.size() > 1 && is_zero(s.at[0]) && s.shift < 20) {
            s.at.erase(s.at.begin());
            s.over.erase(s.over.begin());
            ++s.shift;
        }
    }
    /// Multiplies q by the power of h before it.
    void make_regular(series& s) const {
        while (s.shift > 0) {
            for (std::size_t k = s.over.size(); k-- > 0;) {
                s.over[k] = s.over[k] * h + (k > 0 ? s.over[k - 1] : enclosure(0));
                s.at[k] = k > 0 ? s.at[k - 1] : enclosure(0);
            }
            --s.shift;
        }
    }
    [[nodiscard]] series lowered(series s, int shift) const {
        s.shift -= shift;
        make_regular(s);
        s.shift = shift;
        return s;
    }

    static std::vector<enclosure> times(const std::vector<enclosure>& a,
                                        const std::vector<enclosure>& b) {
        std::vector<enclosure> result(std::min(a.size(), b.size()), enclosure(0));
        for (std::size_t k = 0; k < result.size(); ++k) {
            for (std::size_t i = 0; i <= k; ++i) result[k] = result[k] + a[i] * b[k - i];
        }
        return result;
    }
    static series times(const series& a, const series& b) {
        if (!a.valid || !b.valid) return {};
        return {a.shift + b.shift, times(a.over, b.over), times(a.at, b.at), true};
    }
    [[nodiscard]] series plus(const series& a, const series& b) const {
        if (!a.valid || !b.valid) return {};
        const int shift = std::min(a.shift, b.shift);
        series result = lowered(a, shift);
        const series other = lowered(b, shift);
        result.over.resize(std::min(result.over.size(), other.over.size()));
        result.at.resize(result.over.size());
        for (std::size_t k = 0; k < result.over.size(); ++k) {
            result.over[k] = result.over[k] + other.over[k];
            result.at[k] = result.at[k] + other.at[k];
        }
        return result;
    }

    /// a^w, of coefficients whose first is not 0.
    static std::vector<enclosure> power_of(const std::vector<enclosure>& a, long double w) {
        std::vector<enclosure> b{power(a[0], w)};
        for (std::size_t k = 1; k < a.size(); ++k) {
            enclosure sum{0};
            for (std::size_t j = 1; j <= k; ++j) {
                const long double weight =
                    static_cast<long double>(j) * w - static_cast<long double>(k - j);
                sum = sum + enclosure(weight) * a[j] * b[k - j];
            }
            b.push_back(sum / (enclosure(static_cast<long double>(k)) * a[0]));
        }
        return b;
    }
    [[nodiscard]] series raised(series s, double w) const {
        if (!s.valid) return {};
        if (is_integer(w) && w > 0 && w <= 8) {
            series result = s;
            for (double k = 1; k < w; ++k) result = times(result, s);
            return result;
        }
        strip(s);
        const bool has_sign = s.over[0].lo > 0 || (s.over[0].hi < 0 && is_integer(w));
        const double shift = static_cast<double>(s.shift) * w;
        if (!has_sign || !is_integer(shift) || (!is_integer(w) && s.shift != 0)) return {};
        const auto exponent = static_cast<long double>(w);
        return {static_cast<int>(shift), power_of(s.over, exponent), power_of(s.at, exponent),
                true};
    }

    [[nodiscard]] series expand(int i) const {
        const node& n = g.at(i);
        auto child = [&](int k) -> const series& {
            return steps[static_cast<std::size_t>(g.child(n, k).node)];
        };
        auto constant = [](double value, double residual) {
            const long double v =
                static_cast<long double>(value) + static_cast<long double>(residual);
            return residual == 0 ? enclosure(v) : enclosure(below(v), above(v));
        };
        if (n.kind == constant_node) return number(constant(n.value, n.residual));
        if (n.kind == symbol_node) {
            series s = number(enclosure(centre));
            s.over[0] = enclosure(centre) + h;
            s.over[1] = s.at[1] = enclosure(1);
            return s;
        }
        if (n.kind == sum_node) {
            series total = number(constant(n.value, n.residual));
            for (int k = 0; k < n.count; ++k)
                total = plus(
                    total, times(child(k), number(static_cast<long double>(g.child(n, k).weight))));
            return total;
        }
        if (n.kind == product_node) {
            series total = number(constant(n.value, n.residual));
            for (int k = 0; k < n.count; ++k)
                total = times(total, raised(child(k), g.child(n, k).weight));
            return total;
        }
        if (n.count == 0) return number(enclosed_pi);
        if (n.count == 1) return called(n.kind, child(0));
        return {};
    }

    /// The derivatives of a primitive, made once.
    struct derivatives_of_primitive {
        graph nodes;
        std::vector<int> roots;
        enclosing_program program;
    };
    static const enclosing_program& derivatives(int kind, std::size_t count) {
        thread_local std::map<int, derivatives_of_primitive> made;
        derivatives_of_primitive& d = made[kind];
        if (d.roots.empty()) {
            const int argument = d.nodes.symbol("x");
            d.roots.push_back(d.nodes.call(kind, &argument, 1));
        }
        const bool is_complete = d.roots.size() >= count && d.program.size() > 0;
        while (d.roots.size() < count) {
            if (d.roots.back() < 0) __builtin_unreachable();  // gcc 12 warns otherwise
            d.roots.push_back(derive(d.nodes, d.roots.back(), "x", kink_rule::usual));
            d.nodes = simplified(d.nodes, d.roots, for_text);
        }
        if (!is_complete) d.program = enclosing_program(d.nodes, d.roots);
        return d.program;
    }

    [[nodiscard]] series called(int kind, series u) const {
        if (!u.valid || u.shift < 0) return {};
        make_regular(u);
        const std::size_t count = u.over.size();
        const enclosing_program& program = derivatives(kind, count);
        series result;
        result.valid = true;
        for (const bool at_centre : {false, true}) {
            const std::vector<enclosure>& inner = at_centre ? u.at : u.over;
            std::vector<enclosure> outer(count);
            program.run(inner[0], outer.data(), count);
            enclosure factorial{1};
            for (std::size_t k = 0; k < count; ++k) {
                if (k > 1) factorial = factorial * enclosure(static_cast<long double>(k));
                if (outer[k].is_empty() || outer[k].broken) return {};
                outer[k] = outer[k] / factorial;
            }
            // Σ outer_k (u − u₀)ᵏ, by Horner's rule.
            std::vector<enclosure> step = inner;
            step[0] = enclosure(0);
            std::vector<enclosure> total(count, enclosure(0));
            for (std::size_t k = count; k-- > 0;) {
                total = times(total, step);
                total[0] = total[0] + outer[k];
            }
            (at_centre ? result.at : result.over) = total;
        }
        return result;
    }
};

}  // namespace chainrule::detail
