// SPDX-License-Identifier: BSL-1.0
#include "kinks.hpp"

#include <chainrule/graph/lower.hpp>

#include "graph_program.hpp"
#include "grids.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <map>
#include <utility>

namespace chainrule::report {

namespace {

using detail::graph;
using detail::handle;
using detail::node;

/// Places where a primitive is not smooth are the zeros of these functions of its arguments.
using critical_function = handle (*)(graph&, const node&);

handle argument(graph& g, const node& n, int k) { return {g, g.child(n, k).node}; }

const std::map<std::string_view, critical_function>& critical_functions() {
    static const critical_function difference = [](graph& g, const node& n) {
        return argument(g, n, 0) - argument(g, n, 1);
    };
    static const critical_function zero = [](graph& g, const node& n) { return argument(g, n, 0); };
    static const std::map<std::string_view, critical_function> table{
        {"max", difference},
        {"min", difference},
        {"select_less", difference},
        {"select_less_equal", difference},
        {"abs", zero},
        {"sign", zero},
        {"sqrt", zero},
        {"log", zero},
        {"log1mexp", zero},
        {"pow", zero},
        {"root_sum_square", zero},
        {"conjugate_sum", zero},
        {"log1p", [](graph& g, const node& n) { return argument(g, n, 0) + 1.0; }},
        {"round",
         [](graph& g, const node& n) { return argument(g, n, 0) - round(argument(g, n, 0)); }},
        {"tan", [](graph& g, const node& n) { return cos(argument(g, n, 0)); }},
    };
    return table;
}

/// The nodes whose zeros are candidates, added to the graph.
std::vector<int> critical_nodes(graph& g, int root) {
    std::vector<char> needed(static_cast<std::size_t>(root) + 1, 0);
    needed.back() = 1;
    std::vector<int> result;
    for (int i = root; i >= 0; --i) {
        if (needed[static_cast<std::size_t>(i)] == 0) continue;
        const node n = g.at(i);  // a copy: the graph grows
        for (int k = 0; k < n.count; ++k) needed[static_cast<std::size_t>(g.child(n, k).node)] = 1;
        if (n.kind == detail::product_node) {
            for (int k = 0; k < n.count; ++k) {
                const detail::operand factor = g.child(n, k);
                const bool is_singular =
                    factor.weight < 0 || factor.weight != std::floor(factor.weight);
                if (is_singular && !g.is_constant(factor.node)) result.push_back(factor.node);
            }
        } else if (n.kind >= detail::first_call) {
            const auto found = critical_functions().find(detail::primitive_of(n.kind).name);
            if (found != critical_functions().end()) result.push_back(found->second(g, n).node);
        }
    }
    std::ranges::sort(result);
    result.erase(std::ranges::unique(result).begin(), result.end());
    std::erase_if(result, [&](int i) { return g.is_constant(i); });
    return result;
}

/// Dense near 0, geometric farther out.
std::vector<double> search_grid(std::size_t steps_per_point) {
    const std::size_t points =
        std::clamp<std::size_t>(4'000'000 / (steps_per_point + 1), 400, 4000);
    return widening_grid(dense_kink_limit, points + 1, kink_search_limit, 400);
}

int sign_of(long double v) { return v != v ? 2 : (v > 0) - (v < 0); }

/// One critical function along x.
class critical_path {
public:
    critical_path(const graph_program& all, std::size_t which) : program(all), index(which) {}
    long double operator()(double x) {
        program.run(static_cast<long double>(x), results);
        return results[index];
    }

private:
    const graph_program& program;  // NOLINT(cppcoreguidelines-avoid-const-or-ref-data-members)
    std::size_t index;
    std::vector<long double> results;
};

/// The place between low and high where the sign of the function changes; exact where it can be.
double bisect(critical_path& path, double low, double high) {
    const int left = sign_of(path(low));
    while (true) {
        const double middle = low + (high - low) / 2;
        if (middle <= low || middle >= high) break;
        (sign_of(path(middle)) == left ? low : high) = middle;
    }
    return sign_of(path(low)) == 0 ? low : high;
}

/// The place of the smallest |value| between low and high (golden section).
double touch(critical_path& path, double low, double high) {
    constexpr double ratio = 0.6180339887498949;
    for (int i = 0; i < 80; ++i) {
        const double a = high - ratio * (high - low);
        const double b = low + ratio * (high - low);
        (std::fabs(path(a)) < std::fabs(path(b)) ? high : low) =
            std::fabs(path(a)) < std::fabs(path(b)) ? b : a;
    }
    return low + (high - low) / 2;
}

/// The short decimal number that is as good as x, if there is one.
double shortened(double x, double tolerance) {
    std::array<char, 40> text{};
    std::snprintf(text.data(), text.size(), "%.12g", x);
    const double candidate = std::strtod(text.data(), nullptr);
    if (std::fabs(candidate) < 1e-300) return 0;
    return std::fabs(candidate - x) <= tolerance * std::fabs(x) ? candidate : x;
}

/// Places where some critical function vanishes or changes sign.
std::vector<double> candidates(const graph_program& program) {
    const std::vector<double> grid = search_grid(program.steps());
    std::vector<std::vector<long double>> values(grid.size());
    for (std::size_t i = 0; i < grid.size(); ++i) {
        program.run(static_cast<long double>(grid[i]), values[i]);
    }
    std::vector<double> result;
    for (std::size_t which = 0; which < program.outputs(); ++which) {
        critical_path path(program, which);
        for (std::size_t i = 0; i + 1 < grid.size(); ++i) {
            const long double here = values[i][which];
            const long double next = values[i + 1][which];
            if (sign_of(here) != sign_of(next)) {
                result.push_back(shortened(bisect(path, grid[i], grid[i + 1]), 1e-15));
            } else if (i > 0 && sign_of(values[i - 1][which]) == sign_of(here) &&
                       std::fabs(here) < std::fabs(values[i - 1][which]) &&
                       std::fabs(here) <= std::fabs(next)) {
                const double x = shortened(touch(path, grid[i - 1], grid[i + 1]), 1e-6);
                if (std::fabs(path(x)) < 1e-12L) result.push_back(x);
            }
        }
    }
    std::ranges::sort(result);
    const auto same = [](double a, double b) {
        return std::fabs(a - b) <= 1e-12 * (1e-288 + std::fabs(a));
    };
    result.erase(std::ranges::unique(result, same).begin(), result.end());
    return result;
}

/// f and its slopes by the usual rule, from the left and from the right.
class one_sided {
public:
    one_sided(const graph_program& four) : program(four) {}

