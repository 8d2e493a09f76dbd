// SPDX-License-Identifier: BSL-1.0
/// A formula as a function of x whose values and derivatives can be enclosed over whole intervals. The
/// only templates make the graph of the formula at run time; all else is compiled once per file.
///
/// f(g(x)) is seen through: a node that every path from x to the result passes cuts the formula in two, and
/// derivatives of long chains are composed from those of their parts, in intervals, by the chain rule.
/// Expanding f₅₀′ symbolically and evaluating it would not only cost more, its enclosures would be wider.
#pragma once

#include <chainrule/analysis/interruption.hpp>
#include <chainrule/core/interval.hpp>
#include <chainrule/op/op.hpp>
#include <chainrule/program/evaluate.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
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
        allow_interruption();
        thread_local std::vector<enclosure> values;
        if (values.size() < steps.size()) values.resize(steps.size());
        const std::size_t last = wanted == 0
            ? 0
            : *std::max_element(outputs.begin(),
                                outputs.begin() + static_cast<std::ptrdiff_t>(wanted)) +
                1;
        for (std::size_t i = 0; i < last; ++i) values[i] = perform(steps[i], x, values.data());
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
            limits[i] = perform(steps[i], x, limits.data());
            const bool has_settled =
                !values[i].is_empty() && !values[i].broken && is_limit(values[i]);
            if (!limits[i].is_empty() && !limits[i].is_thin() && has_settled) limits[i] = values[i];
        }
        for (std::size_t i = 0; i < wanted; ++i) results[i] = limits[outputs[i]];
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
        int exponentials = 0;    ///< factors e^u of a product
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

    static constexpr std::size_t most_bases = 6;

    [[nodiscard]] enclosure second_form(const step& s, const enclosure* values) const {
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
        if (has_exponent) product = product * op::exp_primitive::range(exponent);
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
            const int mine = exponents[s.first + k];
            const enclosure quotient = is_exponential && mine >= 0
                ? op::exp_primitive::range(values[mine] - values[exponents[s.first]])
                : u * inverse;
            sum = sum + enclosure(static_cast<long double>(c.weight)) * quotient;
        }
        if (sum.is_empty() || !(sum.lo > 0 || sum.hi < 0)) return everything;
        return reciprocal(enclosure(sum.lo, sum.hi));
    }

    [[nodiscard]] enclosure perform(const step& s, const enclosure& x,
                                    const enclosure* values) const {
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
            for (std::size_t k = 0; k < s.count; ++k) {
                if (value(k).is_empty()) return {};
                if (merges && exponents[s.first + k] >= 0) {
                    exponent = exponent + enclosure(weight(k)) * values[exponents[s.first + k]];
                    continue;
                }
                if (weight(k) > 0) {
                    above_line = above_line * power(value(k), weight(k));
                } else {
                    below_line = below_line * power(value(k), -weight(k));
                    is_fraction = true;
                }
            }
            if (merges) above_line = above_line * op::exp_primitive::range(exponent);
            const enclosure first = is_fraction ? above_line / below_line : above_line;
            if (s.second_count == 0) return first;
            const enclosure second = second_form(s, values);
            return second.is_empty() || second.broken ? first : both(first, second);
        }
        if (s.kind == ratio_step) return ratio(s, values);
        if (s.count == 0) return enclosed_pi;
        enclosure arguments[4];
        for (std::size_t k = 0; k < s.count; ++k) arguments[k] = value(k);
        return rules[s.kind - first_call](arguments);
    }
};

