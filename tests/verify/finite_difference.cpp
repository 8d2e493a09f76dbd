// SPDX-License-Identifier: BSL-1.0
/// The finite differences against derivatives known in closed form: the error stays within the stated
/// bound, and the bound is small.

#include <chainrule/expr/constant.hpp>
#include <chainrule/expr/formula.hpp>
#include <chainrule/verify/finite_difference.hpp>

#include "support/catch.hpp"

#include <cmath>
#include <vector>

using namespace chainrule;
using namespace chainrule::literals;
using detail::nodes_on;

namespace {

/// The derivatives of order 1 … 4 of f at a point are those of `truth(order)`, within a bound that is below
/// `relative`, and grows by less than 400 with each order: the weights of one-sided nodes grow by about
/// 100, and the steps are about 1/4.
template<class F, class Truth>
void check(F, double at, nodes_on where, long double relative, Truth truth) {
    detail::symbol_table symbols;
    symbols.add<F>();
    symbols.values[symbols.find("x")] = at;
    const auto formula = detail::value_and_switches(detail::graph_of<F>(), symbols);
    detail::local_view view(formula, symbols.values, symbols.find("x"));
    const auto found = view.derivatives(where, 4);
    for (int order = 1; order <= 4; ++order) {
        const auto& e = found[static_cast<std::size_t>(order)];
        CAPTURE(at, order, static_cast<int>(where), e.value, e.error, e.step, truth(order));
        // 2e-19: the truth itself is known to long double only.
        CHECK(std::abs(e.value - truth(order)) <= e.error + 2e-19L * std::abs(truth(order)));
        CHECK(e.error <= relative * std::pow(400.0L, static_cast<long double>(order - 1)) *
                  (1 + std::abs(truth(order))));
    }
}

}  // namespace

TEST_CASE("weights are the classic ones") {
    const auto central = detail::difference_weights({-1, 0, 1}, 2);
    CHECK(central[0] == std::vector<long double>{0, 1, 0});
    CHECK(central[1] == std::vector<long double>{-0.5L, 0, 0.5L});
    CHECK(central[2] == std::vector<long double>{1, -2, 1});
    const auto forward = detail::difference_weights({0, 1, 2}, 2);
    CHECK(forward[1] == std::vector<long double>{-1.5L, 2, -0.5L});
    CHECK(forward[2] == std::vector<long double>{1, -2, 1});
    const auto wide = detail::difference_weights({-2, -1, 0, 1, 2}, 4);
    const std::vector<long double> third{-0.5L, 1, 0, -1, 0.5L};
    const std::vector<long double> fourth{1, -4, 6, -4, 1};
    for (std::size_t i = 0; i < 5; ++i) {
        CHECK(static_cast<double>(wide[3][i]) ==
              Approx(static_cast<double>(third[i])).margin(1e-15));
        CHECK(static_cast<double>(wide[4][i]) ==
              Approx(static_cast<double>(fourth[i])).margin(1e-15));
    }
}

TEST_CASE("smooth functions, differences on both sides and on one") {
    for (const nodes_on where : {nodes_on::both_sides, nodes_on::left, nodes_on::right}) {
        for (const double p : {-3.0, -0.7, 0.0, 1e-200, 0.1, 2.5}) {
            const auto wide = static_cast<long double>(p);
            check(exp(x), p, where, 1e-14L, [&](int) { return std::exp(wide); });
            check(sin(x), p, where, 1e-14L, [&](int n) {
                const long double cycle[] = {std::sin(wide), std::cos(wide), -std::sin(wide),
                                             -std::cos(wide)};
                return cycle[n % 4];
            });
        }
    }
}

