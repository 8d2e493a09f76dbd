// SPDX-License-Identifier: BSL-1.0
/// A simplified graph in x alone as straight-line steps on enclosures: the range of a formula and of its
/// derivatives over an interval, step by step by the range rules of the primitives.
#pragma once

#include <chainrule/analysis/interruption.hpp>
#include <chainrule/core/interval.hpp>
#include <chainrule/op/op.hpp>
#include <chainrule/program/evaluate.hpp>

#include <algorithm>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace chainrule::detail {

/// The range rules of all primitives, by registry position; null where a primitive has none.
template<class List>
struct range_rules;
template<class... Operation>
struct range_rules<type_list<Operation...>> {
    using rule = enclosure (*)(const enclosure*);

    template<class One, std::size_t... I>
    static enclosure call(const enclosure* arguments, std::index_sequence<I...>) {
        return One::template range<enclosure>(arguments[I]...);
    }
    template<class One>
    static enclosure apply(const enclosure* arguments) {
        return call<One>(arguments,
                         std::make_index_sequence<static_cast<std::size_t>(One::arity)>{});
    }
    template<class One>
    static constexpr rule find() {
        if constexpr (requires { One::template range<enclosure>; } && One::arity > 0) {
            return &apply<One>;
        } else {
            return nullptr;
        }
    }
    static constexpr rule list[] = {find<Operation>()...};
};

inline constexpr enclosure enclosed_pi{3.14159265358979323829596852490908531L,
                                       3.14159265358979323872964939L};

/// How far out the analysis looks, beyond all doubles; there curves are taken to have reached their limits.
inline constexpr long double furthest = 0x1p1500L;

/// Whether an enclosure is so narrow that it encloses one limit, as far as doubles can tell.
inline bool is_limit(const enclosure& u) {
    if (u.is_thin()) return true;
    if (is_infinite(u.lo) || is_infinite(u.hi)) return false;
    return u.hi - u.lo <= 0x1p-50L * std::max(u.hi, -u.lo) ||
        (u.hi < 0x1p-1100L && u.lo > -0x1p-1100L);
}

/// The nodes of a simplified graph as steps on enclosures of one input.
class enclosing_program {
public:
    enclosing_program() = default;
    enclosing_program(const graph& g, const std::vector<int>& roots) {
        std::vector<char> needed(static_cast<std::size_t>(g.size()), 0);
        for (const int root : roots) needed[static_cast<std::size_t>(root)] = 1;
        for (int i = g.size() - 1; i >= 0; --i) {
            const node& n = g.at(i);
            for (int k = 0; k < n.count && needed[static_cast<std::size_t>(i)] != 0; ++k) {
                needed[static_cast<std::size_t>(g.child(n, k).node)] = 1;
            }
        }
        std::vector<int> place(static_cast<std::size_t>(g.size()), -1);
        for (int i = 0; i < g.size(); ++i) {
            if (needed[static_cast<std::size_t>(i)] == 0) continue;
            const node& n = g.at(i);
            step s{n.kind, operands.size(), static_cast<std::size_t>(n.count), {n.value}, 0};
            if (n.kind == constant_node && n.residual != 0) {
                const long double v =
                    static_cast<long double>(n.value) + static_cast<long double>(n.residual);
                s.number = {below(v), above(v)};
            }
            operand_list children;
            for (int k = 0; k < n.count; ++k) children.push_back(g.child(n, k));
            if (n.kind == product_node) s.exponentials = merge_exponentials(g, children, s.number);
            if (n.kind == sum_node) s.amplitude = amplitude_of(g, children);
            s.count = static_cast<std::size_t>(children.size());
            for (const operand& c : children) {
                operands.push_back({place[static_cast<std::size_t>(c.node)], c.weight});
                const node& factor = g.at(c.node);
                exponents.push_back(is_exponential(factor)
                                        ? place[static_cast<std::size_t>(g.child(factor, 0).node)]
                                        : -1);
            }
            if (n.kind >= first_call && rules[n.kind - first_call] == nullptr && n.count > 0) {
                throw std::invalid_argument(
                    "chainrule: the primitive " + std::string(primitive_of(n.kind).name) +
                    " has no range rule; add a static range(u) to its header");
            }
            if (n.kind == product_node) add_second_form(g, i, place, s);
            place[static_cast<std::size_t>(i)] = static_cast<int>(steps.size());
            steps.push_back(s);
        }
        for (const int root : roots)
            outputs.push_back(static_cast<std::size_t>(place[static_cast<std::size_t>(root)]));
    }