/// A formula as a sum of products, if its numbers stay exact and its terms few: in x eˣ (1 − tanh eˣ sech² eˣ)
/// nothing says that the growing factor meets a shrinking one, in each term of the sum something does.
class expansion {
public:
    /// The node of the expanded formula, or −1.
    static int run(graph& g, int root) {
        expansion e(g);
        const std::vector<term> terms = e.expand(root);
        if (e.failed) return -1;
        operand_list sum;
        double constant = 0;
        for (const term& t : terms) {
            if (t.factors.empty()) {
                if (constant != 0) return -1;
                constant = t.number;
                continue;
            }
            if (static_cast<std::size_t>(sum.size()) >= most_terms) return -1;
            operand_list factors;
            for (const operand& f : t.factors) {
                if (f.weight != 0) factors.push_back(f);
            }
            sum.push_back({g.put(product_node, 1, 0, factors.data(), factors.size()), t.number});
        }
        return g.put(sum_node, constant, 0, sum.data(), sum.size());
    }

private:
    struct term {
        double number = 1;
        std::vector<operand> factors;
    };
    static constexpr std::size_t most_terms = 80;
    static constexpr int square_product =
        first_call + primitive_index<op::sech_square_product_primitive>;

    graph& g;  // NOLINT(cppcoreguidelines-avoid-const-or-ref-data-members): a short-lived worker
    bool failed = false;

    explicit expansion(graph& formula) : g(formula) {}

    double exact_product(double a, double b) {
        const long double p = static_cast<long double>(a) * static_cast<long double>(b);
        const auto rounded = static_cast<double>(p);
        const bool is_short = elementary::floor(a * 0x1p20) == a * 0x1p20 &&
            elementary::floor(b * 0x1p20) == b * 0x1p20 && p < 0x1p20L && p > -0x1p20L;
        failed = failed || (a != 1 && b != 1 && a != -1 && b != -1 && !is_short) ||
            static_cast<long double>(rounded) != p;
        return rounded;
    }

    std::vector<term> multiply(const std::vector<term>& a, const std::vector<term>& b) {
        std::vector<term> result;
        if (a.size() * b.size() > most_terms) failed = true;
        if (failed) return result;
        for (const term& u : a) {
            for (const term& v : b) {
                term product = u;
                product.number = exact_product(u.number, v.number);
                for (const operand& f : v.factors) {
                    auto known =
                        std::find_if(product.factors.begin(), product.factors.end(),
                                     [&](const operand& mine) { return mine.node == f.node; });
                    if (known == product.factors.end()) {
                        product.factors.push_back(f);
                    } else {
                        known->weight += f.weight;
                    }
                }
                result.push_back(std::move(product));
            }
        }
        return result;
    }

    std::vector<term> expand(int i) {
        const node n = g.at(i);
        std::vector<term> result;
        if (failed) return result;
        if (n.kind == constant_node && n.residual == 0) return {{n.value, {}}};
        if (n.kind == sum_node) {
            failed = failed || n.residual != 0;
            if (n.value != 0) result.push_back({n.value, {}});
            for (int k = 0; k < n.count && !failed; ++k) {
                const operand c = g.child(n, k);
                for (term t : expand(c.node)) {
                    t.number = exact_product(t.number, c.weight);
                    result.push_back(std::move(t));
                }
                failed = failed || result.size() > most_terms;
            }
            return result;
        }
        if (n.kind == square_product) {
            const int u = g.child(n, 0).node;
            const int sech = handle_call<op::sech_primitive>(handle(g, u)).node;
            return {{1, {{u, 1}, {sech, 2}}}};
        }
        if (n.kind != product_node) return {{1, {{i, 1}}}};
        failed = failed || n.residual != 0;
        result.push_back({n.value, {}});
        for (int k = 0; k < n.count && !failed; ++k) {
            const operand c = g.child(n, k);
            const int kind = g.at(c.node).kind;
            const bool opens =
                (kind == sum_node || kind == product_node || kind == square_product) &&
                c.weight >= 1 && c.weight <= 4 && c.weight == elementary::floor(c.weight);
            if (!opens) {
                result = multiply(result, {{1, {c}}});
                continue;
            }
            const std::vector<term> inner = expand(c.node);
            for (int times = 0; times < static_cast<int>(c.weight); ++times)
                result = multiply(result, inner);
        }
        return result;
    }
};

/// A part of a chain: a function of one input with its derivatives, each with respect to that input.
struct chain_part {
    graph nodes;
    int root = 0;
    enclosing_program value;        ///< identifies the part
    enclosing_program derivatives;  ///< value and derivatives up to the order asked for
    enclosing_program expanded;     ///< the same as sums of products
    bool has_expanded = false;
    int highest = -1;
};