    kink at(double x) {
        const double distance =
            std::max(4 * std::numeric_limits<double>::epsilon() * std::fabs(x), 1e-290);
        kink result{.at = x};
        const std::vector<long double> here = run(x);
        const std::vector<long double> before = beside(x, -distance);
        const std::vector<long double> after = beside(x, distance);
        result.left_value = number(before[0]);
        result.right_value = number(after[0]);
        result.left_slope = slope(here[2], before[1]);
        result.right_slope = slope(here[3], after[1]);
        return result;
    }

private:
    const graph_program& program;  // NOLINT(cppcoreguidelines-avoid-const-or-ref-data-members)

    std::vector<long double> run(double x) {
        std::vector<long double> results;
        program.run(static_cast<long double>(x), results);
        return results;
    }

    /// Next to x; what keeps growing on the way there is infinite at x, which need not be a double.
    std::vector<long double> beside(double x, double distance) {
        std::vector<long double> results = run(x + distance);
        const std::vector<long double> farther = run(x + 8 * distance),
                                       farthest = run(x + 64 * distance);
        for (std::size_t i = 0; i < results.size(); ++i) {
            const long double size = std::fabs(results[i]);
            constexpr long double growth = 1.5L;  // 1/√distance grows by √8
            if (size > 1e3L && size > growth * std::fabs(farther[i]) &&
                std::fabs(farther[i]) > growth * std::fabs(farthest[i]))
                results[i] =
                    std::copysign(std::numeric_limits<long double>::infinity(), results[i]);
        }
        return results;
    }

