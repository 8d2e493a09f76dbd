// SPDX-License-Identifier: BSL-1.0
/// Slopes at the kinks: the usual rule gives PyTorch's, kink::left and right the one-sided ones,
/// kink::jax and onednn those of the frameworks. Expected numbers are the published ones.
#include <chainrule/activations/kink_conventions.hpp>
#include <chainrule/expr/derivative.hpp>
#include <chainrule/program/evaluate.hpp>

#include "support/catch.hpp"
#include "textbook.hpp"

#include <boost/hana/for_each.hpp>
#include <boost/hana/size.hpp>

#include <cmath>
#include <limits>
#include <string_view>

using namespace chainrule;
using namespace chainrule::literals;
using namespace chainrule::activations;
namespace hana = boost::hana;

namespace {

struct published_kink {
    std::string_view name;
    double x;
    double usual;  ///< PyTorch's, where it offers the function
    double left;
    double right;
};

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double sixth = 1.0 / 6;
constexpr double selu_left = 1.7580993408473766;
constexpr double selu_right = 1.0507009873554805;

/// Parameters that have no default take the values of textbook::with_values.
constexpr published_kink published_kinks[] = {
    {"relu", 0, 0, 0, 1},
    {"leaky_relu", 0, 0.01, 0.01, 1},
    {"prelu", 0, 0.25, 0.25, 1},
    {"relu6", 0, 0, 0, 1},
    {"relu6", 6, 0, 1, 0},
    {"leaky_relu6", 0, 0.01, 0.01, 1},
    {"leaky_relu6", 6, 0, 1, 0},
    {"relu_general", 0, 0, 0, 1},
    {"relu_general", 4, 0, 1, 0},
    {"clip", -0.75, 1, 0, 1},
    {"clip", 1.25, 1, 1, 0},
    {"hard_tanh", -1, 0, 0, 1},
    {"hard_tanh", 1, 0, 1, 0},
    {"hard_sigmoid", -3, 0, 0, sixth},
    {"hard_sigmoid", 3, 0, sixth, 0},
    {"hard_swish", -3, 0, 0, -0.5},
    {"hard_swish", 3, 1, 1.5, 1},
    {"sparse_sigmoid", -1, 0, 0, 0.5},
    {"sparse_sigmoid", 1, 0, 0.5, 0},
    {"threshold", 0.5, 0, 0, 1},
    {"thresholded_relu", 1, 0, 0, 1},
    {"hard_shrink", -0.5, 0, 1, 0},
    {"hard_shrink", 0.5, 0, 0, 1},
    {"soft_shrink", -0.5, 0, 1, 0},
    {"soft_shrink", 0.5, 0, 0, 1},
    {"shrink", -0.5, 0, 1, 0},
    {"shrink", 0.5, 0, 0, 1},
    {"elu", 0, 1, 1, 1},
    {"selu", 0, selu_left, selu_left, selu_right},
    {"celu", 0, 1, 1, 1},
    {"elish", 0, 0.5, 0.5, 0.5},
    {"xielu", 0, -0.3, -0.3, 0.5},
    {"xielu", -1e-6, -0.3, 0.4999992000003999999, -0.3},
    {"sparse_plus", -1, 0, 0, 0},
    {"sparse_plus", 1, 1, 1, 1},
    {"isrlu", 0, 1, 1, 1},
    {"softsign", 0, 1, 1, 1},
    {"sqnl", -2, 0, 0, 0},
    {"sqnl", 0, 1, 1, 1},
    {"sqnl", 2, 0, 0, 0},
    {"step", 0, 0, 0, 0},
    {"sign", 0, 0, 0, 0},
    {"round", 0.5, 0, 0, 0},
    {"round", -2.5, 0, 0, 0},
    {"abs", 0, 0, -1, 1},
    {"sqrt", 0, infinity, infinity, infinity},
    {"power", 0, 0, 0, 0},
};

bool agree(double ours, double published) {
    return ours == published || std::abs(ours - published) <= 1e-13 * std::abs(published);
}

constexpr int rows_of(std::string_view name) {
    int rows = 0;
    for (const published_kink& row : published_kinks) rows += row.name == name ? 1 : 0;
    return rows;
}

template<class T, class F>
void check_row(F f, const published_kink& row) {
    CAPTURE(row.name, row.x, sizeof(T));
    const auto at = static_cast<T>(row.x);
    if (static_cast<double>(at) != row.x) return;
    const double tolerance = sizeof(T) == sizeof(float) ? 1e-7 : 0;
    const auto close = [&](T ours, double published) {
        const auto wide = static_cast<double>(ours);
        return agree(wide, published) || std::abs(wide - published) <= tolerance;
    };
    CHECK(close(evaluate(derivative(f), x = at), row.usual));
    if constexpr (std::is_same_v<T, double>) {
        CHECK(close(evaluate(derivative(f, x, kink::left), x = at), row.left));
        CHECK(close(evaluate(derivative(f, x, kink::right), x = at), row.right));
        if (std::isfinite(row.left)) {
            CHECK(close(evaluate(derivative(f, x, kink::mid), x = at), (row.left + row.right) / 2));
        }
    }
}

/// A slope of the textbook formula from one side, by a difference quotient.
double one_sided(std::string_view name, double v, int side) {
    const textbook::number step = textbook::number::scaled(side, -300);
    const textbook::number near = textbook::value(name, textbook::number(v) + step);
    return ((textbook::value(name, textbook::number(v) + 2 * step) - near) / step).to_double();
}

}  // namespace