/// Everything that a curve over a formula shares with the curves of its switches.
class curve {
public:
    static constexpr int highest_order = 8;
    /// Value and derivatives of orders 0 … highest.
    using jet = std::array<enclosure, highest_order + 1>;

    /// The derivative of the given order of a formula in x alone.
    curve(const graph& formula, int root_node, int derivative_order) : order(derivative_order) {
        std::vector<int> roots{root_node};
        graph simple = simplified(formula, roots, for_programs);
        roots[0] = split_quotients(simple, roots[0]);
        simple = simplified(simple, roots, for_programs);
        cut_into_parts(simple, roots[0]);
    }
    /// A function of what enters part number `at` of another curve.
    curve(const curve& other, std::size_t at, const graph& formula, int root_node) : order(0) {
        parts.assign(other.parts.begin(), other.parts.begin() + static_cast<std::ptrdiff_t>(at));
        add_part(formula, root_node);
    }
    /// The same formula's derivative of another order.
    [[nodiscard]] curve with_order(int other) const {
        curve result = *this;
        result.order = other;
        return result;
    }

    /// f^(order), and so many further derivatives.
    [[nodiscard]] jet derivatives(const enclosure& x, int further) const {
        jet result = full_jet(x, order + further, nullptr, {});
        for (int i = 0; i <= further; ++i)
            result[static_cast<std::size_t>(i)] = result[static_cast<std::size_t>(i + order)];
        result[0] = shifted(result[0]);
        return result;
    }
    [[nodiscard]] enclosure value(const enclosure& x) const { return derivatives(x, 0)[0]; }

    /// What is known of a curve on an interval.
    struct view {
        enclosure value, slope, curvature;
        long double centre = 0;
        enclosure centre_value, centre_slope;
    };

    /// Value, slope and curvature on x, tightened by the mean value theorem and Taylor's.
    [[nodiscard]] view look(const enclosure& x, long double centre) const {
        view v;
        v.centre = centre;
        std::vector<enclosure> at_centre;
        const auto at = [&](int k) { return static_cast<std::size_t>(order + k); };
        const jet middle = full_jet(enclosure(centre), order + 2, &at_centre, {});
        const enclosure away = x - enclosure(centre);
        const jet wide = full_jet(x, order + 2, &at_centre, away);
        v.value = shifted(wide[at(0)]), v.slope = wide[at(1)], v.curvature = wide[at(2)];
        v.centre_value = shifted(middle[at(0)]), v.centre_slope = middle[at(1)];
        if (v.value.is_empty() || v.value.broken || v.centre_value.is_empty() || v.slope.is_empty())
            return v;
        if (!v.slope.broken && !v.curvature.is_empty() && !v.centre_slope.is_empty()) {
            v.slope = both(v.slope, v.centre_slope + v.curvature * away);
            v.value = both(v.value,
                           v.centre_value + v.centre_slope * away +
                               v.curvature * power(away, 2) * enclosure(0.5L));
        }
        v.value = both(v.value, v.centre_value + v.slope * away);
        return v;
    }

    [[nodiscard]] std::size_t part_count() const { return parts.size(); }
    [[nodiscard]] const chain_part& part(std::size_t i) const { return *parts[i]; }

    /// f − level: its zeros are where f reaches the level.
    [[nodiscard]] curve minus(long double level_to_reach) const {
        curve result = *this;
        result.level = level_to_reach;
        return result;
    }

    int order = 0;

private:
    long double level = 0;
    std::vector<std::shared_ptr<chain_part>> parts;

    [[nodiscard]] enclosure shifted(const enclosure& u) const {
        return level == 0 || u.is_empty() ? u : u - enclosure(level);
    }

    void add_part(const graph& g, int root) {
        auto made = std::make_shared<chain_part>();
        std::vector<int> roots{root};
        made->nodes = simplified(g, roots, for_programs);
        made->root = roots[0];
        made->value = enclosing_program(made->nodes, roots);
        for (const auto& known : parts) {
            if (known->value.same(made->value)) {
                parts.push_back(known);
                return;
            }
        }
        parts.push_back(std::move(made));
    }

