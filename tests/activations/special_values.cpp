// SPDX-License-Identifier: BSL-1.0
/// Every catalogue entry and its slope at ±0, ±inf, NaN and at the ends of the number range: limits at
/// infinity, NaN in gives NaN out, nothing spurious for finite input; the same in constant evaluation.
#include <chainrule/expr/derivative.hpp>
#include <chainrule/program/evaluate.hpp>

#include "support/catch.hpp"
#include "textbook.hpp"

#include <boost/hana/for_each.hpp>

#include <cmath>
#include <limits>
#include <string_view>

using namespace chainrule;
namespace hana = boost::hana;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double nan_value = std::numeric_limits<double>::quiet_NaN();

/// f(−∞), f(∞), f′(−∞), f′(∞); NaN where there is no limit or no value. Parameters that have no default
/// take the values of textbook::with_values.
struct limits_row {
    std::string_view name;
    double low;
    double high;
    double slope_low;
    double slope_high;
};

constexpr double root_ten = 3.1622776601683795;
constexpr double selu_scale = 1.0507009873554805;
constexpr double selu_limit = 1.7580993408473766;

constexpr limits_row limits_table[] = {
    {"identity", -inf, inf, 1, 1},
    {"affine", -inf, inf, 1.5, 1.5},
    {"relu", 0, inf, 0, 1},
    {"leaky_relu", -inf, inf, 0.01, 1},
    {"prelu", -inf, inf, 0.25, 1},
    {"relu6", 0, 6, 0, 0},
    {"leaky_relu6", -inf, 6, 0.01, 0},
    {"relu_general", 0, 4, 0, 0},
    {"clip", -0.75, 1.25, 0, 0},
    {"hard_tanh", -1, 1, 0, 0},
    {"hard_sigmoid", 0, 1, 0, 0},
    {"hard_swish", 0, inf, 0, 1},
    {"sparse_sigmoid", 0, 1, 0, 0},
    {"threshold", -1, inf, 0, 1},
    {"thresholded_relu", 0, inf, 0, 1},
    {"hard_shrink", -inf, inf, 1, 1},
    {"soft_shrink", -inf, inf, 1, 1},
    {"shrink", -inf, inf, 1, 1},
    {"elu", -1, inf, 0, 1},
    {"selu", -selu_limit, inf, 0, selu_scale},
    {"celu", -1, inf, 0, 1},
    {"elish", 0, inf, 0, 1},
    {"xielu", inf, inf, -0.3, inf},
    {"silu", 0, inf, 0, 1},
    {"swish", 0, inf, 0, 1},
    {"gelu", 0, inf, 0, 1},
    {"gelu_tanh", 0, inf, 0, 1},
    {"gelu_quick", 0, inf, 0, 1},
    {"mish", 0, inf, 0, 1},
    {"tanhexp", 0, inf, 0, 1},
    {"lisht", inf, inf, -1, 1},
    {"softplus", 0, inf, 0, 1},
    {"softplus_beta", 0, inf, 0, 1},
    {"squareplus", 0, inf, 0, 1},
    {"sparse_plus", 0, inf, 0, 1},
    {"isrlu", -root_ten, inf, 0, 1},
    {"sigmoid", 0, 1, 0, 0},
    {"log_sigmoid", -inf, 0, 1, 0},
    {"tanh", -1, 1, 0, 0},
    {"tanh_shrink", -inf, inf, 1, 1},
    {"tanh_p1m2", 0, 1, 0, 0},
    {"softsign", -1, 1, 0, 0},
    {"isru", -root_ten, root_ten, 0, 0},
    {"sqnl", -1, 1, 0, 0},
    {"erf", -1, 1, 0, 0},
    {"step", 0, 1, 0, 0},
    {"sign", -1, 1, 0, 0},
    {"round", -inf, inf, 0, 0},
    {"exponential", 0, inf, 0, inf},
    {"abs", inf, inf, -1, 1},
    {"square", inf, inf, -inf, inf},
    {"sqrt", nan_value, inf, nan_value, 0},
    {"log", nan_value, inf, 0, 0},
    {"power", nan_value, inf, nan_value, inf},
    {"log1mexp", nan_value, 0, -1, 0},
    {"asinh", -inf, inf, 0, 0},
    {"snake", -inf, inf, nan_value, nan_value},
    {"gcu", nan_value, nan_value, nan_value, nan_value},
};

template<class T>
bool same(T ours, double expected) {
    if (std::isnan(expected)) return std::isnan(ours);
    if (static_cast<double>(ours) == expected) return true;
    return std::abs(static_cast<double>(ours) - expected) <=
        std::abs(expected) * 4 * std::numeric_limits<T>::epsilon();
}