    [[nodiscard]] std::size_t size() const { return steps.size(); }

    /// The first `wanted` outputs for x.
    void run(const enclosure& x, enclosure* results, std::size_t wanted) const {
        thread_local std::vector<enclosure> values;
        if (values.size() < steps.size()) values.resize(steps.size());
        const std::size_t last = wanted == 0
            ? 0
            : *std::max_element(outputs.begin(),
                                outputs.begin() + static_cast<std::ptrdiff_t>(wanted)) +
                1;
        for (std::size_t i = 0; i < last; ++i) {
            if (i % 64 == 0) allow_interruption();  // of long programs a few runs take seconds
            values[i] = perform(steps[i], x, values.data());
        }
        for (std::size_t i = 0; i < wanted; ++i) results[i] = values[outputs[i]];
    }

    /// The same as x → ±inf. A step that infinity itself says nothing about, as x·e^−x, has the limit on
    /// which it has settled far out, if it has: what oscillates beside it does not hide it then.
    void run_to_infinity(bool positive, enclosure* results, std::size_t wanted) const {
        const long double from = furthest * 0x1p-100L;
        const enclosure x(positive ? unlimited : -unlimited);
        const enclosure far = positive ? enclosure(from, furthest) : enclosure(-furthest, -from);
        std::vector<enclosure> limits(steps.size()), values(steps.size());
        for (std::size_t i = 0; i < steps.size(); ++i) {
            allow_interruption();
            values[i] = perform(steps[i], far, values.data());
            limits[i] = perform(steps[i], x, limits.data(), true);
            const bool has_settled =
                !values[i].is_empty() && !values[i].broken && is_limit(values[i]);
            if (limits[i].is_empty() || limits[i].is_thin() || !has_settled) continue;
            limits[i] = values[i];
            // What is tiny there may vanish, and a factor that grows without end not make it infinite.
            if (values[i].hi < 0x1p-100L && values[i].lo > -0x1p-100L)
                limits[i] = hull(values[i], enclosure(0));
        }
        for (std::size_t i = 0; i < wanted; ++i) results[i] = limits[outputs[i]];
    }

    /// The limits as x approaches, from one side, the one zero of a divisor or the one pole of tan that a narrow
    /// box contains: that divisor is next to 0, with the sign it has at that end of the box. False if the box
    /// has none, or several.
    bool run_beside_pole(const enclosure& box, bool from_left, enclosure* results,
                         std::size_t wanted) const {
        constexpr int tangent = first_call + primitive_index<op::tan_primitive>;
        constexpr long double steep = 0x1p30L;
        std::vector<char> divides(steps.size(), 0);
        for (const step& s : steps) {
            for (std::size_t k = 0; k < s.count && s.kind == product_node; ++k) {
                const operand& c = operands[s.first + k];
                if (c.weight < 0) divides[static_cast<std::size_t>(c.node)] = 1;
            }
        }
        std::vector<enclosure> left(steps.size()), right(steps.size()), values(steps.size());
        int poles = 0;
        for (std::size_t i = 0; i < steps.size(); ++i) {
            const int kind = steps[i].kind;
            left[i] = perform(steps[i], enclosure(box.lo), left.data());
            right[i] = perform(steps[i], enclosure(box.hi), right.data());
            values[i] = perform(steps[i], box, values.data());
            const long double least = kind == tangent ? steep : 0;
            const bool falls = left[i].lo > least && right[i].hi < -least,
                       rises = left[i].hi < -least && right[i].lo > least;
            const bool is_positive = from_left ? falls : rises;
            if (!(falls || rises)) continue;
            if (kind == tangent && values[i].broken) {
                const enclosure& u =
                    values[static_cast<std::size_t>(operands[steps[i].first].node)];
                if (u.is_empty() || u.broken || !(u.hi - u.lo < 1)) return false;
                values[i] = enclosure(is_positive ? unlimited : -unlimited);
                ++poles;
            } else if (divides[i] != 0 && values[i].lo < 0 && values[i].hi > 0) {
                if (values[i].broken) return false;
                values[i] = {0, 0, is_positive, !is_positive};
                ++poles;
            }
        }
        for (std::size_t i = 0; i < wanted; ++i) results[i] = values[outputs[i]];
        return poles == 1;
    }

