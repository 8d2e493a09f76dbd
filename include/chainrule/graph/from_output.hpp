// SPDX-License-Identifier: BSL-1.0
/// The slope of a formula as a function of its value: with y = f(x), f′(f⁻¹(y)). Worked out node by node
/// from the outside in, so an inverse is formed only where the slope needs one. Found for formulas in which
/// one path leads to x, through sums, products, roots, invertible primitives, max and min with a number,
/// and select() with two rising arms (the threshold on x becomes one on y).
#pragma once

#include <chainrule/graph/describe.hpp>
#include <chainrule/graph/failure.hpp>

namespace chainrule {

namespace detail {

/// derivative_from_output(f): a formula in which x stands for the output of f.
template<class F>
struct output_derivative_expression : formula_interface<output_derivative_expression<F>> {};

/// The smallest of the factors that must be positive for that to be true; 1 if there is none.
template<class F>
struct output_guard_expression : formula_interface<output_guard_expression<F>> {};

struct inverse_functions {
    bool is_known = false;  ///< not compared with nullptr, see registry.hpp
    handle (*inverse)(handle) = nullptr;
    handle (*slope)(handle) = nullptr;
};

template<class Operation>
constexpr inverse_functions find_inverse() {
    if constexpr (requires(handle y) { Operation::inverse(y); }) {
        return {true, [](handle y) -> handle { return Operation::inverse(y); },
                [](handle y) -> handle { return Operation::slope_from_output(y); }};
    } else {
        return {};
    }
}

template<class List>
struct inverse_table;
template<class... Operation>
struct inverse_table<type_list<Operation...>> {
    static constexpr std::array<inverse_functions, sizeof...(Operation)> rows{
        find_inverse<Operation>()...};
};

class output_slope {
public:
    constexpr output_slope(graph& target, int root_node) : g(target), root(root_node) {
        for (int i = 0; i <= root; ++i) moves.push_back(find_moves(i) ? 1 : 0);
    }

    std::string_view reason;  ///< why there is none; empty if there is one
    std::vector<int> guards;  ///< must be positive

    constexpr handle run(handle y) {
        if (!depends(root)) return y.number(0);
        return solve(root, y).slope;
    }

private:
    graph& g;  // NOLINT(cppcoreguidelines-avoid-const-or-ref-data-members): a short-lived worker
    int root;
    growing_list<char> moves;
    int inside_arms = 0;
    bool shifted = false;  ///< on the way here y went through a sum or an inverse
    bool scaled = false;   ///< ... through a product

    static constexpr std::string_view blurred = "max, min or a constant arm inside a sum, product "
                                                "or function: rounding hides where it begins";

    /// Whether y still is exactly `bound` where the formula stops there.
    [[nodiscard]] constexpr bool is_sharp(handle bound) const {
        return !shifted && (!scaled || bound.is_zero());
    }

    struct solution {
        handle slope;
        int direction;  ///< 1 rises, −1 falls (guards being positive), 0 constant
    };

    [[nodiscard]] constexpr bool depends(int i) const {
        return moves[static_cast<std::size_t>(i)] != 0;
    }
    [[nodiscard]] constexpr bool find_moves(int i) const {
        const node& n = g.at(i);
        if (n.kind == symbol_node) return g.symbol_of(i).name == "x";
        for (int k = 0; k < n.count; ++k) {
            if (depends(g.child(n, k).node)) return true;
        }
        return false;
    }

    constexpr solution give_up(handle y, std::string_view why) {
        if (reason.empty()) reason = why;
        return {y.number(0), 1};
    }

    /// The only child that depends on x; −1 if there are several.
    [[nodiscard]] constexpr int only_child(const node& n) const {
        int found = -1;
        for (int k = 0; k < n.count; ++k) {
            if (!depends(g.child(n, k).node)) continue;
            if (found >= 0) return -1;
            found = k;
        }
        return found;
    }

    constexpr void guard(handle factor, bool sign_matters) {
        if (g.is_constant(factor.node)) return;
        guards.push_back(sign_matters ? factor.node : abs(factor).node);
    }

    /// Node i has the value y.
    constexpr solution solve(int i, handle y) {
        const node n = g.at(i);
        if (n.kind == symbol_node) return {y.number(1), 1};
        if (n.kind == sum_node) return solve_sum(n, y);
        if (n.kind == product_node) return solve_product(n, y);
        if (n.kind == first_call + primitive_index<op::max_primitive>)
            return solve_bound(n, y, true);
        if (n.kind == first_call + primitive_index<op::min_primitive>)
            return solve_bound(n, y, false);
        if (n.kind == first_call + primitive_index<op::selection<false>>)
            return solve_selection(n, y, false);
        if (n.kind == first_call + primitive_index<op::selection<true>>)
            return solve_selection(n, y, true);
        const inverse_functions& f =
            inverse_table<all_primitives>::rows[static_cast<std::size_t>(n.kind - first_call)];
        if (!f.is_known) {
            return give_up(
                y, "it has a primitive that is not monotone, or whose inverse is not known");
        }
        shifted = true;
        const solution inner = solve(g.child(n, 0).node, f.inverse(y));
        return {f.slope(y) * inner.slope, inner.direction};
    }

