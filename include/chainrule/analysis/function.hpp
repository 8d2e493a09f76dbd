// SPDX-License-Identifier: BSL-1.0
/// What the analyses look at: a formula as a run-time function of x with its first two derivatives and
/// the points where it may have a kink or a jump. The only template makes the graph of the formula;
/// everything else is compiled once per file.
#pragma once

#include <chainrule/analysis/interruption.hpp>
#include <chainrule/expr/bindings.hpp>
#include <chainrule/program/evaluate.hpp>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

namespace chainrule::detail {

/// Straight-line steps on long double: constants and registers in one file of numbers.
class analysis_program {
public:
    analysis_program() = default;

    analysis_program(const schedule& steps, const std::vector<long double>& inputs)
        : start(static_cast<std::size_t>(steps.registers) + inputs.size() + 1) {
        std::copy(inputs.begin(), inputs.end(), start.begin());
        const auto first_constant = static_cast<int>(start.size());
        auto place = [&](short p) { return p >= 0 ? p : first_constant + (-1 - p); };
        for (const program_constant& c : steps.constants)
            start.push_back(constant_value<long double, long double>(c));
        for (const program_step& s : steps.steps) {
            const auto& primitive = primitives[static_cast<std::size_t>(s.operation)];
            step mine{primitive.long_value, s.target, primitive.arity, {}};
            for (int k = 0; k < mine.arity; ++k) mine.arguments[k] = place(s.arguments[k]);
            code.push_back(mine);
        }
        for (const short o : steps.outputs) outputs.push_back(place(o));
    }

    [[nodiscard]] std::size_t size() const { return outputs.size(); }

    /// All outputs with input number `moving` at x.
    void run(std::size_t moving, long double x, long double* results) const {
        allow_interruption();
        constexpr std::size_t most_on_stack = 64;
        long double on_stack[most_on_stack];
        std::vector<long double> many;
        if (start.size() > most_on_stack) many.resize(start.size());
        long double* registers = many.empty() ? on_stack : many.data();
        std::copy(start.begin(), start.end(), registers);
        if (moving < start.size()) registers[moving] = x;
        long double arguments[4]{};
        for (const step& s : code) {
            for (int k = 0; k < s.arity; ++k) arguments[k] = registers[s.arguments[k]];
            registers[s.target] = s.value(arguments);
        }
        for (std::size_t i = 0; i < outputs.size(); ++i) {
            results[i] = registers[outputs[i]];
        }
    }

private:
    struct step {
        long double (*value)(const long double*);
        int target;
        int arity;
        int arguments[4];
    };
    std::vector<step> code;
    std::vector<long double> start;
    std::vector<int> outputs;
};

/// A point where a formula changes its form, with what is seen on both sides of it.
struct break_point {
    long double at = 0;
    bool is_kink = false;  ///< the slopes of the two sides differ
    bool is_jump = false;  ///< the values of the two sides differ
    /// ∫ (f^(k))² over any interval around this point is infinite: a pole of f, of f′, of f″.
    bool square_diverges[3] = {false, false, false};
    bool diverges[3] = {false, false, false};  ///< ∫ |f^(k)| is
    /// Not 0: f is smooth here, but changes within about this distance, which a quadrature has to be told.
    long double width = 0;

    [[nodiscard]] bool is_smooth() const { return width > 0; }
};

/// Whether `difference(h)`, h → 0, tends to something other than 0.
template<class Difference>
bool has_limit_other_than_zero(Difference difference, long double scale) {
    const long double far = difference(1e-6L);
    const long double near = difference(1e-9L);
    if (!(near == near) || !(far == far)) return false;
    return near > 1e-12L * scale && near > 0.25L * far;
}

class analysed_function {
public:
    /// `formula` with numbers in place of its symbols; x is one of them or absent.
    analysed_function(const graph& formula, int root_node,
                      const std::vector<std::string_view>& names,
                      const std::vector<long double>& values) {
        moving =
            static_cast<std::size_t>(std::find(names.begin(), names.end(), "x") - names.begin());
        is_constant = moving == names.size();
        std::vector<int> roots{root_node};
        graph simple = simplified(formula, roots, for_programs);
        std::vector<int> switches = find_switches(simple, roots[0]);
        switch_program = analysis_program(scheduler(simple, names).run(switches), values);
        graph inner = simple;
        std::vector<int> bends = find_bends(inner, roots[0]);
        inner =
            simplified(inner, bends, for_programs);  // programs are written from simplified graphs
        bend_program = analysis_program(scheduler(inner, names).run(bends), values);
        for (int order = 1; order <= 2; ++order) {
            if (roots[static_cast<std::size_t>(order) - 1] < 0) __builtin_unreachable();
            const int slope =
                derive(simple, roots[static_cast<std::size_t>(order) - 1], "x", kink_rule::usual);
            roots.push_back(slope);
            simple = simplified(simple, roots, for_programs);
        }
        program = analysis_program(scheduler(simple, names).run(roots), values);
        roots.pop_back();
        first_order = analysis_program(scheduler(simple, names).run(roots), values);
        roots.pop_back();
        value_program = analysis_program(scheduler(simple, names).run(roots), values);
    }

