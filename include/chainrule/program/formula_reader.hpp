// SPDX-License-Identifier: BSL-1.0
/// What the scheduler asks a simplified formula: which nodes are numbers, which are used once, and which shapes
/// have a better way to be computed than one call after the other.
#pragma once

#include <chainrule/graph/registry.hpp>
#include <chainrule/program/constant.hpp>

namespace chainrule::detail {

class formula_reader {
protected:
    const graph& in;  // NOLINT(cppcoreguidelines-avoid-const-or-ref-data-members)
    growing_list<char> needed;
    growing_list<int> uses;
    growing_list<int> known;  // position in `numbers` of a node without symbols, else -1
    growing_list<program_constant> numbers;

    constexpr explicit formula_reader(const graph& simplified) : in(simplified) {}

    /// Which nodes the roots need, how often, and which of them are numbers.
    constexpr void read(const std::vector<int>& roots) {
        const auto count = static_cast<std::size_t>(in.size());
        needed.assign(count, 0);
        uses.assign(count, 0);
        known.assign(count, -1);
        for (int root : roots) needed.items[root] = 1, ++uses.items[root];
        for (int i = in.size() - 1; i >= 0; --i) {
            if (needed.items[i] == 0) continue;
            const node& n = in.at(i);
            for (int k = 0; k < n.count; ++k) {
                const int c = in.child(n, k).node;
                needed.items[c] = 1;
                ++uses.items[c];
            }
        }
        for (int i = 0; i < in.size(); ++i) {
            if (is_needed(i)) find_constant(i);
        }
    }

    [[nodiscard]] constexpr bool is_needed(int i) const { return needed.items[i] != 0; }
    [[nodiscard]] constexpr bool is_known(int i) const { return known.items[i] >= 0; }
    [[nodiscard]] constexpr const program_constant& number_of(int i) const {
        return numbers.items[known.items[i]];
    }

    /// Whether a term is a product that nothing else needs, so that it can be fused into a multiply-add.
    [[nodiscard]] constexpr bool is_private_product(int i) const {
        const node& n = in.at(i);
        if (n.kind != product_node || uses.items[i] > 1) return false;
        if (is_known(i)) return false;
        int whole = 0;
        for (int k = 0; k < n.count; ++k) {
            const double e = in.child(n, k).weight;
            if (e < 0) return false;
            whole += e == 1 ? 1 : 0;
        }
        return whole > 0 && (n.count > 1 || n.value != 1);
    }

    /// A factor c + d·p with numbers c and d that nothing else needs: it takes the coefficient of the product
    /// in, which saves a multiplication and its rounding. −1 if there is none.
    [[nodiscard]] constexpr int find_linear_factor(const node& n, int without) const {
        for (int k = 0; k < n.count; ++k) {
            const operand f = in.child(n, k);
            const node& sum = in.at(f.node);
            if (k == without || f.weight != 1 || sum.kind != sum_node || sum.value == 0 ||
                sum.count != 1)
                continue;
            if (is_known(f.node) || uses.items[f.node] != 1) continue;
            if (in.at(in.child(sum, 0).node).kind == product_node) return k;
        }
        return -1;
    }
    [[nodiscard]] constexpr bool has_known_factor(const node& n) const {
        for (int k = 0; k < n.count; ++k) {
            if (is_known(in.child(n, k).node)) return true;
        }
        return false;
    }

    /// max(of, number) or min(of, number).
    struct bound {
        int of = -1;
        program_constant number{};
        bool is_lower = false;
    };
    [[nodiscard]] constexpr bound find_bound(int i) const {
        const node& n = in.at(i);
        const bool is_lower = n.kind == kind_of<op::max_primitive>;
        if (is_known(i) || (!is_lower && n.kind != kind_of<op::min_primitive>)) return {};
        for (int k = 0; k < 2; ++k) {
            const int other = in.child(n, 1 - k).node;
            if (is_known(other) && !is_known(in.child(n, k).node))
                return {in.child(n, k).node, number_of(other), is_lower};
        }
        return {};
    }
    /// Argument k of a call, without what changes nothing and serves nothing else: a bound below b in
    /// max(u, a) < b is none.
    [[nodiscard]] constexpr int argument_of(const node& n, int k) const {
        const int mine = in.child(n, k).node;
        if (k > 1 || uses.items[mine] > 1 ||
            (n.kind != kind_of<op::selection<false>> && n.kind != kind_of<op::selection<true>>))
            return mine;
        const int other = in.child(n, 1 - k).node;
        const bound b = find_bound(mine);
        // To the left of < a lower bound may go, to the right an upper one.
        if (b.of < 0 || !is_known(other) || b.is_lower != (k == 0)) return mine;
        const program_constant& limit = number_of(other);
        const bool is_idle = b.is_lower
            ? b.number.for_float < limit.for_float && b.number.for_double < limit.for_double
            : b.number.for_float > limit.for_float && b.number.for_double > limit.for_double;
        return is_idle ? b.of : mine;
    }