    /// Makes the derivatives of a part up to an order, once. Small parts are simplified as flat as it gets:
    /// what is shared would hide differences of equals from the rules.
    static void prepare(chain_part& p, int highest) {
        if (p.highest >= highest) return;
        std::vector<int> roots{p.root};
        graph g = p.nodes;
        for (int k = 0; k < highest; ++k) {
            if (roots.back() < 0) __builtin_unreachable();  // gcc 12 warns otherwise
            roots.push_back(derive(g, roots.back(), "x", kink_rule::usual));
            g = simplified(g, roots, p.value.size() <= 12 ? for_text : for_programs);
        }
        p.derivatives = enclosing_program(g, roots);
        p.has_expanded = false;
        for (int& root : roots) {
            const int flat = expansion::run(g, root);
            if (flat < 0) continue;
            p.has_expanded = true;
            root = flat;
        }
        if (p.has_expanded) p.expanded = enclosing_program(g, roots);
        p.highest = highest;
    }

    /// u/(c + w·u) as 1/w·(1 − c/(c + w·u)), where u stands once: far out the quotient of two intervals says
    /// nothing, and its slope is a difference of equals.
    static int split_quotients(graph& g, int root) {
        const int size = root + 1;
        std::vector<int> image(static_cast<std::size_t>(size), 0);
        std::vector<char> moving(static_cast<std::size_t>(size), 0);
        for (int i = 0; i < size; ++i) {
            const node n = g.at(i);
            moving[static_cast<std::size_t>(i)] = static_cast<char>(depends_on_x(g, i, moving));
            operand_list children;
            for (int k = 0; k < n.count; ++k) {
                const operand c = g.child(n, k);
                children.push_back({image[static_cast<std::size_t>(c.node)], c.weight});
            }
            int& mine = image[static_cast<std::size_t>(i)];
            mine = n.count == 0
                ? i
                : g.put(n.kind, n.value, n.residual, children.data(), children.size());
            if (n.kind != product_node || moving[static_cast<std::size_t>(i)] == 0) continue;
            for (int k = 0; k < n.count; ++k) {
                const operand divisor = g.child(n, k);
                const node d = g.at(divisor.node);
                if (divisor.weight != -1 || d.kind != sum_node) continue;
                int shared = -1;
                int moving_terms = 0;
                for (int t = 0; t < d.count; ++t) {
                    const int term = g.child(d, t).node;
                    moving_terms += moving[static_cast<std::size_t>(term)];
                    if (moving[static_cast<std::size_t>(term)] != 0 && is_rest_of(g, n, k, term))
                        shared = t;
                }
                if (shared < 0 || moving_terms != 1) continue;
                operand_list others;
                for (int t = 0; t < d.count; ++t) {
                    if (t != shared)
                        others.push_back({image[static_cast<std::size_t>(g.child(d, t).node)],
                                          g.child(d, t).weight});
                }
                const int rest = g.put(sum_node, d.value, 0, others.data(), others.size());
                const int weight = g.constant(g.child(d, shared).weight);
                const operand limit[] = {{weight, -1}};
                const operand small[] = {
                    {weight, -1}, {rest, 1}, {image[static_cast<std::size_t>(divisor.node)], -1}};
                const operand sum[] = {{g.put(product_node, n.value, 0, limit, 1), 1},
                                       {g.put(product_node, n.value, 0, small, 3), -1}};
                mine = g.put(sum_node, 0, 0, sum, 2);
                break;
            }
        }
        return image[static_cast<std::size_t>(root)];
    }

