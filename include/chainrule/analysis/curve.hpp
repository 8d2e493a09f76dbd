// SPDX-License-Identifier: BSL-1.0
/// A formula as a function of x whose values and derivatives can be enclosed over whole intervals.
///
/// f(g(x)) is seen through: a node that every path from x to the result passes cuts the formula in two, and
/// derivatives of long chains are composed from those of their parts, in intervals, by the chain rule.
/// Expanding f₅₀′ symbolically and evaluating it would not only cost more, its enclosures would be wider.
#pragma once

#include <chainrule/analysis/chain_part.hpp>
#include <chainrule/analysis/closed_formula.hpp>
#include <chainrule/analysis/expansion.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace chainrule::detail {

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
        cut_into_parts(formula, root_node, simple, roots[0]);
    }
    /// A function of what enters part number `at` of another curve.
    curve(const curve& other, std::size_t at, const graph& formula, int root_node) : order(0) {
        parts.assign(other.parts.begin(), other.parts.begin() + static_cast<std::ptrdiff_t>(at));
        add_part(formula, root_node);
    }
    /// A chain of other formulas in the places of this one's parts.
    curve(const curve& other, const std::vector<graph>& graphs, const std::vector<int>& roots)
        : order(other.order), level(other.level) {
        if (graphs.size() == 1) {
            parts = curve(graphs[0], roots[0], order).parts;
        } else {
            for (std::size_t i = 0; i < graphs.size(); ++i) add_part(graphs[i], roots[i]);
        }
        parts[0]->centres = other.parts[0]->centres;
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

    /// The limit from one side of a pole that a narrow interval contains: infinite if that is certain, else
    /// empty.
    [[nodiscard]] enclosure limit_at_pole(const enclosure& narrow_box, bool from_left) const {
        if (parts.size() != 1) return {};
        chain_part& p = *parts[0];
        prepare(p, order);
        const auto at = static_cast<std::size_t>(order);
        const long double size = std::max(narrow_box.hi, -narrow_box.lo);
        // A little wider, so that the signs at the ends are beyond rounding.
        for (const long double more : {0x1p-58L * size, 0x1p-53L * (1 + size)}) {
            jet limits{};
            const enclosure wider{narrow_box.lo - more, narrow_box.hi + more};
            const bool is_known =
                p.derivatives.run_beside_pole(wider, from_left, limits.data(), at + 1) &&
                !limits[at].broken && limits[at].is_at_infinity();
            if (is_known) return limits[at];
        }
        return {};
    }

    /// What the curve approaches as x → ±inf: steps that have a limit, a number that is exact, are that
    /// number, and only what oscillates is left. {graph, −1} for a chain.
    [[nodiscard]] std::pair<graph, int> settled(bool positive) const {
        if (parts.size() != 1) return {{}, -1};
        chain_part& p = *parts[0];
        prepare(p, order);
        const auto [g, root] = with_calm_apart(p.raw, p.roots[static_cast<std::size_t>(order)]);
        const auto count = static_cast<std::size_t>(root) + 1;
        std::vector<int> all(count);
        for (int i = 0; i <= root; ++i) all[static_cast<std::size_t>(i)] = i;
        std::vector<enclosure> limits(count);
        enclosing_program(g, all).run_to_infinity(positive, limits.data(), count);
        graph out;
        std::vector<int> image(count, 0);
        for (int i = 0; i <= root; ++i) {
            const node& n = g.at(i);
            const enclosure& limit = limits[static_cast<std::size_t>(i)];
            int& mine = image[static_cast<std::size_t>(i)];
            const bool is_number = !limit.is_empty() && !limit.broken && limit.is_thin() &&
                static_cast<long double>(elementary::narrow<double>(limit.lo)) == limit.lo &&
                !limit.is_at_infinity();
            mine = n.kind == symbol_node ? out.symbol("x")
                : is_number && n.kind != constant_node
                ? out.constant(elementary::narrow<double>(limit.lo))
                : put_again(g, n, image, out);
        }
        return {out, image[static_cast<std::size_t>(root)]};
    }

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

    /// A zero of a divisor of the first part: the formula may have a limit there.
    void note_divisor_zero(long double at) const {
        std::vector<long double>& known = parts[0]->centres;
        if (std::find(known.begin(), known.end(), at) == known.end()) known.push_back(at);
    }

    /// The steps of its derivatives, those of equal parts counted once.
    [[nodiscard]] std::size_t cost() const {
        std::size_t total = 0;
        for (std::size_t i = 0; i < parts.size(); ++i) {
            const bool is_first = std::find(parts.begin(), parts.end(), parts[i]) - parts.begin() ==
                static_cast<std::ptrdiff_t>(i);
            if (is_first) total += parts[i]->derivatives.size() + parts[i]->expanded.size();
        }
        return total;
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

    static int put_again(const graph& g, const node& n, const std::vector<int>& image, graph& out) {
        operand_list children;
        for (int k = 0; k < n.count; ++k) {
            const operand c = g.child(n, k);
            children.push_back({image[static_cast<std::size_t>(c.node)], c.weight});
        }
        return out.put(n.kind, n.value, n.residual, children.data(), children.size());
    }

    /// The terms of sums and the factors of products that do not oscillate as nodes of their own.
    static std::pair<graph, int> with_calm_apart(const graph& g, int root) {
        graph out;
        const auto count = static_cast<std::size_t>(root) + 1;
        std::vector<int> image(count, 0);
        std::vector<char> oscillates(count, 0);
        for (int i = 0; i <= root; ++i) {
            const auto here = static_cast<std::size_t>(i);
            const node& n = g.at(i);
            if (n.kind == symbol_node) {
                image[here] = out.symbol("x");
                continue;
            }
            const std::string_view name =
                n.kind >= first_call ? primitive_of(n.kind).name : std::string_view();
            oscillates[here] = static_cast<char>(name == "sin" || name == "cos" || name == "tan");
            operand_list calm, others;
            for (int k = 0; k < n.count; ++k) {
                const operand c = g.child(n, k);
                const auto child = static_cast<std::size_t>(c.node);
                if (oscillates[child] != 0) oscillates[here] = 1;
                (oscillates[child] != 0 ? others : calm).push_back({image[child], c.weight});
            }
            const bool divides = n.kind == sum_node || n.kind == product_node;
            if (!divides || calm.size() < 2 || others.size() == 0) {
                image[here] = put_again(g, n, image, out);
                continue;
            }
            const double neutral = n.kind == sum_node ? 0 : 1;
            others.push_back({out.put(n.kind, neutral, 0, calm.data(), calm.size()), 1});
            image[here] = out.put(n.kind, n.value, n.residual, others.data(), others.size());
        }
        return {out, image[static_cast<std::size_t>(root)]};
    }

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
        p.raw = g;
        p.roots = roots;
        p.forget_forms();
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

    /// The nodes that every path from x to the root passes, the root among them, in ascending order.
    struct cut_list {
        std::vector<int> at;
        std::vector<std::size_t> sizes;  ///< nodes that depend on x between one cut and the next
        std::size_t size = 0;            ///< of all
    };
    static cut_list find_cuts(const graph& g, int root) {
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
        cut_list result;
        for (int i = 0; i <= root; ++i) {
            moving[static_cast<std::size_t>(i)] = static_cast<char>(
                needed[static_cast<std::size_t>(i)] != 0 && depends_on_x(g, i, moving));
            result.size += moving[static_cast<std::size_t>(i)] != 0 ? 1 : 0;
            const node& n = g.at(i);
            for (int k = 0; k < n.count && moving[static_cast<std::size_t>(i)] != 0; ++k) {
                const auto c = static_cast<std::size_t>(g.child(n, k).node);
                if (moving[c] != 0) reach[c] = i;
            }
        }
        int farthest_user = -1;
        std::size_t between = 0;
        for (int i = 0; i <= root; ++i) {
            if (moving[static_cast<std::size_t>(i)] == 0) continue;
            const bool is_cut = i == root || (farthest_user <= i && g.at(i).kind != symbol_node);
            between += g.at(i).kind == symbol_node ? 0 : 1;
            if (is_cut) {
                result.at.push_back(i);
                result.sizes.push_back(between);
                between = 0;
            }
            farthest_user = std::max(farthest_user, reach[static_cast<std::size_t>(i)]);
        }
        if (result.at.empty()) result.at.push_back(root), result.sizes.push_back(0);
        return result;
    }

    struct simplified_part {
        graph nodes;
        int root;
    };

    void cut_into_parts(const graph& written, int written_root, const graph& g, int root) {
        std::vector<simplified_part> made;
        // What is written as a chain may not look like one once squares of quotients are multiplied out.
        if (order <= 2) made = split(written, layers_of(find_cuts(written, written_root)));
        if (made.size() < 2 || may_divide_by_zero(made)) {
            const cut_list cuts = find_cuts(g, root);
            const bool is_chain = (cuts.at.size() >= fewest_parts ||
                                   (cuts.at.size() > 1 && cuts.size > most_nodes_in_one)) &&
                order <= 2;
            made = split(g, is_chain ? cuts.at : std::vector<int>{root});
        }
        for (const simplified_part& p : made) add_part(p.nodes, p.root);
    }

    static std::vector<simplified_part> split(const graph& g, const std::vector<int>& cuts) {
        std::vector<simplified_part> result;
        int from = -1;  // the node that is the input of the next part; -1: x
        for (const int to : cuts) {
            graph own;
            std::vector<int> image(static_cast<std::size_t>(to) + 1, -1);
            if (from >= 0) image[static_cast<std::size_t>(from)] = own.symbol("x");
            std::vector<int> roots{copy(g, to, own, image)};
            graph simple = simplified(own, roots, for_programs);
            roots[0] = split_quotients(simple, roots[0]);
            result.push_back({simple, roots[0]});
            from = to;
        }
        return result;
    }

    /// The last cuts of parts in each of which the input stands more than once.
    static std::vector<int> layers_of(const cut_list& cuts) {
        std::vector<int> layers;
        for (std::size_t i = 0; i < cuts.at.size(); ++i) {
            if (cuts.sizes[i] > 1) {
                layers.push_back(cuts.at[i]);
            } else if (!layers.empty()) {
                layers.back() = cuts.at[i];
            }
        }
        return layers;
    }

    /// Whether a part after the first may: next to that only formulas in x itself have forms.
    static bool may_divide_by_zero(const std::vector<simplified_part>& made) {
        for (std::size_t p = 1; p < made.size(); ++p) {
            const graph& g = made[p].nodes;
            for (int i = 0; i <= made[p].root; ++i) {
                const node& n = g.at(i);
                for (int k = 0; k < n.count && n.kind == product_node; ++k) {
                    const operand divisor = g.child(n, k);
                    if (divisor.weight > 0) continue;
                    enclosure values;
                    enclosing_program(g, {divisor.node}).run(everything, &values, 1);
                    if (!(values.lo > 0 || values.hi < 0)) return true;
                }
            }
        }
        return false;
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
            if (y[0].lo > 0x1p-3L || y[0].hi < -0x1p-3L) {
                for (std::size_t k = 0; k <= std::min(top, most_far_out); ++k) {
                    if (is_narrow(f[k]) || !is_wanted(k, f[k])) continue;
                    const tail_form& far = p.tail(k, y[0].lo > 0);
                    if (far.valid && !f[k].is_empty()) narrow(f[k], far.range(y[0]));
                }
            }
            if (!p.centres.empty()) look_beside(p, y[0], f, top);
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
                       i < centres->size() &&  // the centre may be outside the domain
                       !(*centres)[i].is_empty()) {
                y[0] = both(y[0], (*centres)[i] + y[1] * away);
            }
        }
        return y;
    }

    /// Derivatives of higher orders are done without their forms far out.
    static constexpr std::size_t most_far_out = 4;

    /// Next to the zero of a divisor, where the formula may have a limit.
    static void look_beside(chain_part& p, const enclosure& x, jet& f, std::size_t top) {
        if (x.is_empty()) return;
        for (const long double c : p.centres) {
            const bool is_near = x.lo >= c - 0.5L && x.hi <= c + 0.5L;
            const bool is_itself = x.is_thin() && x.lo == c && !x.open_lo && !x.open_hi;
            bool is_known = true;
            for (std::size_t k = 0; k <= top; ++k) is_known = is_known && is_narrow(f[k]);
            if (!is_near || is_itself || is_known) continue;
            if (p.beside == nullptr) p.beside = std::make_unique<removable_form>(p.nodes, p.root);
            jet other{};
            if (p.beside->range(x, c, top, other.data())) {
                for (std::size_t k = 0; k <= top; ++k) narrow(f[k], other[k]);
                continue;
            }
            const bool above = x.lo > c || (x.lo == c && x.open_lo),
                       below = x.hi < c || (x.hi == c && x.open_hi);
            if (above == below) continue;
            for (std::size_t k = 0; k <= std::min(top, most_far_out); ++k) {
                if (is_narrow(f[k])) continue;
                const tail_form& near = p.pole(k, c, above);
                if (near.valid && !f[k].is_empty()) narrow(f[k], near.range(x));
            }
        }
    }

    /// Lower derivatives than the curve's matter only to chains, or if they are not known at all.
    [[nodiscard]] bool is_wanted(std::size_t k, const enclosure& u) const {
        return parts.size() > 1 || k >= static_cast<std::size_t>(order) || u.is_empty() || u.broken;
    }

    /// Takes another enclosure of the same into account.
    static void narrow(enclosure& u, const enclosure& other) {
        if (other.is_empty() || (other.lo == -unlimited && other.hi == unlimited)) return;
        u = u.is_empty() || u.broken ? other : both(u, other);
    }

    static bool is_narrow(const enclosure& u) {
        return !u.is_empty() && !u.broken && !is_infinite(u.lo) && !is_infinite(u.hi) &&
            u.hi - u.lo <= 0x1p-50L * std::max(u.hi, -u.lo);
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

}  // namespace chainrule::detail
