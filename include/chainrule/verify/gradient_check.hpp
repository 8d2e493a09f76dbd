// SPDX-License-Identifier: BSL-1.0
/// Checks derivatives against finite differences that know nothing of the rules of differentiation: only
/// values of the formula, in long double, and where it switches.
///
///     check_derivatives(my_swish, {.from = -20, .to = 20, .order = 2}, x, beta = 1.5).passed
///     check_claimed_derivative(x * x, 2_c * x, {.from = -3, .to = 3}).message()
///
/// A derivative in double is accepted if it is within `allowed_ulps` ULP of the finite difference, plus
/// the bound of the finite difference's own error (finite_difference.hpp states how that follows from step
/// and precision). At a kink anything between the two one-sided slopes is accepted (and 0 where the
/// derivative of the order before jumps), beside a kink the differences stay on the point's side of it.
#pragma once

#include <chainrule/verify/finite_difference.hpp>

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace chainrule {

/// Where and how strictly derivatives are checked.
struct gradient_check_options {
    double from = -20;
    double to = 20;
    int order =
        1;  ///< check_derivatives: all orders up to this; check_claimed_derivative: this one
    int points =
        129;  ///< evenly spaced; 0 and its surroundings and both sides of every kink are added
    double allowed_ulps = 4;  ///< beyond the uncertainty of the finite difference
};

/// The outcome, with the worst point found: the one where the derivative is furthest from what it should
/// be, measured by what was allowed there.
struct gradient_check_result {
    bool passed = false;
    std::size_t checked = 0;  ///< comparisons made
    std::size_t unresolved =
        0;  ///< of these: finite differences know fewer than 20 bits of the derivative
    std::size_t skipped = 0;  ///< where the formula has no finite values around the point

    std::string formula;
    std::string symbol = "x";  ///< what the derivative is taken with respect to
    std::string claim;         ///< the claimed formula, if there is one
    double at = 0;             ///< x at the worst point
    double symbol_value = 0;   ///< the value of `symbol` there
    int order = 0;             ///< of the derivative that is worst there
    std::string policy;  ///< "", or the kink policy that is worst: "kink::left", "kink::right"
    double actual = 0;
    double expected = 0;    ///< the value nearest to `actual` that is right
    double left_slope = 0;  ///< at a kink: the one-sided slopes; else both `expected`
    double right_slope = 0;
    double uncertainty = 0;  ///< of `expected`
    double allowed = 0;      ///< the largest accepted |actual − expected|
    std::uint64_t ulps = 0;  ///< between actual and expected
    double step = 0;         ///< of the finite difference

    explicit operator bool() const { return passed; }

    /// One line on success; else the point, both values, the distance in ULP and the formula.
    [[nodiscard]] std::string message() const;
};

namespace detail {

inline std::string number_text(double v, const char* format = "%.17g") {
    char text[64];
    std::snprintf(text, sizeof text, format, v);
    return text;
}

inline std::string ulp_text(std::uint64_t ulps) {
    return ulps == no_ulp_distance ? "not comparable in ULP" : std::to_string(ulps) + " ULP apart";
}

struct checked_derivative {
    int order = 1;
    kink_rule rule = kink_rule::usual;
    runtime_program program;
};

/// The points of x that are looked at.
inline std::vector<double> check_points(const switching_program& formula,
                                        const symbol_table& symbols,
                                        const gradient_check_options& options) {
    const std::size_t place = symbols.find("x");
    if (place == symbols.names.size()) return {options.from};
    std::vector<double> points;
    auto add = [&](double v) {
        if (v >= options.from && v <= options.to) points.push_back(v);
    };
    for (int i = 0; i < options.points; ++i) {
        const double t = options.points > 1 ? static_cast<double>(i) / (options.points - 1) : 0;
        add(options.from * (1 - t) + options.to * t);
    }
    for (const double v : special_values<double>()) add(v);
    for (double v = 1; v > 1e-300; v *= v > 0x1p-30 ? 0x1p-3 : 0x1p-60) add(v), add(-v);
    std::size_t switches = 0;
    for (const double s :
         find_switch_points(formula, symbols.values, place, options.from, options.to)) {
        if (++switches > 64) break;
        for (const double v : neighbourhood(s)) add(v);
        for (const double distance : {1e-12, 1e-6, 1e-3}) {
            const double offset = distance * std::max(1.0, std::abs(s));
            add(s - offset), add(s + offset);
        }
    }
    std::sort(points.begin(), points.end());
    points.erase(std::unique(points.begin(), points.end()), points.end());
    return points;
}

class gradient_check {
public:
    gradient_check(const switching_program& f, const std::vector<checked_derivative>& checks,
                   symbol_table table, std::string_view symbol, gradient_check_options wanted)
        : formula(f), derivatives(checks), symbols(std::move(table)), moving(symbols.find(symbol)),
          options(wanted) {
        for (const checked_derivative& d : derivatives) highest = std::max(highest, d.order);
        result.symbol = std::string(symbol);
    }

    gradient_check_result run() {
        for (const double point : check_points(formula, symbols, options)) see(point);
        std::size_t failures = 0;
        double worst = -1;
        for (const comparison& c : comparisons) {
            const bool resolved = c.uncertainty <= 0x1p-20 * std::max(scale, std::abs(c.expected));
            if (!resolved) ++result.unresolved;
            const double distance = c.actual == c.expected ? 0 : std::abs(c.actual - c.expected);
            constexpr double hopeless = std::numeric_limits<double>::infinity();
            const double badness = !std::isfinite(distance) ? (resolved ? hopeless : 0)
                : c.allowed > 0                             ? distance / c.allowed
                : distance > 0                              ? hopeless
                                                            : 0;
            if (badness > 1) ++failures;
            // Of points that are about equally wrong the first is shown.
            if (badness <= (worst > 1 ? 2 * worst : worst)) continue;
            worst = badness;
            result.at = c.at;
            result.symbol_value = moving < symbols.values.size() ? c.symbol_value : 0;
            result.order = c.order;
            result.policy = c.rule == kink_rule::left ? "kink::left"
                : c.rule == kink_rule::right          ? "kink::right"
                                                      : "";
            result.actual = c.actual;
            result.expected = c.expected;
            result.left_slope = c.left;
            result.right_slope = c.right;
            result.uncertainty = c.uncertainty;
            result.allowed = c.allowed;
            result.ulps = ulp_distance(c.actual, c.expected);
            result.step = c.step;
        }
        result.checked = comparisons.size();
        result.passed = failures == 0 && 2 * result.unresolved < result.checked;
        return result;
    }

private:
    struct comparison {
        double at, symbol_value;
        int order;
        kink_rule rule;
        double actual, expected, left, right, uncertainty, allowed, step;
    };

    const switching_program& formula;  // NOLINT(cppcoreguidelines-avoid-const-or-ref-data-members)
    const std::vector<checked_derivative>&
        derivatives;  // NOLINT(cppcoreguidelines-avoid-const-or-ref-data-members)
    symbol_table symbols;
    std::size_t moving;
    gradient_check_options options;
    int highest = 1;
    double scale = 0;  ///< the largest value or derivative seen
    std::vector<comparison> comparisons;
    gradient_check_result result;

    void see(double point) {
        const std::size_t place = symbols.find("x");
        if (place < symbols.values.size()) symbols.values[place] = point;
        local_view view(formula, symbols.values, moving);
        if (std::isfinite(view.value())) {
            scale = std::max(scale,
                             elementary::narrow<double>(std::abs(view.value())) /
                                 std::max(1.0, std::abs(point)));
        }
        if (view.is_at_pole()) {
            result.skipped += derivatives.size();
            return;
        }
        const auto orders = static_cast<std::size_t>(highest) + 1;
        std::vector<estimate> left(orders);
        std::vector<estimate> right(orders);
        if (view.is_at_switch()) {
            left = view.derivatives(nodes_on::left, highest);
            right = view.derivatives(nodes_on::right, highest);
        } else {
            left = view.derivatives(nodes_on::both_sides, highest);
            if (!is_precise(left)) {
                for (const nodes_on side : {nodes_on::left, nodes_on::right}) {
                    const auto one_sided = view.derivatives(side, highest);
                    for (std::size_t n = 1; n < orders; ++n) {
                        if (one_sided[n].error < left[n].error) left[n] = one_sided[n];
                    }
                }
            }
            right = left;
        }
        for (const checked_derivative& d : derivatives) {
            const auto n = static_cast<std::size_t>(d.order);
            estimate low = std::isfinite(left[n].error) ? left[n] : right[n];
            estimate high = std::isfinite(right[n].error) ? right[n] : left[n];
            if (!std::isfinite(low.error)) {
                ++result.skipped;
                continue;
            }
            bool jumps = false;
            for (std::size_t lower = 0; lower < n; ++lower) {
                jumps = jumps ||
                    std::abs(left[lower].value - right[lower].value) >
                        left[lower].error + right[lower].error;
            }
            compare(point, d, low, high, jumps);
        }
    }

    static bool is_precise(const std::vector<estimate>& estimates) {
        for (std::size_t n = 1; n < estimates.size(); ++n) {
            const auto spacing =
                static_cast<long double>(ulp_of(elementary::narrow<double>(estimates[n].value)));
            if (!(estimates[n].error <= spacing / 4)) return false;
        }
        return true;
    }

    void compare(double point, const checked_derivative& d, const estimate& left,
                 const estimate& right, bool jumps) {
        comparison c{};
        c.at = point;
        c.symbol_value = moving < symbols.values.size() ? symbols.values[moving] : 0;
        c.order = d.order;
        c.rule = d.rule;
        c.actual = d.program.value(symbols.values);
        const auto actual = static_cast<long double>(c.actual);
        const bool reversed = right.value < left.value;
        estimate low = reversed ? right : left;
        estimate high = reversed ? left : right;
        if (jumps) {  // of what jumps no derivative exists: 0, the rule of sign and abs, is as good
            if (low.value > 0) low.value = 0;
            if (high.value < 0) high.value = 0;
        }
        const estimate& nearest = actual > high.value ? high : low;
        const bool between = actual >= low.value && actual <= high.value;
        c.expected = between ? c.actual : elementary::narrow<double>(nearest.value);
        c.left = elementary::narrow<double>(left.value);
        c.right = elementary::narrow<double>(right.value);
        c.uncertainty = elementary::narrow<double>(nearest.error);
        // Where two slopes meet, a rounded tie may add the rounding of the larger one.
        const double rounded =
            left.value == right.value ? c.expected : std::max(std::abs(c.left), std::abs(c.right));
        c.allowed = options.allowed_ulps * ulp_of(std::isfinite(rounded) ? rounded : c.expected) +
            c.uncertainty;
        c.step = nearest.step;
        if (c.uncertainty <= 0x1p-20 * std::abs(c.expected))
            scale = std::max(scale, std::abs(c.expected));
        comparisons.push_back(c);
    }
};

/// Whether a bound name occurs in one of the formulas.
template<fixed_string Name, class... F>
constexpr void require_symbol_in_any() {
    if constexpr (((symbols_of<F>::find(Name.view()) < 0) && ...))
        (void)sizeof(unknown_symbol<Name>);
}

template<class... B>
constexpr void require_numbers_for_check() {
    static_assert(((B::name.view() != "x") && ...),
                  "chainrule: a check moves x itself; give the interval with from and to");
    static_assert(((number_binding<B> || expression_binding<B>)&&...),
                  "chainrule: a check takes numbers by name, as in beta = 1.5");
}

}  // namespace detail

/// Checks the derivatives of f of all orders up to options.order with respect to a symbol (default: x),
/// at many points of x; other symbols are bound by name or have defaults. At kinks the policies kink::left
/// and kink::right are checked against their own side.
template<expression F, detail::symbol_like S = variable<"x">, detail::named_binding... B>
gradient_check_result check_derivatives(F, gradient_check_options options = {}, S = {},
                                        B... bindings) {
    using E = typename detail::substituted<F, B...>::type;
    detail::require_numbers_for_check<B...>();
    (detail::require_symbol<F, B::name>(), ...);
    detail::require_valid<E>();
    detail::require_symbol<E, S::name>();
    detail::symbol_table symbols;
    symbols.add<E>(bindings...);
    const std::string_view symbol = S::name.view();
    const auto graph = detail::graph_of<E>();
    std::vector<detail::checked_derivative> derivatives;
    for (int order = 1; order <= options.order; ++order) {
        for (const auto rule :
             {detail::kink_rule::usual, detail::kink_rule::left, detail::kink_rule::right}) {
            derivatives.push_back(
                {order, rule, detail::derivative_program(graph, symbols, symbol, order, rule)});
        }
    }
    const auto formula = detail::value_and_switches(graph, symbols);
    auto result = detail::gradient_check(formula, derivatives, symbols, symbol, options).run();
    result.formula = detail::short_text<E>();
    return result;
}

/// Checks a formula somebody claims to be the derivative of f of order options.order.
template<expression F, expression Claim, detail::symbol_like S = variable<"x">,
         detail::named_binding... B>
gradient_check_result check_claimed_derivative(F, Claim, gradient_check_options options = {},
                                               S = {}, B... bindings) {
    using E = typename detail::substituted<F, B...>::type;
    using C = typename detail::substituted<Claim, B...>::type;
    detail::require_numbers_for_check<B...>();
    (detail::require_symbol_in_any<B::name, F, Claim>(), ...);
    detail::require_valid<E>();
    detail::require_valid<C>();
    detail::symbol_table symbols;
    symbols.add<E>(bindings...);
    symbols.add<C>(bindings...);
    const std::string_view symbol = S::name.view();
    const auto graph = detail::graph_of<E>();
    std::vector<detail::checked_derivative> derivatives;
    derivatives.push_back({options.order, detail::kink_rule::usual,
                           detail::derivative_program(detail::graph_of<C>(), symbols, symbol, 0)});
    const auto formula = detail::value_and_switches(graph, symbols);
    auto result = detail::gradient_check(formula, derivatives, symbols, symbol, options).run();
    result.formula = detail::short_text<E>();
    result.claim = detail::short_text<C>();
    return result;
}

inline std::string gradient_check_result::message() const {
    if (passed) {
        return std::to_string(checked) +
            " derivatives agree with finite differences; the worst is " +
            detail::number_text(allowed > 0 ? std::abs(actual - expected) / allowed : 0, "%.2g") +
            " of what is allowed off";
    }
    if (checked == 0)
        return "nothing could be checked: " + formula + " has no finite values on the interval";
    const bool is_wrong = !(std::abs(actual - expected) <= allowed);
    if (!is_wrong) {
        return "finite differences could not resolve the derivative at " +
            std::to_string(unresolved) + " of " + std::to_string(checked) +
            " points: choose an interval where the formula varies more";
    }
    std::string text = "at x = " + detail::number_text(at);
    if (symbol != "x") text += ", " + symbol + " = " + detail::number_text(symbol_value);
    text += claim.empty() ? " the derivative of order " : " the claimed derivative of order ";
    text += std::to_string(order) + " with respect to " + symbol;
    if (!policy.empty()) text += " (" + policy + ")";
    text += " is " + detail::number_text(actual) + " but should be ";
    if (left_slope != right_slope) {
        text += "between the one-sided slopes " + detail::number_text(left_slope) + " and " +
            detail::number_text(right_slope);
    } else {
        text += detail::number_text(expected);
    }
    text += " (+- " + detail::number_text(uncertainty, "%.2g") + "): " + detail::ulp_text(ulps);
    text += "\nformula: " + formula;
    if (!claim.empty()) text += "\nclaimed derivative: " + claim;
    return text;
}

}  // namespace chainrule