    constexpr solution solve_sum(const node& n, handle y) {
        const int k = only_child(n);
        if (k < 0) return give_up(y, "x stands in several terms of a sum");
        handle rest = y.number(n.value);
        for (int j = 0; j < n.count; ++j) {
            const operand c = g.child(n, j);
            if (j != k) rest = rest + c.weight * handle(g, c.node);
        }
        const operand chosen = g.child(n, k);
        shifted = true;
        const handle term = y - rest;
        const solution inner = solve(chosen.node, chosen.weight == 1 ? term : term / chosen.weight);
        return {chosen.weight == 1 ? inner.slope : chosen.weight * inner.slope,
                chosen.weight > 0 ? inner.direction : -inner.direction};
    }

    constexpr solution solve_product(const node& n, handle y) {
        const int k = only_child(n);
        if (k < 0) return give_up(y, "x stands in several factors, as in x * sigmoid(x)");
        const operand chosen = g.child(n, k);
        const double power = chosen.weight;
        // u^2 is not monotone; of u^3 = y < 0 there is no root by pow.
        if (power == elementary::round_half_even(power) && power != 1 && power != -1)
            return give_up(y, "it has a whole power of x");
        handle factor = y.number(n.value);
        int sign = n.value < 0 ? -1 : 1;
        for (int j = 0; j < n.count; ++j) {
            const operand c = g.child(n, j);
            if (j == k) continue;
            const handle base(g, c.node);
            factor = c.weight == 1 ? factor * base : factor * raised(base, c.weight);
            if (g.is_constant(c.node) && g.at(c.node).value < 0) sign = -sign;
            guard(base, inside_arms > 0);
        }
        scaled = scaled || !factor.is_one();
        shifted = shifted || chosen.weight != 1;
        if (chosen.weight == 1) {
            const solution inner = solve(chosen.node, factor.is_one() ? y : y / factor);
            return {factor * inner.slope, sign * inner.direction};
        }
        if (chosen.weight == -1) {
            const solution inner = solve(chosen.node, factor / y);
            return {-(y * y / factor) * inner.slope, -sign * inner.direction};
        }
        const handle raised_child = factor.is_one() ? y : y / factor;  // u^p, u >= 0
        const solution inner = solve(chosen.node, raised(raised_child, 1 / power));
        return {factor * power * raised(raised_child, (power - 1) / power) * inner.slope,
                (power > 0 ? sign : -sign) * inner.direction};
    }

    /// max(u, c) and min(u, c): c is what the value says nothing about x at.
    constexpr solution solve_bound(const node& n, handle y, bool is_max) {
        const int k = only_child(n);
        if (k < 0) return give_up(y, "x stands in both operands of max or min");
        const handle bound(g, g.child(n, 1 - k).node);
        if (!is_sharp(bound)) return give_up(y, blurred);
        const solution inner = solve(g.child(n, k).node, y);
        return {is_max ? select_less(bound, y, inner.slope, y.number(0))
                       : select_less(y, bound, inner.slope, y.number(0)),
                inner.direction};
    }

    /// x < t ? low : high, or t < x ? high : low.
    constexpr solution solve_selection(const node& n, handle y, bool or_equal) {
        const int a = g.child(n, 0).node;
        const int b = g.child(n, 1).node;
        const bool x_first = g.at(a).kind == symbol_node && depends(a) && !depends(b);
        const bool x_second = g.at(b).kind == symbol_node && depends(b) && !depends(a);
        if (!x_first && !x_second)
            return give_up(y, "the condition of a select() is not x beside a number");
        const int threshold = x_first ? b : a;
        const int low = g.child(n, x_first ? 2 : 3).node;
        const int high = g.child(n, x_first ? 3 : 2).node;
        const bool was_shifted = shifted;
        const bool was_scaled = scaled;
        ++inside_arms;
        const solution lower = depends(low) ? solve(low, y) : solution{y.number(0), 0};
        shifted = was_shifted;
        scaled = was_scaled;
        const solution upper = depends(high) ? solve(high, y) : solution{y.number(0), 0};
        --inside_arms;
        shifted = was_shifted;
        scaled = was_scaled;
        if ((lower.direction == 0 || upper.direction == 0) && !is_sharp(handle(g, threshold)))
            return give_up(y, blurred);
        if (lower.direction < 0 || upper.direction < 0)
            return give_up(y, "an arm of a select() falls");
        // Where they meet. A constant arm says nothing about x, so there its slope 0 holds at the meeting.
        const handle meeting(g, at_threshold(depends(high) ? high : low, threshold));
        const handle opposite(g, at_threshold(depends(high) ? low : high, threshold));
        if (!meets(meeting, opposite))
            return give_up(y, "the arms of a select() do not meet at its threshold");
        const bool upper_owns_tie =
            upper.direction == 0 || (lower.direction != 0 && x_first != or_equal);
        const handle slope = upper_owns_tie ? select_less(y, meeting, lower.slope, upper.slope)
                                            : select_less(meeting, y, upper.slope, lower.slope);
        return {slope, lower.direction > upper.direction ? lower.direction : upper.direction};
    }

