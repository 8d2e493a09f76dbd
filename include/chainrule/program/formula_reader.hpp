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
    // Products in sums: 2; beside a 0 in a choice: 1; by their first operand.
    growing_list<char> is_hidden;
    growing_list<int> uses;
    growing_list<int> known;  // position in `numbers` of a node without symbols, else -1
    growing_list<program_constant> numbers;
    growing_list<char> has_slope;  // arguments whose σ(u)·σ(−u) or sech²u the program needs
    growing_list<char> has_tanh;   // arguments whose tanh it needs
    growing_list<char> has_tail;   // nodes whose digits count also where they are near 0

    constexpr explicit formula_reader(const graph& simplified) : in(simplified) {}

    /// Which nodes the roots need, how often, and which of them are numbers.
    constexpr void read(const std::vector<int>& roots) {
        const auto count = static_cast<std::size_t>(in.size());
        needed.assign(count, 0);
        is_hidden.assign(in.operands.size(), 0);
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
                if (in.at(c).kind != product_node) continue;
                char& hidden = is_hidden.items[in.at(c).first];
                if (n.kind == sum_node) hidden = 2;
                else if (hidden == 0 && chooses_zero(n)) hidden = 1;
            }
        }
        for (int i = 0; i < in.size(); ++i) {
            if (is_needed(i)) find_constant(i);
        }
    }

    [[nodiscard]] constexpr bool is_needed(int i) const { return needed.items[i] != 0; }
    /// Whether a node is a product in a sum.
    [[nodiscard]] constexpr bool is_term(const node& n) const {
        return n.kind == product_node && is_hidden.items[n.first] == 2;
    }
    /// Whether a node is a call that may give a 0 that it is given.
    [[nodiscard]] constexpr bool chooses_zero(const node& n) const {
        if (n.kind < first_call) return false;
        const primitive_info& primitive = primitive_of(n.kind);
        for (int k = primitive.chooses_from; k < primitive.arity; ++k) {
            if (in.is_number(in.child(n, k).node, 0)) return true;
        }
        return false;
    }
    [[nodiscard]] constexpr bool is_known(int i) const { return known.items[i] >= 0; }
    [[nodiscard]] constexpr const program_constant& number_of(int i) const {
        return numbers.items[known.items[i]];
    }

    /// Whether a node is a power whose exponent has no symbols.
    [[nodiscard]] constexpr bool is_power_of_number(int i) const {
        const node& n = in.at(i);
        return n.kind == kind_of<op::pow_primitive> && !is_known(i) &&
            is_known(in.child(n, 1).node);
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

    /// Whether a power may overflow, or lose its digits, where its symbols are far from it.
    [[nodiscard]] constexpr bool may_leave_range(const operand& f) const {
        if (is_known(f.node)) return false;
        const node& n = in.at(f.node);
        if (n.kind == kind_of<op::exp_primitive> || n.kind == kind_of<op::expm1_primitive> ||
            n.kind == kind_of<op::sinh_primitive> || n.kind == kind_of<op::cosh_primitive>)
            return true;
        const bool is_power = f.weight > 1 || f.weight < -1;
        if (n.kind == symbol_node || n.kind == kind_of<op::abs_primitive> ||
            n.kind == kind_of<op::root_sum_square_primitive>)
            return is_power;
        if (n.kind != sum_node && n.kind != product_node) return false;
        int unknown = 0;
        for (int k = 0; k < n.count; ++k) {
            const operand c = in.child(n, k);
            if (is_known(c.node)) continue;
            if (may_leave_range(n.kind == product_node ? c : operand{c.node, 1})) return true;
            ++unknown;
        }
        return is_power || (n.kind == product_node && unknown > 1);
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

    /// Whether e^u − 1 is used for u ≤ 0 only: as the other arm of a selection by 0 < u, or as a factor of
    /// it, with no e^u beside it to share with.
    [[nodiscard]] constexpr bool is_only_below_zero(const node& expm1) const {
        const int u = in.child(expm1, 0).node;
        int arms = 0;
        for (int i = 0; i < in.size(); ++i) {
            const node& n = in.at(i);
            if (!is_needed(i)) continue;
            if (n.kind == kind_of<op::exp_primitive> && in.child(n, 0).node == u) return false;
            if (n.kind != kind_of<op::selection<false>> || in.child(n, 1).node != u) continue;
            const int zero = in.child(n, 0).node;
            if (!is_known(zero) || number_of(zero).for_double != 0) continue;
            int arm = in.child(n, 3).node;
            if (in.at(arm).kind == product_node) {
                int inside = -1;
                for (int k = 0; k < in.at(arm).count; ++k) {
                    const operand f = in.child(in.at(arm), k);
                    if (&in.at(f.node) == &expm1 && f.weight == 1) inside = f.node;
                }
                if (inside < 0 || uses.items[arm] != 1) continue;
                arm = inside;
            }
            if (&in.at(arm) == &expm1 && uses.items[arm] == 1 && in.child(n, 2).node != arm) ++arms;
        }
        return arms == 1;
    }

    /// Whether the values of a node are in [-1, 1], which they are by its kind.
    [[nodiscard]] constexpr bool is_within_unit(int i) const {
        const int kind = in.at(i).kind;
        return !is_known(i) &&
            (kind == kind_of<op::tanh_primitive> || kind == kind_of<op::sigmoid_primitive> ||
             kind == kind_of<op::sech_primitive> || kind == kind_of<op::erf_primitive> ||
             kind == kind_of<op::normal_cdf_primitive> || kind == kind_of<op::sin_primitive> ||
             kind == kind_of<op::cos_primitive>);
    }

    /// A factor f^weight of a product with the argument `argument`.
    template<class Operation>
    [[nodiscard]] constexpr bool is_call(const operand& f, int argument, double weight = 1) const {
        const node& n = in.at(f.node);
        return n.kind == kind_of<Operation> && f.weight == weight &&
            in.child(n, 0).node == argument;
    }
    /// The factors sech²(softplus(u)) and σ(u) of a product.
    [[nodiscard]] constexpr factor_pair softplus_pair(const node& n) const {
        for (int k = 0; k < n.count; ++k) {
            const operand a = in.child(n, k);
            if (!is_sech_square(a) || a.weight != 2) continue;
            const int softplus = in.child(in.at(a.node), 0).node;
            if (!is_softplus(softplus)) continue;
            for (int j = 0; j < n.count; ++j) {
                const operand b = in.child(n, j);
                if (is_call<op::sigmoid_primitive>(b, in.child(in.at(softplus), 0).node) &&
                    !sigmoid_pair(n).contains(j))
                    return {k, j, 1};
            }
        }
        return {};
    }

    /// The factors of a product, through products that others need too.
    struct factor_count {
        int exp = 0;
        int expm1 = 0;
        int sigmoid = 0;
        int opposite = 0;
        int other = 0;
    };
    constexpr void count_factors(const operand& f, int u, factor_count& count) const {
        const node& n = in.at(f.node);
        if (n.kind == product_node && n.value == 1 && f.weight == 1) {
            for (int k = 0; k < n.count; ++k) count_factors(in.child(n, k), u, count);
            return;
        }
        const bool is_plain = f.weight == 1 && n.count == 1;
        const int argument = is_plain ? in.child(n, 0).node : -1;
        if (is_plain && n.kind == kind_of<op::exp_primitive> && argument == u) ++count.exp;
        else if (is_plain && n.kind == kind_of<op::expm1_primitive> && argument == u) ++count.expm1;
        else if (is_plain && n.kind == kind_of<op::sigmoid_primitive> && argument == u)
            ++count.sigmoid;
        else if (is_plain && n.kind == kind_of<op::sigmoid_primitive> && are_opposite(argument, u))
            ++count.opposite;
        else ++count.other;
    }
    /// Whether a sum is e^u·σ(u) + (e^u − 1)·σ(u)·σ(−u).
    [[nodiscard]] constexpr bool is_expm1_sigmoid_slope(const node& n) const {
        if (n.count != 2 || n.value != 0) return false;
        for (int k = 0; k < 2; ++k) {
            const node& product = in.at(in.child(n, k).node);
            if (product.kind != product_node || product.count != 2) continue;
            for (int i = 0; i < 2; ++i) {
                const int exponential = in.child(product, i).node;
                if (in.at(exponential).kind != kind_of<op::exp_primitive>) continue;
                const int u = in.child(in.at(exponential), 0).node;
                factor_count first;
                factor_count second;
                count_factors(in.child(n, k), u, first);
                count_factors(in.child(n, 1 - k), u, second);
                if (first.exp == 1 && first.sigmoid == 1 && first.other + first.opposite == 0 &&
                    second.expm1 == 1 && second.sigmoid == 1 && second.opposite == 1 &&
                    second.exp + second.other == 0)
                    return true;
            }
        }
        return false;
    }
    /// a·s + b·s³ times a positive number.
    struct scaled_cubic {
        int symbol = -1;
        program_constant linear{};
        program_constant cubic{};
    };
    [[nodiscard]] constexpr scaled_cubic find_scaled_cubic(int i) const {
        const node& n = in.at(i);
        coefficient scale;
        int inner = i;
        if (n.kind == product_node) {
            if (n.value <= 0) return {};
            scale.plain = n.value;
            inner = -1;
            for (int k = 0; k < n.count; ++k) {
                const operand f = in.child(n, k);
                if (is_known(f.node)) {
                    multiply_into(scale, raised_to(number_of(f.node), f.weight));
                    continue;
                }
                if (inner >= 0 || f.weight != 1) return {};
                inner = f.node;
            }
            if (inner < 0) return {};
        }
        const odd_cubic found = find_odd_cubic(inner);
        if (found.symbol < 0) return {};
        return {found.symbol, times(whole(found.linear), whole(scale)),
                times(whole(found.cubic), whole(scale))};
    }
    /// σ(u) + s·u′·σ(u)·σ(−u), the slope of s·σ(u), for u = c·s, or with a symbol for u = a·s + b·s³.
    struct sigmoid_product_slope {
        int argument = -1;
        int symbol = -1;
        program_constant cubic{};
    };
    [[nodiscard]] constexpr sigmoid_product_slope find_sigmoid_product_slope(const node& n) const {
        if (n.count != 2 || n.value != 0) return {};
        for (int k = 0; k < 2; ++k) {
            const operand value = in.child(n, k);
            const operand term = in.child(n, 1 - k);
            if (in.at(value.node).kind != kind_of<op::sigmoid_primitive> || value.weight != 1 ||
                is_known(value.node) || in.at(term.node).kind != product_node)
                continue;
            const int argument = in.child(in.at(value.node), 0).node;
            const sigmoid_product_slope cubic = as_cubic_slope(term, argument);
            const sigmoid_product_slope found =
                cubic.argument >= 0 ? cubic : as_linear_slope(term, argument);
            if (found.argument >= 0) return found;
        }
        return {};
    }
    [[nodiscard]] constexpr sigmoid_product_slope as_cubic_slope(const operand& term,
                                                                 int argument) const {
        const node& product = in.at(term.node);
        const factor_pair pair = sigmoid_pair(product);
        const scaled_cubic u = find_scaled_cubic(argument);
        if (u.symbol < 0 || pair.first < 0) return {};
        coefficient scale{product.value};
        multiply_into(scale, user_constant(term.weight));
        int symbols = 0;
        int sum = -1;
        bool fits = true;
        for (int j = 0; j < product.count; ++j) {
            const operand f = in.child(product, j);
            if (is_known(f.node)) multiply_into(scale, raised_to(number_of(f.node), f.weight));
            else if (pair.contains(j))
                fits = fits && f.weight == 1 &&
                    (in.child(in.at(f.node), 0).node == argument ||
                     are_opposite(in.child(in.at(f.node), 0).node, argument));
            else if (f.node == u.symbol && f.weight == 1) ++symbols;
            else if (in.at(f.node).kind == sum_node && f.weight == 1 && sum < 0) sum = f.node;
            else fits = false;
        }
        if (!fits || symbols != 1 || sum < 0 || in.at(sum).count != 1) return {};
        // Its factor a + 3b·s² is u′.
        const operand square = in.child(in.at(sum), 0);
        coefficient bend = scale;
        multiply_into(bend, user_constant(square.weight));
        int squares = 0;
        const node& power = in.at(square.node);
        if (power.kind != product_node) return {};
        multiply_into(bend, user_constant(power.value));
        for (int j = 0; j < power.count; ++j) {
            const operand f = in.child(power, j);
            if (is_known(f.node)) multiply_into(bend, raised_to(number_of(f.node), f.weight));
            else squares += f.node == u.symbol && f.weight == 2 ? 1 : 2;
        }
        multiply_into(scale, user_constant(in.at(sum).value));
        auto are_equal = [](long double p, long double q) {
            return magnitude(static_cast<double>(p - q)) <=
                1e-14 * magnitude(static_cast<double>(q));
        };
        if (squares == 1 && are_equal(whole(scale).for_double, u.linear.for_double) &&
            are_equal(whole(bend).for_double, 3 * u.cubic.for_double))
            return {argument, u.symbol, u.cubic};
        return {};
    }
    [[nodiscard]] constexpr sigmoid_product_slope as_linear_slope(const operand& term,
                                                                  int argument) const {
        const node& product = in.at(term.node);
        const factor_pair pair = sigmoid_pair(product);
        const node& u = in.at(argument);
        const bool is_multiple = u.kind == product_node;
        if (term.weight != 1 || pair.first < 0 ||
            product.count != 2 + (is_multiple ? u.count : 1) ||
            product.value != (is_multiple ? u.value : 1) || product.value <= 0)
            return {};
        bool fits = true;
        int next = 0;  // factors are in order
        for (int j = 0; j < product.count; ++j) {
            const operand f = in.child(product, j);
            if (pair.contains(j)) {
                const int of = in.child(in.at(f.node), 0).node;
                fits = fits && f.weight == 1 && (of == argument || are_opposite(of, argument));
                continue;
            }
            const operand own = is_multiple ? in.child(u, next++) : operand{argument, 1};
            fits = fits && f.node == own.node && f.weight == own.weight;
        }
        if (!fits) return {};
        return {argument};
    }
    /// Two terms of a sum, the product rule's, that cancel next to its root:
    ///     tanh(softplus(u)) + w·σ(u)·sech²(softplus(u))
    ///     tanh(u) + w·u·sech²(u)
    ///     Φ(u) + u·φ(u)
    /// Their positions, and w where it is a node.
    struct slope_terms {
        int first = -1;
        int second = -1;
        int w = -1;
        [[nodiscard]] constexpr bool contains(int k) const {
            return k >= 0 && (k == first || k == second);
        }
    };
    [[nodiscard]] constexpr slope_terms find_slope_terms(const node& n) const {
        for (int k = 0; k < n.count; ++k) {
            const operand t = in.child(n, k);
            const int kind = in.at(t.node).kind;
            if (t.weight != 1 || is_known(t.node)) continue;
            if (kind != kind_of<op::tanh_primitive> && kind != kind_of<op::normal_cdf_primitive>)
                continue;
            const int argument = in.child(in.at(t.node), 0).node;
            const bool is_tanh = kind == kind_of<op::tanh_primitive>;
            if (!is_tanh || !is_softplus(argument)) {
                for (int j = 0; j < n.count; ++j) {
                    const operand p = in.child(n, j);
                    const node& product = in.at(p.node);
                    if (p.weight != 1 || product.kind != product_node || product.value != 1 ||
                        product.count != 2 || is_known(p.node))
                        continue;
                    for (int i = 0; i < 2; ++i) {
                        const operand f = in.child(product, i);
                        const operand w = in.child(product, 1 - i);
                        if (w.weight != 1 || is_known(w.node)) continue;
                        const bool matches = is_tanh
                            ? is_call<op::sech_square_product_primitive>(f, argument)
                            : is_call<op::normal_pdf_primitive>(f, argument) && w.node == argument;
                        if (matches) return {k, j, w.node};
                    }
                }
                continue;
            }
            for (int j = 0; j < n.count; ++j) {
                const operand p = in.child(n, j);
                const node& product = in.at(p.node);
                if (product.kind != product_node || is_known(p.node) ||
                    (magnitude(p.weight) != 1 && product.value != 1))
                    continue;
                const factor_pair pair = softplus_pair(product);
                if (pair.first >= 0 &&
                    in.child(in.at(in.child(product, pair.first).node), 0).node == argument)
                    return {k, j, -1};
            }
        }
        return {};
    }

    /// From this size on a number beside terms settles how exact they need be.
    static constexpr double least_settling = 0x1p-4;

    /// Whether term k of a sum is near 0 where the sum is not: the two terms of a slope beside a number, or
    /// a·tanh(u)·s beside c·s with 0 < a <= 1 and a positive c.
    [[nodiscard]] constexpr bool is_settled(const node& n, const slope_terms& slope, int k) const {
        if (magnitude(n.value) >= least_settling && slope.first >= 0 &&
            (k == slope.first || k == slope.second))
            return in.at(in.child(n, slope.first).node).kind == kind_of<op::tanh_primitive>;
        const operand term = in.child(n, k);
        const node& product = in.at(term.node);
        const double scale = term.weight * product.value;
        if (product.kind != product_node || scale <= 0 || scale > 1 || product.count != 2 ||
            is_known(term.node))
            return false;
        for (int i = 0; i < 2; ++i) {
            const operand s = in.child(product, 1 - i);
            if (in.at(in.child(product, i).node).kind != kind_of<op::tanh_primitive> ||
                in.child(product, i).weight != 1 || s.weight != 1)
                continue;
            for (int j = 0; j < n.count; ++j) {
                operand other = in.child(n, j);
                const node& scaled = in.at(other.node);
                if (scaled.kind == product_node && scaled.count == 1 &&
                    in.child(scaled, 0).weight == 1)
                    other = {in.child(scaled, 0).node, other.weight * scaled.value};
                if (other.node == s.node && other.weight >= least_settling) return true;
            }
        }
        return false;
    }
    /// Marks the nodes that something needs to all digits of theirs.
    constexpr void find_tails(const std::vector<int>& roots) {
        for (int root : roots) has_tail.items[root] = 1;
        for (int i = in.size() - 1; i >= 0; --i) {
            if (has_tail.items[i] == 0) continue;
            const node& n = in.at(i);
            const slope_terms slope = n.kind == sum_node ? find_slope_terms(n) : slope_terms{};
            for (int k = 0; k < n.count; ++k) {
                if (n.kind != sum_node || !is_settled(n, slope, k))
                    has_tail.items[in.child(n, k).node] = 1;
            }
        }
    }

    /// tanh²u where nothing else needs tanh u.
    /// sin²(u), where that sine is needed for nothing else but sums sin(u) + cos(u), which are read otherwise.
    [[nodiscard]] constexpr bool is_sine_square(const operand& f) const {
        if (in.at(f.node).kind != kind_of<op::sin_primitive> || f.weight != 2 || is_known(f.node))
            return false;
        int users = 0;
        for (int i = 0; i < in.size(); ++i) {
            const node& user = in.at(i);
            if (!is_needed(i) || (user.kind == sum_node && user.count == 2 && user.value == 0))
                continue;
            for (int k = 0; k < user.count; ++k) users += in.child(user, k).node == f.node ? 1 : 0;
        }
        return users == 1;
    }
    [[nodiscard]] constexpr bool is_tanh_square(const operand& f) const {
        return in.at(f.node).kind == kind_of<op::tanh_primitive> && f.weight == 2 &&
            uses.items[f.node] == 1 && !is_known(f.node) &&
            has_slope.items[in.child(in.at(f.node), 0).node] == 0 &&
            !is_softplus(in.child(in.at(f.node), 0).node);
    }
    /// The factors u + √(u² + v) and 1/√(u² + v) of a product.
    [[nodiscard]] constexpr factor_pair conjugate_pair(const node& n) const {
        for (int k = 0; k < n.count; ++k) {
            const operand a = in.child(n, k);
            const node& sum = in.at(a.node);
            if (sum.kind != kind_of<op::conjugate_sum_primitive> || a.weight != 1 ||
                is_known(a.node))
                continue;
            for (int j = 0; j < n.count; ++j) {
                const operand b = in.child(n, j);
                const node& root = in.at(b.node);
                if (root.kind != kind_of<op::root_sum_square_primitive> || b.weight != -1) continue;
                const int u = in.child(sum, 0).node;
                const int other = in.child(root, 0).node;
                if (in.child(sum, 1).node == in.child(root, 1).node &&
                    (u == other || are_opposite(u, other)))
                    return {k, j, 1};
            }
        }
        return {};
    }
    /// The argument u of a factor (sin(u) + cos(u))², or −u of (sin(u) − cos(u))² = (sin(−u) + cos(−u))².
    struct sine_cosine_argument {
        int node = -1;
        bool is_opposite = false;
    };
    [[nodiscard]] constexpr sine_cosine_argument sine_plus_cosine(const operand& f) const {
        const node& n = in.at(f.node);
        if (n.kind != sum_node || n.count != 2 || n.value != 0 || f.weight != 2) return {};
        for (int k = 0; k < 2; ++k) {
            const operand s = in.child(n, k);
            const operand c = in.child(n, 1 - k);
            if (in.at(s.node).kind != kind_of<op::sin_primitive> || s.weight != 1 ||
                is_known(s.node) || magnitude(c.weight) != 1)
                continue;
            const int u = in.child(in.at(s.node), 0).node;
            if (is_call<op::cos_primitive>(c, u, c.weight)) return {u, c.weight < 0};
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
        } else if (primitive_of(n.kind).has_long_value) {
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