    [[nodiscard]] long double value(long double x) const {
        long double result = 0;
        value_program.run(moving, x, &result);
        return result;
    }
    /// {f, f′}
    [[nodiscard]] std::array<long double, 2> value_and_slope(long double x) const {
        std::array<long double, 2> result{};
        first_order.run(moving, x, result.data());
        return result;
    }
    /// {f, f′, f″}
    [[nodiscard]] std::array<long double, 3> with_curvature(long double x) const {
        std::array<long double, 3> result{};
        program.run(moving, x, result.data());
        return result;
    }

    /// The points in [-reach, reach] where the formula changes its form (and its poles), ascending.
    /// Whether they are kinks or jumps is told only if `classified`. With the places where f is smooth but
    /// steep, as sigmoid(1000·x) at 0 and exp(−(100·(x − 1))²) at 1.
    [[nodiscard]] std::vector<break_point> break_points(long double reach,
                                                        bool classified = true) const {
        std::vector<long double> found;
        if (switch_program.size() > 0 && !is_constant) {
            std::vector<std::vector<long double>> values;
            const std::vector<long double> grid = search_grid(reach);
            for (const long double x : grid) {
                values.emplace_back(switch_program.size());
                switch_program.run(moving, x, values.back().data());
            }
            for (std::size_t s = 0; s < switch_program.size(); ++s) {
                auto at = [&](long double x) {
                    std::vector<long double> all(switch_program.size());
                    switch_program.run(moving, x, all.data());
                    return all[s];
                };
                add_zeros(
                    grid, [&](std::size_t i) { return values[i][s]; }, at, found);
            }
        }
        std::sort(found.begin(), found.end());
        std::vector<break_point> result;
        for (const long double x : found) {
            const long double size = x < 0 ? -x : x;
            if (!result.empty() && x - result.back().at <= 1e-17L * (1 + size)) continue;
            result.push_back(classified ? classify(x) : break_point{x});
        }
        add_steep_places(reach, result);
        return result;
    }

    /// The simple roots of f′ in [-reach, reach], and those of f″, where f′ may have a double root.
    [[nodiscard]] std::vector<long double> slope_roots(long double reach) const {
        std::vector<long double> found;
        if (is_constant) return found;
        const std::vector<long double> grid = search_grid(reach);
        std::vector<std::array<long double, 3>> values;
        for (const long double x : grid) values.push_back(with_curvature(x));
        for (const std::size_t order : {std::size_t{1}, std::size_t{2}}) {
            add_zeros(
                grid, [&](std::size_t i) { return values[i][order]; },
                [&](long double x) { return with_curvature(x)[order]; }, found);
        }
        std::sort(found.begin(), found.end());
        return found;
    }

private:
    std::size_t moving = 0;
    bool is_constant = false;
    analysis_program value_program;
    analysis_program first_order;
    analysis_program program;
    analysis_program switch_program;
    analysis_program bend_program;  ///< pairs u, u′: f has its form from functions of u

    static int sign_of(long double v) { return v != v ? 2 : v > 0 ? 1 : v < 0 ? -1 : 0; }

    /// Evenly spaced points, near 0 closer ones, and points dense around 0.
    static std::vector<long double> search_grid(long double reach) {
        std::vector<long double> grid{0};
        const int count = static_cast<int>(std::min(20000.0L, std::max(600.0L, 4 * reach)));
        auto add = [&](long double x) {
            grid.push_back(x);
            grid.push_back(-x);
        };
        for (int i = 1; i <= count; ++i) add(reach * i / count);
        for (int i = 1; i <= 600 && reach > 5000; ++i) add(64.0L * i / 600);
        for (long double x = reach / count / 2; x > 1e-12L * std::min(reach, 64.0L); x /= 2) add(x);
        std::sort(grid.begin(), grid.end());
        grid.erase(std::unique(grid.begin(), grid.end()), grid.end());
        return grid;
    }