    /// Whether two programs are the same function.
    [[nodiscard]] bool same(const enclosing_program& other) const {
        auto equal_steps = [](const step& a, const step& b) {
            return a.kind == b.kind && a.first == b.first && a.count == b.count &&
                a.number.lo == b.number.lo && a.number.hi == b.number.hi;
        };
        auto equal_operands = [](const operand& a, const operand& b) {
            return a.node == b.node && a.weight == b.weight;
        };
        return outputs == other.outputs &&
            std::equal(steps.begin(), steps.end(), other.steps.begin(), other.steps.end(),
                       equal_steps) &&
            std::equal(operands.begin(), operands.end(), other.operands.begin(),
                       other.operands.end(), equal_operands);
    }

private:
    static constexpr const auto& rules = range_rules<all_primitives>::list;

    struct step {
        int kind;
        std::size_t first;
        std::size_t count;
        enclosure number;
        int exponentials = 0;  ///< factors e^u of a product
        /// Not 0: of a sum whose first two terms are a·sin u + b·cos u, √(a² + b²).
        long double amplitude = 0;
        std::size_t second = 0;  ///< a product's second form: where its factors start, and how many
        std::size_t second_count = 0;
        double second_number = 1;
    };

    /// t/(a t + b), where t stands once: 1/(a + b/t). Its first operand is t; not a node of the graph.
    static constexpr int ratio_step = -1;
    enum class factor_kind { plain, exponential, hyperbolic, logistic };
    struct second_factor {
        std::size_t place;  ///< of the factor, or of u in e^u, sech u, σ(u)
        double weight;
        factor_kind kind;
        std::size_t base;  ///< of v, where u = multiple · v
        double multiple;
    };
    std::vector<step> steps;
    std::vector<operand> operands;
    std::vector<int> exponents;  ///< where u stands for an operand e^u of a product, else -1
    std::vector<second_factor> second_forms;
    std::vector<std::size_t> outputs;