    /// Whether a node is a short polynomial of symbols, so that its parts are worth carrying.
    [[nodiscard]] constexpr bool is_short_polynomial(int i, int depth = 0) const {
        const node& n = in.at(i);
        if (is_known(i) || n.kind == symbol_node) return true;
        if ((n.kind != product_node && n.kind != sum_node) || n.count > 4 || depth > 3)
            return false;
        for (int k = 0; k < n.count; ++k) {
            const operand c = in.child(n, k);
            if (n.kind == product_node && !is_small_power(c.weight)) return false;
            if (!is_short_polynomial(c.node, depth + 1)) return false;
        }
        return true;
    }
    static constexpr bool is_small_power(double w) { return w == 1 || w == 2 || w == 3; }
    /// s^1.5 of a sum s, whose low part is worth carrying.
    [[nodiscard]] constexpr bool is_carried_power(const operand& f) const {
        return magnitude(f.weight) == 1.5 && in.at(f.node).kind == sum_node &&
            is_short_polynomial(f.node);
    }

    /// a·s + b·s³ with numbers a and b of one sign and a symbol s.
    struct odd_cubic {
        int symbol = -1;
        coefficient linear;
        coefficient cubic;
    };
    [[nodiscard]] constexpr odd_cubic find_odd_cubic(int i) const {
        const node& n = in.at(i);
        if (n.kind != sum_node || n.count != 2 || n.value != 0 || is_known(i)) return {};
        odd_cubic found;
        bool has_linear = false;
        bool has_cubic = false;
        for (int k = 0; k < 2; ++k) {
            const operand term = in.child(n, k);
            coefficient c{term.weight};
            operand power{term.node, 1};
            const node& product = in.at(term.node);
            if (is_known(term.node)) return {};
            if (product.kind == product_node) {
                multiply_into(c, user_constant(product.value));
                int unknown = 0;
                for (int j = 0; j < product.count; ++j) {
                    const operand f = in.child(product, j);
                    if (is_known(f.node)) multiply_into(c, raised_to(number_of(f.node), f.weight));
                    else power = f, ++unknown;
                }
                if (unknown != 1) return {};
            }
            if (in.at(power.node).kind != symbol_node ||
                (found.symbol >= 0 && power.node != found.symbol))
                return {};
            found.symbol = power.node;
            if (power.weight == 1) found.linear = c, has_linear = true;
            if (power.weight == 3) found.cubic = c, has_cubic = true;
        }
        const bool one_sign =
            (found.linear.plain * (found.linear.has_rest ? found.linear.rest.for_float : 1) > 0) ==
            (found.cubic.plain * (found.cubic.has_rest ? found.cubic.rest.for_float : 1) > 0);
        return has_linear && has_cubic && one_sign ? found : odd_cubic{};
    }

    /// Two factors σ(u)^p and σ(−u)^p of a product.
    struct factor_pair {
        int first = -1;
        int second = -1;
        double power = 0;
        [[nodiscard]] constexpr bool contains(int k) const {
            return k >= 0 && (k == first || k == second);
        }
    };
    [[nodiscard]] constexpr factor_pair sigmoid_pair(const node& n) const {
        for (int k = 0; k < n.count; ++k) {
            const operand a = in.child(n, k);
            if (in.at(a.node).kind != kind_of<op::sigmoid_primitive> || a.weight < 1 ||
                is_known(a.node))
                continue;
            for (int j = k + 1; j < n.count; ++j) {
                const operand b = in.child(n, j);
                if (in.at(b.node).kind != kind_of<op::sigmoid_primitive> || b.weight < 1) continue;
                if (!are_opposite(in.child(in.at(a.node), 0).node, in.child(in.at(b.node), 0).node))
                    continue;
                return {k, j, elementary::floor(a.weight < b.weight ? a.weight : b.weight)};
            }
        }
        return {};
    }
    [[nodiscard]] constexpr bool are_opposite(int a, int b) const {
        return is_negative_of(a, b) || is_negative_of(b, a);
    }
    [[nodiscard]] constexpr bool is_negative_of(int a, int b) const {
        const node& n = in.at(a);
        if (n.kind != product_node || n.value >= 0) return false;
        if (n.value == -1 && n.count == 1 && in.child(n, 0).weight == 1)
            return in.child(n, 0).node == b;
        const node& m = in.at(b);
        if (m.kind != product_node || m.value != -n.value || m.count != n.count) return false;
        for (int k = 0; k < n.count; ++k) {
            if (in.child(n, k).node != in.child(m, k).node ||
                in.child(n, k).weight != in.child(m, k).weight)
                return false;
        }
        return true;
    }
    [[nodiscard]] constexpr bool is_sech_square(const operand& f) const {
        const double half = f.weight / 2;
        return in.at(f.node).kind == kind_of<op::sech_primitive> && half >= 1 &&
            half == elementary::floor(half) && !is_known(f.node);
    }
    [[nodiscard]] constexpr bool is_softplus(int i) const {
        if (in.at(i).kind != kind_of<op::softplus_primitive> || is_known(i)) return false;
        const node& argument = in.at(in.child(in.at(i), 0).node);
        return argument.kind != product_node || argument.value > 0;
    }