    template<class Values, class Function>
    static void add_zeros(const std::vector<long double>& grid, Values values, Function f,
                          std::vector<long double>& found) {
        for (std::size_t i = 0; i < grid.size(); ++i) {
            const int sign = sign_of(values(i));
            const int before = i > 0 ? sign_of(values(i - 1)) : sign;
            const int after = i + 1 < grid.size() ? sign_of(values(i + 1)) : sign;
            if (sign == 0 && (before != 0 || after != 0)) found.push_back(grid[i]);
            if (before == sign ||
                (before == 0 && values(i - 1) == 0 && i >= 2 && sign_of(values(i - 2)) != 0))
                continue;
            if (sign == 0 && after != 0) continue;
            // Where the sign changes, or a stretch of zeros begins or ends.
            long double low = grid[i - 1];
            long double high = grid[i];
            for (int step = 0; step < 200; ++step) {
                const long double middle = low + (high - low) / 2;
                if (middle <= low || middle >= high) break;
                (sign_of(f(middle)) == before ? low : high) = middle;
            }
            found.push_back(sign_of(f(low)) == 0 ? low : high);
        }
    }

    [[nodiscard]] break_point classify(long double x) const {
        const long double unit = 1 + (x < 0 ? -x : x);
        auto size = [](long double v) { return v < 0 ? -v : v; };
        break_point result{x};
        const auto left = value_and_slope(x - 1e-6L * unit);
        const auto right = value_and_slope(x + 1e-6L * unit);
        auto difference = [&](std::size_t which) {
            return [this, x, unit, which, size](long double h) {
                return size(value_and_slope(x + h * unit)[which] -
                            value_and_slope(x - h * unit)[which]);
            };
        };
        result.is_jump =
            has_limit_other_than_zero(difference(0), std::max(size(left[0]), size(right[0])));
        result.is_kink =
            has_limit_other_than_zero(difference(1), std::max(size(left[1]), size(right[1])));
        // ∫ |u|ᵖ ~ h |u(h)|ᵖ, which tends to 0 with h if it is finite.
        for (const long double side : {-1.0L, 1.0L}) {
            const auto near = with_curvature(x + side * 1e-13L * unit);
            const auto far = with_curvature(x + side * 1e-10L * unit);
            for (std::size_t k = 0; k < 3; ++k) {
                if (!(size(far[k]) > 1)) continue;
                const long double growth = size(near[k]) / size(far[k]);
                result.square_diverges[k] =
                    result.square_diverges[k] || growth * growth * 1e-3L > 0.8L;
                result.diverges[k] = result.diverges[k] || growth * 1e-3L > 0.8L;
            }
        }
        return result;
    }

    /// Functions of u are steep, if they are, where u or u′ is 0: tanh(1000·x), exp(−(1000·x)²).
    void add_steep_places(long double reach, std::vector<break_point>& result) const {
        if (bend_program.size() == 0 || is_constant) return;
        constexpr std::size_t most_of_one =
            32;  // more: f oscillates, and is not steep in places only
        constexpr long double least_width = 0.25L;
        auto size = [](long double v) { return v < 0 ? -v : v; };
        const std::vector<long double> grid = search_grid(std::min(reach, 64.0L));
        std::vector<std::vector<long double>> values;
        for (const long double x : grid) {
            values.emplace_back(bend_program.size());
            bend_program.run(moving, x, values.back().data());
        }
        std::vector<long double> all(bend_program.size());
        auto at = [&](std::size_t s, long double x) {
            bend_program.run(moving, x, all.data());
            return all[s];
        };
        std::vector<break_point> places;
        for (std::size_t s = 0; s < bend_program.size(); ++s) {
            std::vector<long double> found;
            add_zeros(
                grid, [&](std::size_t i) { return values[i][s]; },
                [&](long double x) { return at(s, x); }, found);
            if (found.size() > most_of_one) continue;
            const std::size_t inner = s - s % 2;
            for (const long double x : found) {
                const long double centre = at(inner, x);
                // Within the width u changes by 1, or, where it is small but not 0, by itself.
                const long double unit =
                    size(centre) > 1e-6L && size(centre) < 1 ? size(centre) : 1;
                long double width = 1;
                while (width > 1e-15L &&
                       !(size(at(inner, x + width) - centre) <= unit &&
                         size(at(inner, x - width) - centre) <= unit)) {
                    width /= 4;
                }
                if (width < least_width && width > 1e-15L) {
                    places.push_back({x});
                    places.back().width = width;
                }
            }
        }
        for (const break_point& p : places) {
            const bool is_known =
                std::any_of(result.begin(), result.end(), [&](const break_point& other) {
                    return other.is_smooth() && size(other.at - p.at) <= p.width / 16 &&
                        other.width <= 2 * p.width;
                });
            if (!is_known) result.push_back(p);
        }
        std::sort(result.begin(), result.end(),
                  [](const break_point& a, const break_point& b) { return a.at < b.at; });
    }