    /// Values beyond every reasonable scale stand for infinity and 0: f is seen 1e-290 beside 0.
    static double number(long double v) {
        constexpr double infinity = std::numeric_limits<double>::infinity();
        if (std::fabs(v) > 1e100L) return v > 0 ? infinity : -infinity;
        if (std::fabs(v) < 1e-100L) return 0;
        return static_cast<double>(v) + 0.0;
    }

    /// The rule's answer at the point itself, if it agrees with what is seen beside the point: at a
    /// point that is not a double, the formula itself is already on one of the sides.
    static double slope(long double by_rule, long double beside) {
        // A logarithm is not large yet at 1e-290.
        if (std::isinf(by_rule) && (by_rule > 0 ? beside > 10 : beside < -10))
            return number(by_rule);
        const bool agree = std::isfinite(beside) &&
            std::fabs(by_rule - beside) <= 1e-9L * (1e-9L + std::fabs(beside));
        return number(agree ? by_rule : beside);
    }
};

bool differ(double a, double b) {
    if (std::isnan(a) || std::isnan(b)) return std::isnan(a) != std::isnan(b);
    if (a == b) return false;
    if (std::isinf(a) || std::isinf(b)) return true;
    return !(std::fabs(a - b) <= 1e-9 * (std::fabs(a) + std::fabs(b)) + 1e-12);
}

}  // namespace

std::vector<kink> find_kinks(const formula& f) {
    rooted_graph form = f.for_computing();
    graph& g = form.graph;
    using detail::kink_rule;
    std::vector<int> sides{form.root, derive_with_policy(g, form.root, "x", kink_rule::usual),
                           derive_with_policy(g, form.root, "x", kink_rule::left),
                           derive_with_policy(g, form.root, "x", kink_rule::right)};
    std::vector<int> critical = critical_nodes(g, form.root);
    if (critical.empty()) return {};
    const graph for_sides = detail::simplified(g, sides, detail::for_programs);
    const graph for_critical = detail::simplified(g, critical, detail::for_programs);
    const graph_program side_program(for_sides, sides, f.parameters());
    const graph_program critical_program(for_critical, critical, f.parameters());

    std::vector<kink> result;
    one_sided look(side_program);
    for (const double x : candidates(critical_program)) {
        kink k = look.at(x);
        const bool left_missing = std::isnan(k.left_value);
        const bool right_missing = std::isnan(k.right_value);
        if (left_missing && right_missing) continue;
        if (left_missing != right_missing) {
            k.kind = kink_kind::domain_edge;
        } else if (differ(k.left_value, k.right_value) || std::isinf(k.left_value)) {
            k.kind = kink_kind::jump;
        } else if (!differ(k.left_slope, k.right_slope)) {
            continue;
        }
        result.push_back(k);
    }
    const auto is_far = [](const kink& k) { return std::fabs(k.at) > dense_kink_limit; };
    if (result.size() > many_kinks && !std::ranges::all_of(result, is_far))
        std::erase_if(result, is_far);
    return result;
}

std::vector<kink> nearest_kinks(const std::vector<kink>& kinks, std::size_t count) {
    std::vector<kink> result = kinks;
    std::ranges::sort(result, {}, [](const kink& k) { return std::pair(std::fabs(k.at), k.at); });
    result.resize(std::min(result.size(), count));
    std::ranges::sort(result, {}, &kink::at);
    return result;
}

double kink_reach(const std::vector<kink>& kinks) {
    const bool all_near = std::ranges::all_of(
        kinks, [](const kink& k) { return std::fabs(k.at) <= dense_kink_limit; });
    return kinks.size() > many_kinks && all_near ? dense_kink_limit : kink_search_limit;
}

}  // namespace chainrule::report