    /// Whether the factors of a product but number `without` are `term`, up to a number.
    static bool is_rest_of(const graph& g, const node& n, int without, int term) {
        const node& t = g.at(term);
        operand_list rest;
        for (int k = 0; k < n.count; ++k) {
            if (k != without) rest.push_back(g.child(n, k));
        }
        if (rest.size() == 1 && rest[0].node == term && rest[0].weight == 1) return true;
        if (t.kind != product_node || t.value != 1 || t.count != rest.size()) return false;
        for (int k = 0; k < t.count; ++k) {
            if (g.child(t, k).node != rest[k].node || g.child(t, k).weight != rest[k].weight)
                return false;
        }
        return true;
    }

    static bool depends_on_x(const graph& g, int i, const std::vector<char>& moving) {
        const node& n = g.at(i);
        if (n.kind == symbol_node) return true;
        for (int k = 0; k < n.count; ++k) {
            if (moving[static_cast<std::size_t>(g.child(n, k).node)] != 0) return true;
        }
        return false;
    }

    /// Formulas with at least so many parts, or nodes and two parts, are taken as chains.
    static constexpr std::size_t fewest_parts = 5;
    static constexpr std::size_t most_nodes_in_one = 24;

    void cut_into_parts(const graph& g, int root) {
        const auto count = static_cast<std::size_t>(root) + 1;
        std::vector<char> needed(count, 0);
        std::vector<char> moving(count, 0);
        needed[static_cast<std::size_t>(root)] = 1;
        for (int i = root; i >= 0; --i) {
            const node& n = g.at(i);
            for (int k = 0; k < n.count && needed[static_cast<std::size_t>(i)] != 0; ++k) {
                needed[static_cast<std::size_t>(g.child(n, k).node)] = 1;
            }
        }
        // A node is a cut if no edge between nodes that depend on x leads past it.
        std::vector<int> reach(count, -1);  // the last parent of what stands at or before a node
        std::size_t size = 0;
        for (int i = 0; i <= root; ++i) {
            moving[static_cast<std::size_t>(i)] = static_cast<char>(
                needed[static_cast<std::size_t>(i)] != 0 && depends_on_x(g, i, moving));
            size += moving[static_cast<std::size_t>(i)] != 0 ? 1 : 0;
            const node& n = g.at(i);
            for (int k = 0; k < n.count && moving[static_cast<std::size_t>(i)] != 0; ++k) {
                const auto c = static_cast<std::size_t>(g.child(n, k).node);
                if (moving[c] != 0) reach[c] = i;
            }
        }
        std::vector<int> cuts;
        int farthest_user = -1;
        for (int i = 0; i <= root; ++i) {
            if (moving[static_cast<std::size_t>(i)] == 0) continue;
            if (farthest_user <= i && i != root && g.at(i).kind != symbol_node) cuts.push_back(i);
            farthest_user = std::max(farthest_user, reach[static_cast<std::size_t>(i)]);
        }
        cuts.push_back(root);
        const bool is_chain =
            (cuts.size() >= fewest_parts || (cuts.size() > 1 && size > most_nodes_in_one)) &&
            order <= 2;
        if (!is_chain) cuts.assign(1, root);
        int from = -1;  // the node that is the input of the next part; -1: x
        for (const int to : cuts) {
            graph own;
            std::vector<int> image(count, -1);
            if (from >= 0) image[static_cast<std::size_t>(from)] = own.symbol("x");
            add_part(own, copy(g, to, own, image));
            from = to;
        }
    }

    static int copy(const graph& g, int root, graph& out, std::vector<int>& image) {
        std::vector<char> wanted(static_cast<std::size_t>(root) + 1, 0);
        wanted[static_cast<std::size_t>(root)] = 1;
        for (int i = root; i >= 0; --i) {
            if (wanted[static_cast<std::size_t>(i)] == 0 || image[static_cast<std::size_t>(i)] >= 0)
                continue;
            const node& n = g.at(i);
            for (int k = 0; k < n.count; ++k)
                wanted[static_cast<std::size_t>(g.child(n, k).node)] = 1;
        }
        for (int i = 0; i <= root; ++i) {
            int& mine = image[static_cast<std::size_t>(i)];
            if (wanted[static_cast<std::size_t>(i)] == 0 || mine >= 0) continue;
            const node& n = g.at(i);
            if (n.kind == symbol_node) {
                mine = out.symbol(g.symbol_of(i));
                continue;
            }
            operand_list children;
            for (int k = 0; k < n.count; ++k) {
                const operand c = g.child(n, k);
                children.push_back({image[static_cast<std::size_t>(c.node)], c.weight});
            }
            mine = out.put(n.kind, n.value, n.residual, children.data(), children.size());
        }
        return image[static_cast<std::size_t>(root)];
    }