    /// Products that grow and shrink at once, whose bounds are inf·0 factor by factor, have a second form:
    /// t/(a t + b)² is t/(a t + b) · 1/(a t + b), and eᵘ sech² v is e^(u − 2|v|) times a number next to 4.
    void add_second_form(const graph& g, int i, const std::vector<int>& place, step& s) {
        std::vector<std::pair<int, double>> factors;  // nodes, weights
        const node& product = g.at(i);
        for (int k = 0; k < product.count; ++k) {
            const operand c = g.child(product, k);
            const node& inner = g.at(c.node);
            if (inner.kind == product_node && inner.value == 1 &&
                c.weight == elementary::floor(c.weight)) {
                for (int j = 0; j < inner.count; ++j)
                    add_factor(factors, g.child(inner, j).node,
                               g.child(inner, j).weight * c.weight);
            } else {
                add_factor(factors, c.node, c.weight);
            }
        }
        std::vector<second_factor> form;
        const std::size_t count = factors.size();
        for (std::size_t k = 0; k < count; ++k) {
            const node& divisor = g.at(factors[k].first);
            if (divisor.kind != sum_node) continue;
            for (int t = 0; t < divisor.count && factors[k].second <= -1; ++t) {
                const double times =
                    std::min(-factors[k].second, how_often(g, g.child(divisor, t).node, factors));
                if (!(times >= 1)) continue;
                take(g, g.child(divisor, t).node, -times, factors);
                factors[k].second += times;
                form.push_back({steps.size(), times, factor_kind::plain, 0, 0});
                steps.push_back(ratio_of(g, divisor, t, place));
            }
        }
        bool grows = false, shrinks = false;
        for (const auto& [factor, weight] : factors) {
            const node& n = g.at(factor);
            const factor_kind kind = kind_of(n);
            grows = grows || (kind == factor_kind::exponential && weight != 0);
            shrinks = shrinks ||
                (kind != factor_kind::plain && kind != factor_kind::exponential && weight > 0);
        }
        if (form.empty() && !(grows && shrinks)) return;
        for (const auto& [factor, weight] : factors) {
            if (weight == 0) continue;
            const node& n = g.at(factor);
            const factor_kind kind = kind_of(n);
            const int at = kind == factor_kind::plain ? factor : g.child(n, 0).node;
            auto place_of = [&](int node) {
                return static_cast<std::size_t>(place[static_cast<std::size_t>(node)]);
            };
            const node& u = g.at(at);
            const int base = u.count == 1 ? g.child(u, 0).node : at;
            double multiple = multiple_of(g, at, base);
            const bool is_multiple =
                multiple != 0 && elementary::floor(multiple * 1024) == multiple * 1024;
            if (!is_multiple) multiple = 1;
            form.push_back(
                {place_of(at), weight, kind, place_of(is_multiple ? base : at), multiple});
        }
        s.second = second_forms.size();
        s.second_count = form.size();
        s.second_number = product.value;
        second_forms.insert(second_forms.end(), form.begin(), form.end());
    }

    static void add_factor(std::vector<std::pair<int, double>>& factors, int node, double weight) {
        for (auto& [known, total] : factors) {
            if (known == node) {
                total += weight;
                return;
            }
        }
        factors.push_back({node, weight});
    }

    /// How often a term divides the factors with positive weights.
    static double how_often(const graph& g, int term,
                            const std::vector<std::pair<int, double>>& factors) {
        double times = unlimited_times;
        auto limit = [&](int base, double exponent) {
            double there = 0;
            for (const auto& [node, weight] : factors) {
                if (node == base) there = weight;
            }
            times = exponent >= 1 ? std::min(times, elementary::floor(there / exponent)) : 0;
        };
        const node& t = g.at(term);
        if (is_exponential(t)) {
            // e^(2u) has eᵘ twice.
            double there = 0;
            for (const auto& [node, weight] : factors) {
                if (is_exponential(g.at(node)))
                    there +=
                        weight * multiple_of(g, g.child(g.at(node), 0).node, g.child(t, 0).node);
            }
            return elementary::floor(there);
        }
        if (t.kind == constant_node || (t.kind == product_node && t.value != 1)) return 0;
        if (t.kind != product_node) limit(term, 1);
        for (int k = 0; t.kind == product_node && k < t.count; ++k)
            limit(g.child(t, k).node, g.child(t, k).weight);
        return times == unlimited_times ? 0 : times;
    }
    static constexpr double unlimited_times = 1e300;

    /// c if u = c·v, else 0.
    static double multiple_of(const graph& g, int u, int v) {
        if (u == v) return 1;
        const node& n = g.at(u);
        const bool is_multiple = (n.kind == sum_node && n.value == 0) ||
            (n.kind == product_node && n.count == 1 && g.child(n, 0).weight == 1);
        if (!is_multiple || n.count != 1 || g.child(n, 0).node != v) return 0;
        return n.kind == sum_node ? g.child(n, 0).weight : n.value;
    }