    /// Whether u = v, tried out with two sets of positive numbers for the parameters.
    [[nodiscard]] constexpr bool meets(handle u, handle v) const {
        for (long double start : {0.37L, 1.61L}) {
            const long double a = try_out(u.node, start);
            const long double b = try_out(v.node, start);
            const long double size = (a < 0 ? -a : a) + (b < 0 ? -b : b) + 1;
            const long double gap = a < b ? b - a : a - b;
            if (!(gap <= 1e-15L * size)) return false;
        }
        return true;
    }

    /// The value of node i with the symbols at start + 0.11, start + 0.22 ...
    [[nodiscard]] constexpr long double try_out(int i, long double start) const {
        const node& n = g.at(i);
        if (n.kind == constant_node)
            return static_cast<long double>(n.value) + static_cast<long double>(n.residual);
        if (n.kind == symbol_node) return start + 0.11L * (static_cast<long double>(n.value) + 1);
        long double result = n.value;
        long double arguments[4]{};
        for (int k = 0; k < n.count; ++k) {
            const operand c = g.child(n, k);
            const long double child = try_out(c.node, start);
            const auto weight = static_cast<long double>(c.weight);
            if (n.kind == sum_node) result += weight * child;
            else if (n.kind == product_node)
                result *= weight == 1 ? child
                    : weight == -1    ? 1 / child
                                      : elementary::pow(child, weight);
            else arguments[k] = child;
        }
        if (n.kind < first_call) return result;
        if (n.kind == first_call + primitive_index<op::pi_primitive>)
            return 3.14159265358979323846264338327950288L;
        const primitive_info& p = primitive_of(n.kind);
        return p.has_long_value ? p.long_value(arguments)
                                : std::numeric_limits<long double>::quiet_NaN();
    }

    /// Node i with x replaced by the node t.
    constexpr int at_threshold(int i, int t) {
        if (!depends(i)) return i;
        const node n = g.at(i);
        if (n.kind == symbol_node) return t;
        operand_list children;
        for (int k = 0; k < n.count; ++k) {
            const operand c = g.child(n, k);
            children.push_back({at_threshold(c.node, t), c.weight});
        }
        return g.put(n.kind, n.value, n.residual, children.data(), children.size());
    }
};

template<class F>
constexpr int lower_from_output(graph& own, bool as_written, bool guards) {
    lowering_scope scope{own, {}, {}, as_written};
    std::vector<int> roots{lower<F>(scope)};
    own = simplified(own, roots, for_programs);
    output_slope found(own, roots[0]);
    const handle slope = found.run(handle(own, own.symbol("x", no_value, true)));
    if (!found.reason.empty() && own.problem.kind == failure_kind::none) {
        own.problem.kind = failure_kind::not_invertible;
        own.problem.text = found.reason;
    }
    if (!guards) return slope.node;
    handle least = slope.number(1);
    for (int i : found.guards) least = min(handle(own, i), least);
    return least.node;
}

template<class F>
inline constexpr std::uint64_t type_hash<output_derivative_expression<F>> = combine_hashes<F>(17);
template<class F>
inline constexpr std::uint64_t type_hash<output_guard_expression<F>> = combine_hashes<F>(18);
template<class F>
inline constexpr int type_size<output_derivative_expression<F>> = 4 * type_size<F>;
template<class F>
inline constexpr int type_size<output_guard_expression<F>> = type_size<F>;

template<class F>
struct lowering<output_derivative_expression<F>> {
    static constexpr int build(lowering_scope& s) {
        graph own;
        const int slope = lower_from_output<F>(own, s.as_written, false);
        return splice(s, own, slope);
    }
};
template<class F>
struct lowering<output_guard_expression<F>> {
    static constexpr int build(lowering_scope& s) {
        graph own;
        const int least = lower_from_output<F>(own, s.as_written, true);
        return splice(s, own, least);
    }
};

}  // namespace detail

/// f′ as a formula of the output: in it, x stands for y = f(x). derivative_from_output(sigmoid(x)) is
/// x * (1 - x). Refused at compile time where f is not monotone or its inverse is not known; parameters
/// that scale an arm of a select() must be positive (backward_from_output checks it).
template<expression F>
constexpr auto derivative_from_output(F) {
    detail::require_valid<detail::output_derivative_expression<F>>();
    return detail::output_derivative_expression<F>{};
}

}  // namespace chainrule