    /// The arguments u of the functions that the formula is made of, each followed by u′.
    static std::vector<int> find_bends(graph& g, int root) {
        std::vector<int> found;
        if (root < 0) return found;
        constexpr std::size_t most = 64;  // of a long chain, the inner functions
        const int count = g.size();
        std::vector<char> needed(static_cast<std::size_t>(count), 0);
        needed[static_cast<std::size_t>(root)] = 1;
        for (int i = root; i >= 0; --i) {
            if (needed[static_cast<std::size_t>(i)] == 0) continue;
            const node n = g.at(i);
            for (int k = 0; k < n.count; ++k)
                needed[static_cast<std::size_t>(g.child(n, k).node)] = 1;
        }
        for (int i = 0; i < count && found.size() < most; ++i) {
            if (needed[static_cast<std::size_t>(i)] == 0) continue;
            const node n = g.at(i);
            for (int k = 0; k < n.count; ++k) {
                const bool bends = n.kind >= first_call ||
                    (n.kind == product_node &&
                     (g.child(n, k).weight < 0 || !is_integer(g.child(n, k).weight)));
                const int u = g.child(n, k).node;
                const bool is_known = std::find(found.begin(), found.end(), u) != found.end();
                if (!bends || is_known || g.is_constant(u) || g.at(u).kind == symbol_node) continue;
                const int slope = derive(g, u, "x", kink_rule::usual);
                if (slope < 0) continue;
                found.push_back(u);
                found.push_back(slope);
            }
        }
        return found;
    }

    /// The functions whose zeros are the places where the formula may change its form.
    static std::vector<int> find_switches(graph& g, int root) {
        std::vector<int> found;
        if (root < 0) return found;
        const int count = g.size();
        std::vector<char> needed(static_cast<std::size_t>(count), 0);
        needed[static_cast<std::size_t>(root)] = 1;
        for (int i = root; i >= 0; --i) {
            if (needed[static_cast<std::size_t>(i)] == 0) continue;
            const node n = g.at(i);
            for (int k = 0; k < n.count; ++k)
                needed[static_cast<std::size_t>(g.child(n, k).node)] = 1;
        }
        auto add = [&](handle h) {
            if (!g.is_constant(h.node) &&
                std::find(found.begin(), found.end(), h.node) == found.end()) {
                found.push_back(h.node);
            }
        };
        for (int i = 0; i < count; ++i) {
            if (needed[static_cast<std::size_t>(i)] == 0) continue;
            const node n = g.at(i);
            auto child = [&](int k) { return handle(g, g.child(n, k).node); };
            if (n.kind == product_node) {
                for (int k = 0; k < n.count; ++k) {
                    const double exponent = g.child(n, k).weight;
                    if (exponent < 0 || !is_integer(exponent)) add(child(k));
                }
            } else if (n.kind >= first_call) {
                const std::string_view name = primitive_of(n.kind).name;
                if (name == "abs" || name == "sign" || name == "pow" || name == "log" ||
                    name == "log1mexp") {
                    add(child(0));
                } else if (name == "log1p") {
                    add(1.0 + child(0));
                } else if (name == "max" || name == "min" || name == "select_less" ||
                           name == "select_less_equal") {
                    add(child(0) - child(1));
                } else if (name == "round" || name == "tan") {
                    const handle u = name == "tan" ? child(0) : number_pi(child(0)) * child(0);
                    add(handle_call<op::cos_primitive>(u));
                }
            }
        }
        return found;
    }
};

/// The function that a formula is, its parameters at their defaults. Made once per formula and kept.
template<class E>
const analysed_function& function_of() {
    static const analysed_function made = [] {
        require_valid<E>();
        std::vector<std::string_view> names;
        std::vector<long double> values;
        const auto nothing = make_bindings(x = 0.0L);
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            (names.push_back(symbols_of<E>::list[I].name), ...);
            (values.push_back(symbol_value<E, I, long double>(nothing)), ...);
        }
        (std::make_index_sequence<symbols_of<E>::count>{});
        graph formula;
        lowering_scope scope{formula, {}, {}};
        const int root = lower<E>(scope);
        return analysed_function(formula, root, names, values);
    }();
    return made;
}

}  // namespace chainrule::detail