    static void take(const graph& g, int term, double times,
                     std::vector<std::pair<int, double>>& factors) {
        const node& t = g.at(term);
        if (is_exponential(t)) {
            for (auto& [node, weight] : factors) {
                if (!is_exponential(g.at(node))) continue;
                const double multiple =
                    multiple_of(g, g.child(g.at(node), 0).node, g.child(t, 0).node);
                if (multiple * weight < -times) continue;
                weight += times / multiple;
                return;
            }
        }
        if (t.kind != product_node) add_factor(factors, term, times);
        for (int k = 0; t.kind == product_node && k < t.count; ++k)
            add_factor(factors, g.child(t, k).node, times * g.child(t, k).weight);
    }

    /// A term without its number, over the sum it stands in.
    step ratio_of(const graph& g, const node& sum, int term, const std::vector<int>& place) {
        auto place_of = [&](int node) { return place[static_cast<std::size_t>(node)]; };
        step s{ratio_step, operands.size(), static_cast<std::size_t>(sum.count), {sum.value}, 0};
        if (sum.residual != 0) {
            const long double v =
                static_cast<long double>(sum.value) + static_cast<long double>(sum.residual);
            s.number = {below(v), above(v)};
        }
        auto add = [&](const operand& c) {
            operands.push_back({place_of(c.node), c.weight});
            const node& n = g.at(c.node);
            exponents.push_back(is_exponential(n) ? place_of(g.child(n, 0).node) : -1);
        };
        add(g.child(sum, term));
        for (int k = 0; k < sum.count; ++k) {
            if (k != term) add(g.child(sum, k));
        }
        return s;
    }

    static factor_kind kind_of(const node& n) {
        if (is_exponential(n)) return factor_kind::exponential;
        if (n.kind == first_call + primitive_index<op::sech_primitive>)
            return factor_kind::hyperbolic;
        if (n.kind == first_call + primitive_index<op::sigmoid_primitive>)
            return factor_kind::logistic;
        return factor_kind::plain;
    }

    static bool is_exponential(const node& n) {
        return n.kind == first_call + primitive_index<op::exp_primitive>;
    }

    /// How many factors e^u a product has, products among its factors seen through; those are then taken
    /// apart if it has several.
    static int merge_exponentials(const graph& g, operand_list& factors, enclosure& number) {
        operand_list flat;
        enclosure flat_number = number;
        int count = 0;
        for (const operand& f : factors) {
            const node& inner = g.at(f.node);
            const bool opens = inner.kind == product_node &&
                f.weight == elementary::floor(f.weight) &&
                factors.size() + inner.count < most_parts / 2;
            if (opens)
                flat_number =
                    flat_number * power(enclosure(inner.value), static_cast<long double>(f.weight));
            for (int k = 0; k < (opens ? inner.count : 1); ++k) {
                const operand c = opens ? g.child(inner, k) : f;
                flat.push_back({c.node, opens ? c.weight * f.weight : c.weight});
                count += is_exponential(g.at(c.node)) ? 1 : 0;
            }
        }
        if (count < 2) return 0;
        factors = flat;
        number = flat_number;
        return count;
    }

    /// Makes terms a·sin u and b·cos u the first two of a sum, and bounds their size; 0 if it has none.
    static long double amplitude_of(const graph& g, operand_list& terms) {
        constexpr int sine = first_call + primitive_index<op::sin_primitive>,
                      cosine = first_call + primitive_index<op::cos_primitive>;
        for (int i = 0; i < terms.size(); ++i) {
            for (int k = 0; k < terms.size(); ++k) {
                const node &a = g.at(terms[i].node), &b = g.at(terms[k].node);
                if (a.kind != sine || b.kind != cosine || g.child(a, 0).node != g.child(b, 0).node)
                    continue;
                std::swap(terms[0], terms[i]);
                std::swap(terms[1], terms[k == 0 ? i : k]);
                auto square = [](const operand& t) {
                    return power(enclosure(static_cast<long double>(t.weight)), 2);
                };
                return power(square(terms[0]) + square(terms[1]), 0.5L).hi;
            }
        }
        return 0;
    }

