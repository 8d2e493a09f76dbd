// SPDX-License-Identifier: BSL-1.0
/// Where a formula has kinks and jumps, found numerically from its switches: the zeros of a − b in
/// select(a < b, …), max(a, b) and min(a, b), of u in abs(u) and sign(u), and the steps of round(u).
#pragma once

#include <chainrule/verify/runtime_program.hpp>
#include <chainrule/verify/special_values.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

namespace chainrule {

/// A point where the slopes from both sides differ, or the values do.
struct kink_point {
    double at = 0;
    double left_slope = 0;
    double right_slope = 0;
    bool is_jump = false;
};

namespace detail {

/// One switch function of a program along one input.
class switch_function {
public:
    switch_function(const runtime_program& owner, std::size_t which,
                    const std::vector<double>& inputs, std::size_t moving_input)
        : program(owner), output(which), wide(inputs.begin(), inputs.end()), moving(moving_input),
          results(owner.outputs()) {}

    long double operator()(double at) {
        if (moving < wide.size()) wide[moving] = static_cast<long double>(at);
        program.run(wide, results.data());
        return results[output];
    }

private:
    const runtime_program& program;  // NOLINT(cppcoreguidelines-avoid-const-or-ref-data-members)
    std::size_t output;
    std::vector<long double> wide;
    std::size_t moving;
    std::vector<long double> results;
};

inline int sign_of(long double v) { return v != v ? 2 : v > 0 ? 1 : v < 0 ? -1 : 0; }

/// The number halfway between two in the order of representable numbers.
inline double middle_number(double low, double high) {
    if (low < 0 && high > 0) return 0;
    if (low < 0) return -middle_number(-high, -low);
    const auto a = std::bit_cast<std::uint64_t>(low + 0.0);
    const auto b = std::bit_cast<std::uint64_t>(high + 0.0);
    return std::bit_cast<double>(a + (b - a) / 2);
}

/// The double nearest to the change of sign between low and high.
inline double bisect(switch_function& s, double low, double high) {
    const int below = sign_of(s(low));
    for (;;) {
        const double middle = middle_number(low, high);
        if (middle <= low || middle >= high) break;
        const int sign = sign_of(s(middle));
        if (sign == 0) return middle;
        (sign == below ? low : high) = middle;
    }
    return elementary::absolute(s(low)) <= elementary::absolute(s(high)) ? low : high;
}

/// Points at which switches are looked at: evenly spaced, and dense around 0.
inline std::vector<double> search_grid(double from, double to, int points) {
    std::vector<double> grid{from, to};
    for (int i = 1; i < points; ++i) {
        const double t = static_cast<double>(i) / points;
        grid.push_back(from * (1 - t) + to * t);
    }
    auto add = [&](double v) {
        if (v >= from && v <= to) grid.push_back(v);
    };
    add(0.0);
    for (double v = 0x1p-1074; v < 0x1p1023; v *= v < 0x1p-60 || v > 0x1p60 ? 0x1p8 : 2)
        add(v), add(-v);
    std::sort(grid.begin(), grid.end());
    grid.erase(std::unique(grid.begin(), grid.end()), grid.end());
    return grid;
}

/// All zeros of the kinks' switches on [from, to] that the grid separates, ascending.
inline std::vector<double> find_switch_points(const switching_program& formula,
                                              const std::vector<double>& inputs, std::size_t moving,
                                              double from, double to) {
    std::vector<double> found;
    const std::vector<double> grid = search_grid(from, to, 1024);
    for (std::size_t output = 1; output < formula.first_pole; ++output) {
        switch_function s(formula.program, output, inputs, moving);
        std::vector<long double> values;
        for (double v : grid) values.push_back(s(v));
        for (std::size_t i = 0; i < grid.size(); ++i) {
            const int sign = sign_of(values[i]);
            // A switch that is zero over a stretch has its kinks at the ends of it.
            if (sign == 0) found.push_back(grid[i]);
            if (i == 0) continue;
            const int before = sign_of(values[i - 1]);
            if (before != sign && before + sign != 3 &&
                (before * sign == -1 || before == 2 || sign == 2)) {
                found.push_back(bisect(s, grid[i - 1], grid[i]));
            } else if (before == 0 && sign != 0 && i >= 2 && sign_of(values[i - 2]) == 0) {
                found.push_back(bisect(s, grid[i - 1], grid[i]));
            } else if (i + 1 < grid.size() && sign * before == 1 &&
                       sign * sign_of(values[i + 1]) == 1) {
                // Two zeros between three grid points: look where |s| is smallest.
                auto size = [](long double v) { return elementary::absolute(v); };
                if (!(size(values[i]) < size(values[i - 1]) &&
                      size(values[i]) <= size(values[i + 1])))
                    continue;
                double low = grid[i - 1];
                double high = grid[i + 1];
                for (int step = 0; step < 100 && low < high; ++step) {
                    const double first = low + (high - low) * 0.382;
                    const double second = low + (high - low) * 0.618;
                    const long double at_first = s(first);
                    const long double at_second = s(second);
                    double crossed = first;
                    if (sign_of(at_second) != sign) crossed = second;
                    if (sign_of(at_first) != sign || sign_of(at_second) != sign) {
                        found.push_back(bisect(s, grid[i - 1], crossed));
                        found.push_back(bisect(s, crossed, grid[i + 1]));
                        break;
                    }
                    (size(at_first) < size(at_second) ? high : low) =
                        size(at_first) < size(at_second) ? second : first;
                }
            }
        }
    }
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return found;
}

/// Whether two results are the same but for rounding.
inline bool nearly_equal(double a, double b, double scale) {
    if (a == b || (a != a && b != b)) return true;
    return elementary::absolute(a - b) <= scale * 0x1p-40;
}

}  // namespace detail

/// The kinks and jumps of f as a function of x on [from, to], ascending, with the slopes on both sides:
/// find_kinks(hard_tanh, -5, 5, high = 2.0). A kink that no double hits is given at the nearest one.
/// Kinks closer to each other than 1/1000 of the interval may be missed.
template<expression F, detail::named_binding... B>
std::vector<kink_point> find_kinks(F, double from, double to, B... bindings) {
    using E = typename detail::substituted<F, B...>::type;
    (detail::require_symbol<F, B::name>(), ...);
    static_assert(((B::name.view() != "x") && ...),
                  "chainrule: find_kinks moves x itself; leave its value out");
    detail::symbol_table symbols;
    symbols.add<E>(bindings...);
    std::vector<double>& inputs = symbols.values;
    const std::size_t moving = symbols.find("x");
    if (moving == inputs.size()) return {};
    const auto graph = detail::graph_of<E>();
    const auto formula = detail::value_and_switches(graph, symbols);
    const auto& value = formula.program;
    const auto usual = detail::derivative_program(graph, symbols, "x", 1);
    const auto left = detail::derivative_program(graph, symbols, "x", 1, detail::kink_rule::left);
    const auto right = detail::derivative_program(graph, symbols, "x", 1, detail::kink_rule::right);
    auto at = [&](const detail::runtime_program& program, double point) {
        inputs[moving] = point;
        return program.value(inputs);
    };
    std::vector<kink_point> result;
    for (const double point : detail::find_switch_points(formula, inputs, moving, from, to)) {
        const double before = next_down(point);
        const double after = next_up(point);
        // At the tie itself the policies know; a kink between two doubles has no tie, and its sides do.
        const double slopes[] = {at(left, point), at(right, point), at(usual, before),
                                 at(usual, after)};
        const double scale = std::max(std::abs(slopes[2]), std::abs(slopes[3]));
        const double below = at(value, before);
        const double above = at(value, after);
        if (!std::isfinite(scale) || !std::isfinite(below) || !std::isfinite(above)) continue;
        // Between two doubles no policy applies, but the neighbours' slopes do.
        const bool is_tie = detail::nearly_equal(slopes[0], slopes[2], scale) &&
            detail::nearly_equal(slopes[1], slopes[3], scale);
        const double left_slope = is_tie ? slopes[0] : slopes[2];
        const double right_slope = is_tie ? slopes[1] : slopes[3];
        const double rounding = 0x1p-48 * std::max(std::abs(above), std::abs(below));
        const bool is_jump = std::abs(above - below) > 16 * scale * ulp_of(point) + rounding;
        if (!is_jump && detail::nearly_equal(left_slope, right_slope, scale)) continue;
        // Two switches that meet in one kink may be found at neighbouring numbers.
        if (!result.empty() && ulp_distance(result.back().at, point) <= 4) continue;
        result.push_back({point, left_slope, right_slope, is_jump});
    }
    return result;
}

}  // namespace chainrule