TEST_CASE("Slopes at the kinks are the published ones under every policy") {
    hana::for_each(all, [](const auto& entry) {
        using entry_type = std::remove_cvref_t<decltype(entry)>;
        constexpr auto f = textbook::with_values<entry_type>();
        if constexpr (rows_of(entry_type::name) > 0) {
            for (const published_kink& row : published_kinks) {
                if (row.name != entry.name) continue;
                check_row<double>(f, row);
                check_row<float>(f, row);
                check_row<long double>(f, row);
            }
        }
    });
}

TEST_CASE("The published one-sided slopes are those of the textbook formula") {
    for (const published_kink& row : published_kinks) {
        if (!std::isfinite(row.left) || row.name == "power") continue;
        CAPTURE(row.name, row.x);
        CHECK(std::abs(one_sided(row.name, row.x, 1) - row.right) < 1e-15);
        CHECK(std::abs(one_sided(row.name, row.x, -1) - row.left) < 1e-15);
    }
}

TEST_CASE("Every kink of the catalogue has its published slopes") {
    hana::for_each(all, [](const auto& entry) {
        using entry_type = std::remove_cvref_t<decltype(entry)>;
        constexpr int rows = rows_of(entry_type::name);
        CAPTURE(entry.name);
        const bool is_edge_of_domain = entry.name == "log" || entry.name == "log1mexp";
        const auto kinks = static_cast<int>(decltype(hana::size(entry_type::kinks))::value);
        CHECK((is_edge_of_domain || rows >= kinks));
        CHECK((kinks > 0 || rows == 0));
    });
}

// Frameworks ------------------------------------------------------------------------------------------

static_assert(evaluate(derivative(leaky_relu, x, kink::jax), x = 0.0) == 1);
static_assert(evaluate(derivative(leaky_relu, x, kink::onednn), x = 0.0) == 0.01);
static_assert(evaluate(derivative(leaky_relu(parameter<"alpha">{} = 0.25_c), x, kink::onednn),
                       x = 0.0) == 0.25);
static_assert(evaluate(derivative(relu, x, kink::jax), x = 0.0) == 0);
static_assert(evaluate(derivative(abs(x), x, kink::jax), x = 0.0) == 1);
static_assert(evaluate(derivative(abs(x), kink::onednn), x = 0.0) == 0);
static_assert(evaluate(derivative(silu, x, kink::jax), x = 0.0) == 0.5);

namespace {

template<class F>
void check_framework(F f, double v, double usual, double jax, double onednn) {
    CAPTURE(v);
    CHECK(agree(evaluate(derivative(f), x = v), usual));
    CHECK(agree(evaluate(derivative(f, x, kink::jax), x = v), jax));
    CHECK(agree(evaluate(derivative(f, x, kink::onednn), x = v), onednn));
    // Beside the kink every policy gives the derivative.
    for (double beside : {std::nextafter(v, -100.0), std::nextafter(v, 100.0), v - 1, v + 1}) {
        const double slope = evaluate(derivative(f), x = beside);
        CHECK(evaluate(derivative(f, x, kink::jax), x = beside) == slope);
        CHECK(evaluate(derivative(f, x, kink::onednn), x = beside) == slope);
    }
    CHECK(std::isnan(evaluate(derivative(f, x, kink::jax), x = std::nan(""))));
}

/// The row of an entry has as many slopes as the entry has kinks, or none.
template<class Slopes, class F>
constexpr bool fits_kinks() {
    using kinks = decltype(detail::kinks_in<F>(std::declval<const detail::entries_by_formula&>()));
    constexpr auto listed = decltype(hana::size(std::declval<typename Slopes::tuple>()))::value;
    return listed == 0 ||
        listed == decltype(hana::size(std::declval<typename kinks::tuple>()))::value;
}

}  // namespace

TEST_CASE("JAX and oneDNN differ from the usual rule where they are known to") {
    constexpr auto limited =
        clip(parameter<"low">{} = constant<-0.75>, parameter<"high">{} = constant<1.25>);
    check_framework(relu, 0, 0, 0, 0);
    check_framework(leaky_relu, 0, 0.01, 1, 0.01);
    check_framework(relu6, 0, 0, 0, 0);
    check_framework(relu6, 6, 0, 0, 1);
    check_framework(limited, -0.75, 1, 0.5, 0);
    check_framework(limited, 1.25, 1, 0.5, 1);
    check_framework(hard_tanh, -1, 0, 1, 0);
    check_framework(hard_tanh, 1, 0, 1, 1);
    check_framework(hard_sigmoid, -3, 0, 0, 0);
    check_framework(hard_sigmoid, 3, 0, 0, 0);
    check_framework(hard_swish, -3, 0, 0, 0);
    check_framework(hard_swish, 3, 1, 1, 1);
    check_framework(elu, 0, 1, 1, 1);
    check_framework(abs(x), 0, 0, 1, 0);
    CHECK(evaluate(derivative(sparse_sigmoid, x, kink::jax), x = 1.0) == 0.25);
    CHECK(evaluate(derivative(sparse_sigmoid, x, kink::jax), x = -1.0) == 0.25);
    CHECK(evaluate(derivative(sparse_plus, x, kink::jax), x = 1.0) == 1);
    CHECK(agree(evaluate(derivative(selu, x, kink::jax), x = 0.0), selu_left));
}

TEST_CASE(
    "The table of slopes fits the kinks of the entries, and PyTorch's column the usual rule") {
    hana::for_each(slopes_at_kinks, [](auto row) {
        using row_type = decltype(row);
        using formula = typename row_type::formula_type;
        static_assert(fits_kinks<typename row_type::pytorch, formula>());
        static_assert(fits_kinks<typename row_type::jax, formula>());
        static_assert(fits_kinks<typename row_type::onednn, formula>());
        SUCCEED();
    });
}
