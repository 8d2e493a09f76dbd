// SPDX-License-Identifier: BSL-1.0
#include <chainrule/activations/catalogue.hpp>
#include <chainrule/analysis/continuity.hpp>

#include "support/catch.hpp"

using namespace chainrule;
using namespace chainrule::literals;

namespace {

template<class E>
bool is_certainly_continuous(E) {
    const detail::closed_formula formula = detail::closed_formula_of<E>();
    return detail::is_continuous(detail::curve(formula.nodes, formula.root, formula.order));
}

}  // namespace

TEST_CASE("continuity is told from what a formula is made of", "[analysis]") {
    CHECK(is_certainly_continuous(max(tanh(x), sin(x))));
    CHECK(is_certainly_continuous(activations::relu));
    CHECK(is_certainly_continuous(x / (1_c + abs(x))));
    CHECK(is_certainly_continuous(cos(x) / (2_c + sin(x))));
    CHECK_FALSE(is_certainly_continuous(1_c / x));
    CHECK_FALSE(is_certainly_continuous(tan(x)));
    CHECK_FALSE(is_certainly_continuous(sign(x)));
    CHECK_FALSE(is_certainly_continuous(round(x)));
    CHECK_FALSE(is_certainly_continuous(derivative(max(x, 0_c))));
}