template<class T, class F>
void check_limits(F f, const limits_row& row) {
    volatile T at_run_time = std::numeric_limits<T>::infinity();  // clang would work a constant out
    const T infinity = at_run_time;
    CAPTURE(row.name, sizeof(T));
    CHECK(same(evaluate(f, x = -infinity), row.low));
    CHECK(same(evaluate(f, x = infinity), row.high));
    CHECK(same(evaluate(derivative(f), x = -infinity), row.slope_low));
    CHECK(same(evaluate(derivative(f), x = infinity), row.slope_high));
}

/// Entries whose slope is a constant: there NaN cannot be told from a number.
constexpr bool has_constant_slope(std::string_view name) {
    return name == "identity" || name == "affine" || name == "step" || name == "sign" ||
        name == "round";
}
/// Entries that are no function of all real numbers.
constexpr bool is_partial(std::string_view name) {
    return name == "sqrt" || name == "log" || name == "power" || name == "log1mexp";
}

}  // namespace

TEST_CASE("At infinity the catalogue takes its limits") {
    hana::for_each(activations::all, [](const auto& entry) {
        constexpr auto f = textbook::with_values<std::remove_cvref_t<decltype(entry)>>();
        int rows = 0;
        for (const limits_row& row : limits_table) {
            if (row.name != entry.name) continue;
            ++rows;
            check_limits<double>(f, row);
            check_limits<float>(f, row);
        }
        CAPTURE(entry.name);
        CHECK(rows == 1);
    });
}

TEST_CASE("NaN in gives NaN out") {
    hana::for_each(activations::all, [](const auto& entry) {
        constexpr auto f = textbook::with_values<std::remove_cvref_t<decltype(entry)>>();
        CAPTURE(entry.name);
        CHECK(std::isnan(evaluate(f, x = nan_value)));
        CHECK(std::isnan(evaluate(f, x = std::numeric_limits<float>::quiet_NaN())));
        if (!has_constant_slope(entry.name))
            CHECK(std::isnan(evaluate(derivative(f), x = nan_value)));
    });
}

TEST_CASE("Finite input never gives NaN, and both zeros give the same value") {
    hana::for_each(activations::all, [](const auto& entry) {
        constexpr auto f = textbook::with_values<std::remove_cvref_t<decltype(entry)>>();
        constexpr auto slope = derivative(f);
        CAPTURE(entry.name);
        CHECK(evaluate(f, x = -0.0) == evaluate(f, x = 0.0));
        for (double v : {0.0, 4.9e-324, 2.3e-308, 1e-200, 1e-20, 88.8, 709.8, 745.2, 11400.0, 1e20,
                         1e103, 1e155, 1e200, 1e300, std::numeric_limits<double>::max()}) {
            CAPTURE(v);
            CHECK(!std::isnan(evaluate(f, x = v)));
            CHECK(!std::isnan(evaluate(slope, x = v)));
            if (v < 1e30) CHECK(!std::isnan(evaluate(slope, x = static_cast<float>(v))));
            if (is_partial(entry.name)) continue;
            CHECK(!std::isnan(evaluate(f, x = -v)));
            CHECK(!std::isnan(evaluate(slope, x = -v)));
            if (v < 1e30) CHECK(!std::isnan(evaluate(slope, x = static_cast<float>(-v))));
        }
    });
}

TEST_CASE("Constant evaluation gives the same values") {
    hana::for_each(activations::all, [](const auto& entry) {
        constexpr auto f = textbook::with_values<std::remove_cvref_t<decltype(entry)>>();
        constexpr auto slope = derivative(f);
        constexpr double points[] = {0.0, 0.7109375, 6.0, 40.5};
        constexpr double values[] = {evaluate(f, x = points[0]), evaluate(f, x = points[1]),
                                     evaluate(f, x = points[2]), evaluate(f, x = points[3]),
                                     evaluate(f, x = inf)};
        constexpr double slopes[] = {evaluate(slope, x = points[1]),
                                     evaluate(slope, x = points[2])};
        CAPTURE(entry.name);
        for (std::size_t i = 0; i < std::size(points); ++i) {
            CAPTURE(points[i]);
            CHECK(same(evaluate(f, x = points[i]), values[i]));
        }
        CHECK(same(evaluate(f, x = inf), values[4]));
        CHECK(same(evaluate(slope, x = points[1]), slopes[0]));
        CHECK(same(evaluate(slope, x = points[2]), slopes[1]));
        static_assert(!(evaluate(f, x = nan_value) == evaluate(f, x = nan_value)));
    });
}