    static constexpr std::size_t most_bases = 6;

    [[nodiscard]] enclosure second_form(const step& s, const enclosure* values,
                                        bool in_the_limit) const {
        enclosure product(static_cast<long double>(s.second_number));
        enclosure divisor{1};
        bool has_exponent = false, has_divisor = false;
        // Exponents that are multiples of one number are added as such.
        struct multiple_of_base {
            std::size_t base;
            double weight;
        };
        multiple_of_base sums[most_bases];
        std::size_t bases = 0;
        contest sizes;
        for (std::size_t k = 0; k < s.second_count; ++k) {
            const second_factor& f = second_forms[s.second + k];
            const enclosure& u = values[f.place];
            if (u.is_empty()) return {};
            const auto weight = static_cast<long double>(f.weight);
            enclosure bounded = u;
            if (f.kind != factor_kind::plain) {
                has_exponent = true;
                const enclosure& v = values[f.base];
                const bool falls = v.hi <= 0;
                if (!(v.lo >= 0 || falls) && f.kind != factor_kind::exponential) return {};
                // sech u = e^−|u| · 2σ(2|u|), σ(u) = e^min(u, 0) · σ(|u|)
                const double size = f.multiple < 0 ? -f.multiple : f.multiple;
                const bool is_positive = (f.multiple > 0) != falls;
                const double exponent = f.kind == factor_kind::exponential ? f.multiple
                    : f.kind == factor_kind::hyperbolic                    ? (falls ? size : -size)
                    : is_positive                                          ? 0
                                                                           : f.multiple;
                std::size_t known = 0;
                while (known < bases && sums[known].base != f.base) ++known;
                if (known == most_bases) return {};
                if (known == bases) sums[bases++] = {f.base, 0};
                sums[known].weight += exponent * f.weight;
                if (f.kind == factor_kind::exponential) continue;
                bounded = f.kind == factor_kind::logistic
                    ? op::sigmoid_primitive::range(magnitude(u))
                    : enclosure(2) * op::sigmoid_primitive::range(enclosure(2) * magnitude(u));
            }
            sizes.add(bounded, weight < 0);
            if (weight > 0) {
                product = product * power(bounded, weight);
            } else {
                divisor = divisor * power(bounded, -weight);
                has_divisor = true;
            }
        }
        enclosure exponent{0};
        for (std::size_t k = 0; k < bases; ++k) {
            if (sums[k].weight != 0)
                exponent = exponent +
                    enclosure(static_cast<long double>(sums[k].weight)) * values[sums[k].base];
        }
        if (has_exponent) {
            const enclosure grown = op::exp_primitive::range(exponent);
            sizes.add(grown, false);
            product = product * grown;
        }
        if (in_the_limit && sizes.is_open()) return everything;
        product = has_divisor ? product / divisor : product;
        product.open_lo = product.open_hi = false;
        return product;
    }

    [[nodiscard]] enclosure ratio(const step& s, const enclosure* values) const {
        const enclosure& t = values[operands[s.first].node];
        if (t.is_empty()) return {};
        if (t.broken || (t.lo < 0 && t.hi > 0) || (t.lo == 0 && t.hi == 0)) return everything;
        // 1/t; at 0 the ratio is 0 = 1/∞.
        enclosure inverse = reciprocal(t.lo >= 0 ? enclosure(t.lo, t.hi, true, false)
                                                 : enclosure(t.lo, t.hi, false, true));
        inverse.open_lo = inverse.open_hi = false;
        enclosure sum =
            enclosure(static_cast<long double>(operands[s.first].weight)) + s.number * inverse;
        const bool is_exponential = exponents[s.first] >= 0;
        for (std::size_t k = 1; k < s.count; ++k) {
            const operand& c = operands[s.first + k];
            const enclosure& u = values[c.node];
            if (u.is_empty() || u.broken) return everything;
            const bool is_open =
                inverse.is_thin() && inverse.lo == 0 && (is_infinite(u.lo) || is_infinite(u.hi));
            const int mine = exponents[s.first + k];
            if (is_open && !(is_exponential && mine >= 0)) return everything;
            const enclosure quotient = is_exponential && mine >= 0
                ? op::exp_primitive::range(values[mine] - values[exponents[s.first]])
                : u * inverse;
            sum = sum + enclosure(static_cast<long double>(c.weight)) * quotient;
        }
        if (sum.is_empty() || !(sum.lo > 0 || sum.hi < 0)) return everything;
        return reciprocal(enclosure(sum.lo, sum.hi));
    }