    /// f, f′, …, f^(highest) on x. With `centres` and an empty `away` the values between the parts are noted
    /// there; with an `away` = x − centre they tighten the values on x.
    jet full_jet(const enclosure& x, int highest, std::vector<enclosure>* centres,
                 const enclosure& away) const {
        jet y{};
        const auto top = static_cast<std::size_t>(highest);
        y[0] = x;
        for (std::size_t k = 1; k <= top; ++k) y[k] = enclosure(k == 1 ? 1.0L : 0.0L);
        for (std::size_t i = 0; i < parts.size(); ++i) {
            chain_part& p = *parts[i];
            prepare(p, highest);
            jet f{};
            if (i == 0 && x.is_thin() && (x.lo == unlimited || x.lo == -unlimited)) {
                p.derivatives.run_to_infinity(x.lo > 0, f.data(), top + 1);
            } else {
                p.derivatives.run(y[0], f.data(), top + 1);
                if (p.has_expanded && is_unbounded(f, top)) {
                    jet flat{};
                    p.expanded.run(y[0], flat.data(), top + 1);
                    for (std::size_t k = 0; k <= top; ++k) {
                        if (!f[k].is_empty() && !flat[k].is_empty() && !flat[k].broken)
                            f[k] = both(f[k], flat[k]);
                    }
                }
            }
            // Where f is not defined its derivatives are not, though their formulas may be.
            if (f[0].is_empty()) return {};
            if (f[0].broken) {
                for (std::size_t k = 1; k <= top; ++k) f[k].broken = true;
            }
            if (parts.size() == 1) return f;
            y = composed(f, y, top);
            if (centres == nullptr) continue;
            if (away.is_empty()) {
                centres->push_back(y[0]);
            } else if (!y[0].broken && !y[0].is_empty() && top > 0 && !y[1].is_empty() &&
                       !(*centres)[i].is_empty()) {
                y[0] = both(y[0], (*centres)[i] + y[1] * away);
            }
        }
        return y;
    }

    static bool is_unbounded(const jet& f, std::size_t top) {
        for (std::size_t k = 0; k <= top; ++k) {
            if (f[k].lo == -unlimited || f[k].hi == unlimited) return true;
        }
        return false;
    }

    /// The derivatives of f(y(x)), by the chain rule in its form for each order.
    static jet composed(const jet& f, const jet& y, std::size_t top) {
        jet z{};
        z[0] = f[0];
        auto number = [](long double v) { return enclosure(v); };
        const enclosure square = top >= 2 ? power(y[1], 2) : enclosure();
        if (top >= 1) z[1] = f[1] * y[1];
        if (top >= 2) z[2] = f[2] * square + f[1] * y[2];
        if (top >= 3) z[3] = f[3] * power(y[1], 3) + number(3) * f[2] * y[1] * y[2] + f[1] * y[3];
        if (top >= 4) {
            z[4] = f[4] * power(y[1], 4) + number(6) * f[3] * square * y[2] +
                number(3) * f[2] * power(y[2], 2) + number(4) * f[2] * y[1] * y[3] + f[1] * y[4];
        }
        return z;
    }
};

/// Where to look first on an interval, and where to split it: 0 if it is inside, the middle of moderate
/// intervals, the middle exponent of those that span orders of magnitude.
inline long double middle_of(long double lo, long double hi) {
    if (lo < 0 && hi > 0) return 0;
    if (hi <= 0) return -middle_of(-hi, -lo);
    if (lo == 0)
        return hi > 4        ? 1.0L
            : hi > 0x1p-20L  ? hi / 2
            : hi > 0x1p-200L ? hi * 0x1p-20L
                             : hi * 0x1p-200L;
    if (hi / 4 > lo) {
        const int low = elementary::own::decompose(lo).exponent,
                  high = elementary::own::decompose(hi).exponent;
        const long double middle = elementary::own::power_of_two((low + high + 1) / 2);
        if (middle > lo && middle < hi) return middle;
    }
    return lo / 2 + hi / 2;
}