TEST_CASE("large points, steep functions and narrow bumps find their own step") {
    check(sin(x), 1e5, nodes_on::both_sides, 1e-9L, [](int n) {
        const long double cycle[] = {std::sin(1e5L), std::cos(1e5L), -std::sin(1e5L),
                                     -std::cos(1e5L)};
        return cycle[n % 4];
    });
    const long double k = 1000;
    check("sin(1000*x)"_f, 0.3125, nodes_on::both_sides, 1e-12L, [&](int n) {
        const long double cycle[] = {std::sin(k * 0.3125L), std::cos(k * 0.3125L),
                                     -std::sin(k * 0.3125L), -std::cos(k * 0.3125L)};
        return std::pow(k, static_cast<long double>(n)) * cycle[n % 4];
    });
    // Hermite: d^n/dx^n exp(-u²), u = 1000 x, at u = 1/2.
    const long double u = 0.5L;
    const long double hermite[] = {1, 2 * u, 4 * u * u - 2, 8 * u * u * u - 12 * u,
                                   16 * u * u * u * u - 48 * u * u + 12};
    check("exp(-(1024*x)^2)"_f, 0x1p-11, nodes_on::both_sides, 1e-11L, [&](int n) {
        return (n % 2 == 0 ? 1.0L : -1.0L) * std::pow(1024.0L, static_cast<long double>(n)) *
            hermite[n] * std::exp(-u * u);
    });
}

TEST_CASE("tails, where the derivative is tiny, keep their digits") {
    for (const double p : {-700.0, -40.0}) {
        detail::symbol_table symbols;
        constexpr auto f = exp(x);
        symbols.add<std::remove_const_t<decltype(f)>>();
        symbols.values[0] = p;
        const auto formula = detail::value_and_switches(
            detail::graph_of<std::remove_const_t<decltype(f)>>(), symbols);
        const auto found =
            detail::local_view(formula, symbols.values, 0).derivatives(nodes_on::both_sides, 2);
        const long double truth = std::exp(static_cast<long double>(p));
        CHECK(std::abs(found[1].value / truth - 1) < 1e-15L);
        CHECK(std::abs(found[2].value / truth - 1) < 1e-13L);
    }
}

TEST_CASE("at a kink each side sees its own branch") {
    constexpr auto f = max(x, 0_c) * exp(x);
    using F = std::remove_const_t<decltype(f)>;
    detail::symbol_table symbols;
    symbols.add<F>();
    const auto formula = detail::value_and_switches(detail::graph_of<F>(), symbols);
    for (const double p : {0.0, 1e-10, -1e-10, 0x1p-1074}) {
        symbols.values[0] = p;
        detail::local_view view(formula, symbols.values, 0);
        CHECK(view.is_at_switch() == (std::abs(p) < 1e-300));
        const auto left = view.derivatives(nodes_on::left, 1);
        const auto right = view.derivatives(nodes_on::right, 1);
        if (p <= 0) CHECK(left[1].value == 0);
        const auto wide = static_cast<long double>(p);
        if (p >= 0)
            CHECK(std::abs(right[1].value - (1 + wide) * std::exp(wide)) <=
                  right[1].error + 1e-18L);
        CHECK((p > 0 ? right : left)[1].error < 1e-14L);
    }
}

TEST_CASE("an infinite slope is never confirmed, and a pole is one") {
    using F = decltype(sqrt(x));
    detail::symbol_table symbols;
    symbols.add<F>();
    symbols.values[0] = 0;
    const auto root = detail::value_and_switches(detail::graph_of<F>(), symbols);
    detail::local_view at_edge(root, symbols.values, 0);
    const auto right = at_edge.derivatives(nodes_on::right, 1);
    CHECK(std::isinf(right[1].error));
    CHECK(std::isinf(at_edge.derivatives(nodes_on::left, 1)[1].error));

    using G = decltype(1_c / x);
    const auto pole = detail::value_and_switches(detail::graph_of<G>(), symbols);
    CHECK(detail::local_view(pole, {0.0}, 0).is_at_pole());
    CHECK_FALSE(detail::local_view(pole, {1e-300}, 0).is_at_pole());
}