    /// Of the factors of a product, in the limit x → ±inf, some grow without end and others may vanish: then
    /// nothing is known, though 0 times what is finite is 0.
    struct contest {
        bool grows = false;
        bool shrinks = false;

        void add(const enclosure& factor, bool divides) {
            const bool is_unbounded = is_infinite(factor.lo) || is_infinite(factor.hi);
            const bool has_zero = factor.lo <= 0 && factor.hi >= 0;
            grows = grows || (divides ? has_zero : is_unbounded);
            shrinks = shrinks || (divides ? is_unbounded : has_zero);
        }
        [[nodiscard]] bool is_open() const { return grows && shrinks; }
    };

    [[nodiscard]] enclosure perform(const step& s, const enclosure& x, const enclosure* values,
                                    bool in_the_limit = false) const {
        auto value = [&](std::size_t k) -> const enclosure& {
            return values[operands[s.first + k].node];
        };
        auto weight = [&](std::size_t k) {
            return static_cast<long double>(operands[s.first + k].weight);
        };
        if (s.kind == constant_node) return s.number;
        if (s.kind == symbol_node) return x;
        if (s.kind == sum_node) {
            bool is_broken = false;
            enclosure total = s.number;
            for (std::size_t k = 0; k < s.count; ++k) {
                const enclosure& u = value(k);
                if (u.is_empty()) return {};
                is_broken = is_broken || u.broken;
                total = total +
                    (weight(k) == 1        ? u
                         : weight(k) == -1 ? -u
                                           : enclosure(weight(k)) * u);
                if (k == 1 && s.amplitude > 0) {
                    total = both(total, s.number + enclosure(-s.amplitude, s.amplitude));
                }
            }
            total.broken = is_broken;
            return total;
        }
        if (s.kind == product_node) {
            enclosure above_line = s.number;
            enclosure below_line{1};
            bool is_fraction = false;
            // e^u·e^v is e^(u + v): one may overflow where the other vanishes.
            const bool merges = s.exponentials > 1;
            enclosure exponent{0};
            contest sizes;
            for (std::size_t k = 0; k < s.count; ++k) {
                if (value(k).is_empty()) return {};
                if (merges && exponents[s.first + k] >= 0) {
                    exponent = exponent + enclosure(weight(k)) * values[exponents[s.first + k]];
                    continue;
                }
                sizes.add(value(k), weight(k) < 0);
                if (weight(k) > 0) {
                    above_line = above_line * power(value(k), weight(k));
                } else {
                    below_line = below_line * power(value(k), -weight(k));
                    is_fraction = true;
                }
            }
            if (merges) {
                const enclosure grown = op::exp_primitive::range(exponent);
                sizes.add(grown, false);
                above_line = above_line * grown;
            }
            const enclosure first = in_the_limit && sizes.is_open() ? everything
                : is_fraction                                       ? above_line / below_line
                                                                    : above_line;
            if (s.second_count == 0) return first;
            const enclosure second = second_form(s, values, in_the_limit);
            return second.is_empty() || second.broken ? first : both(first, second);
        }
        if (s.kind == ratio_step) return ratio(s, values);
        if (s.count == 0) return enclosed_pi;
        enclosure arguments[4];
        for (std::size_t k = 0; k < s.count; ++k) arguments[k] = value(k);
        return rules[s.kind - first_call](arguments);
    }
};

}  // namespace chainrule::detail