    /// tanh(softplus(u)) + w·σ(u)·sech²(softplus(u)) among the terms of a sum, the slope of w·tanh(softplus(u)):
    /// their positions, and the product's factor w.
    struct slope_terms {
        int first = -1;
        int second = -1;
        int w = -1;
    };
    [[nodiscard]] constexpr slope_terms find_slope_terms(const node& n) const {
        for (int k = 0; k < n.count; ++k) {
            const operand t = in.child(n, k);
            if (t.weight != 1 || in.at(t.node).kind != kind_of<op::tanh_primitive>) continue;
            const int argument = in.child(in.at(t.node), 0).node;
            if (!is_softplus(argument)) continue;
            const int u = in.child(in.at(argument), 0).node;
            for (int j = 0; j < n.count; ++j) {
                const operand p = in.child(n, j);
                const node& product = in.at(p.node);
                if (p.weight != 1 || product.kind != product_node || product.value != 1 ||
                    product.count != 3)
                    continue;
                slope_terms found{k, j, -1};
                int matched = 0;
                for (int i = 0; i < 3; ++i) {
                    const operand f = in.child(product, i);
                    const node& factor = in.at(f.node);
                    const int inner = factor.count == 1 ? in.child(factor, 0).node : -1;
                    if (factor.kind == kind_of<op::sigmoid_primitive> && f.weight == 1 &&
                        inner == u)
                        ++matched;
                    else if (factor.kind == kind_of<op::sech_primitive> && f.weight == 2 &&
                             inner == argument)
                        ++matched;
                    else if (f.weight == 1 && !is_known(f.node)) found.w = f.node;
                }
                if (matched == 2 && found.w >= 0) return found;
            }
        }
        return {};
    }

private:
    /// Nodes without symbols are numbers: worked out here, in long double, once per element type.
    constexpr void find_constant(int i) {
        const node& n = in.at(i);
        if (n.kind == symbol_node) return;
        for (int k = 0; k < n.count; ++k) {
            if (!is_known(in.child(n, k).node)) return;
        }
        program_constant mine{};
        if (n.kind == constant_node) {
            mine = n.residual == 0 ? user_constant(n.value)
                                   : exact_constant(static_cast<long double>(n.value) +
                                                    static_cast<long double>(n.residual));
        } else if (n.kind == sum_node) {
            mine = user_constant(n.value);
            for (int k = 0; k < n.count; ++k) {
                const operand c = in.child(n, k);
                const program_constant term = times(number_of(c.node), user_constant(c.weight));
                mine = sum_of(mine, term);
            }
        } else if (n.kind == product_node) {
            mine = user_constant(n.value);
            for (int k = 0; k < n.count; ++k) {
                const operand c = in.child(n, k);
                mine = times(mine, raised_to(number_of(c.node), c.weight));
            }
        } else if (n.kind == kind_of<op::pi_primitive>) {
            mine = exact_constant(3.14159265358979323846264338327950288L);
        } else if (primitive_of(n.kind).long_value != nullptr) {
            long double a[3][4]{};
            for (int k = 0; k < n.count; ++k) {
                const program_constant& c = number_of(in.child(n, k).node);
                a[0][k] = c.for_float, a[1][k] = c.for_double, a[2][k] = c.for_long_double;
            }
            const auto value = primitive_of(n.kind).long_value;
            mine = {value(a[0]), value(a[1]), value(a[2])};
        } else {
            return;
        }
        known.items[i] = static_cast<int>(numbers.size());
        numbers.push_back(mine);
    }
};

}  // namespace chainrule::detail
