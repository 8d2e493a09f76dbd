// SPDX-License-Identifier: BSL-1.0
/// The code that the manual shows about bounding derivatives (docs/how_to/bound_a_derivative.md).
#include <chainrule/analysis/analysis.hpp>
#include <chainrule/chainrule.hpp>

#include "support/catch.hpp"

using namespace chainrule;
using namespace chainrule::literals;
using namespace chainrule::activations;

TEST_CASE("the manual: bounds", "[analysis]") {
    // [range]
    const value_range r = range_of(derivative(gelu));  // over all real numbers
    // r.sup  = [1.1289041451851547, 1.1289041451851549]: the supremum lies in between, certainly
    // r.sup_at = 1.414213562373095, r.sup_how == attainment::attained
    const value_range part = range_of(silu, interval{-4, 4});
    const interval L =
        lipschitz(tanh(silu), interval{-4, 4});  // encloses sup |f'| of tanh(silu(x))
    // [/range]
    CHECK(r.sup.contains(1.1289041451851548));
    CHECK(r.sup_at == Approx(1.4142135623730951).epsilon(1e-14));
    CHECK(part.sup_at == 4);
    CHECK(L.width() < 1e-12);
}

TEST_CASE("the manual: kinks, shape, saturation", "[analysis]") {
    // [kinks]
    for (const auto& k : kinks(hard_swish)) {
        // {-3, 0, -0.5}, {3, 1.5, 1}: where, slope from the left, slope from the right
        CHECK((k.at == -3 || k.at == 3));
        CHECK_FALSE(k.has_jump);
    }
    const function_shape s = shape(elu);
    CHECK(s.is_convex);
    CHECK(s.smoothness == 1);  // continuous with its first derivative
    CHECK(s.slope_at_infinity == 1);
    // [/kinks]
    // [saturation]
    const saturation_set flat = saturation(tanh(x), 1e-3);         // where |tanh'| < 0.001
    CHECK(flat.intervals.size() == 2);                             // (-inf, -4.1468), (4.1468, inf)
    CHECK(flat.measure(0, 1) == Approx(3.3719e-5).epsilon(1e-4));  // how much of N(0, 1) lies there
    CHECK(saturation(relu, 1e-3).has_dead_zone());                 // slope exactly 0 on (-inf, 0)
    // [/saturation]
}

TEST_CASE("the manual: compositions", "[analysis]") {
    // [composition]
    const composed_slope b = composition_bound(sigmoid(2_c * x + 1_c), sigmoid(x));
    // b.slope encloses sup |(f∘g)'|, b.product is 0.5 * 0.25: they are reached at different x
    const composed_slope deep = composition_bound<10>(silu);
    CHECK(deep.slope.hi < 2.36);
    CHECK(deep.product.lo > 2.58);
    // [/composition]
    CHECK(b.slope.hi < b.product.lo);
}