/// Nothing lies between the ends that could be told apart from them.
inline bool is_point_like(long double lo, long double hi) {
    const long double size = std::max(lo < 0 ? -lo : lo, hi < 0 ? -hi : hi);
    return hi - lo <= size * 0x1p-59L || hi - lo < 0x1p-2000L;
}

// ----------------------------------------------------------------------- from types to graphs

/// A formula and how often it is to be differentiated: derivative<2>(f) is (f, 2), so that f's structure
/// remains visible.
template<class E>
struct differentiated {
    using base = E;
    static constexpr int order = 0;
};
template<class F, int Order>
struct differentiated<derivative_expression<F, "x", Order, kink_rule::usual>> {
    using base = typename differentiated<F>::base;
    static constexpr int order = differentiated<F>::order + Order;
};

/// Every symbol but x must have a value.
template<class E, std::size_t I>
constexpr bool require_value() {
    constexpr const symbol_entry& symbol = symbols_of<E>::list[I];
    if constexpr (symbol.name != "x") {
        constexpr auto name = fix<symbol.name.size()>(symbol.name);
        if constexpr (!is_value(symbol.default_value.value)) (void)sizeof(unbound_symbol<name>);
        if constexpr (symbol.has_conflicting_defaults) (void)sizeof(conflicting_defaults<name>);
    }
    return true;
}
template<class E>
constexpr bool require_values() {
    return []<std::size_t... I>(std::index_sequence<I...>) {
        return (require_value<E, I>() && ...);
    }
    (std::make_index_sequence<symbols_of<E>::count>{});
}

/// The graph of a formula with the defaults of its parameters in their places.
struct closed_formula {
    graph nodes;
    int root = 0;
    int order = 0;
};

/// A default like 1.0L/6 means one sixth, not the long double next to it.
inline int place_number(graph& g, extended_real v) {
    const long double exact =
        static_cast<long double>(v.value) + static_cast<long double>(v.residual);
    if (v.residual != 0 && exact > 0 && exact < 1) {
        const long double inverse = elementary::round_half_even(1 / exact);
        if (inverse <= 4096 && 1 / inverse == exact) {
            const operand divisor{g.constant(static_cast<double>(inverse)), -1};
            return g.put(product_node, 1, 0, &divisor, 1);
        }
    }
    return g.constant(v.value, v.residual);
}

inline closed_formula with_defaults(const graph& raw, int root, int order) {
    closed_formula result;
    result.order = order;
    std::vector<int> image(static_cast<std::size_t>(raw.size()), 0);
    for (int i = 0; i <= root; ++i) {
        const node& n = raw.at(i);
        int& mine = image[static_cast<std::size_t>(i)];
        if (n.kind == symbol_node) {
            const symbol_entry& s = raw.symbol_of(i);
            mine = s.name == "x" || !is_value(s.default_value.value)
                ? result.nodes.symbol(s)
                : place_number(result.nodes, s.default_value);
            continue;
        }
        operand_list children;
        for (int k = 0; k < n.count; ++k) {
            const operand c = raw.child(n, k);
            children.push_back({image[static_cast<std::size_t>(c.node)], c.weight});
        }
        mine = result.nodes.put(n.kind, n.value, n.residual, children.data(), children.size());
    }
    result.root = image[static_cast<std::size_t>(root)];
    return result;
}

template<class E>
closed_formula closed_formula_of(int further = 0) {
    using base = typename differentiated<E>::base;
    require_valid<E>();
    static_assert(require_values<base>());
    graph raw;
    lowering_scope scope{raw, {}, {}};
    const int root = lower<base>(scope);
    return with_defaults(raw, root, differentiated<E>::order + further);
}

}  // namespace chainrule::detail
