// SPDX-License-Identifier: BSL-1.0
/// Saturation sets against end points and probabilities worked out with mpmath at 50 digits:
///     mp.dps = 50; findroot(lambda x: sech(x)**2 - mpf('1e-3'), 4); 2*ncdf(-that) …
/// where 1e-3 is the double next to it, as the library is given.

#include <chainrule/activations/catalogue.hpp>
#include <chainrule/analysis/saturation.hpp>

#include "support/catch.hpp"

using namespace chainrule;
using namespace chainrule::literals;
using namespace chainrule::activations;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

void check(const std::vector<interval>& found, const std::vector<interval>& expected) {
    REQUIRE(found.size() == expected.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
        CAPTURE(i, found[i].lo, found[i].hi);
        CHECK((found[i].lo == expected[i].lo ||
               found[i].lo == Approx(expected[i].lo).epsilon(1e-14)));
        CHECK((found[i].hi == expected[i].hi ||
               found[i].hi == Approx(expected[i].hi).epsilon(1e-14)));
    }
}

}  // namespace

TEST_CASE("saturation sets", "[analysis]") {
    check(saturation(tanh(x), 1e-3).intervals,
          {{-inf, -4.1467747262488962874}, {4.1467747262488962874, inf}});
    check(saturation(sigmoid(x), 1e-3).intervals,
          {{-inf, -6.90575227229791981}, {6.90575227229791981, inf}});
    check(saturation(silu, 1e-3).intervals,
          {{-inf, -8.9850615640752991103}, {-1.2830699358236030947, -1.2738875341616946589}});
    check(saturation(gelu, 1e-3).intervals,
          {{-inf, -3.8103714360016395347}, {-0.75411390795632766673, -0.74947880784902177188}});
    check(saturation(relu, 1e-3).intervals, {{-inf, 0}});
    check(saturation(hard_swish, 1e-3).intervals, {{-inf, -3}, {-1.503, -1.497}});
    check(saturation(leaky_relu, 1e-3).intervals, {});
    check(saturation(leaky_relu, 0.1).intervals, {{-inf, 0}});
    check(saturation(exp(x), 1e-3).intervals, {{-inf, -6.9077552789821370312}});
}

TEST_CASE("dead zones", "[analysis]") {
    check(saturation(relu, 1e-3).dead_zones, {{-inf, 0}});
    check(saturation(relu6, 1e-3).dead_zones, {{-inf, 0}, {6, inf}});
    check(saturation(hard_tanh, 1e-3).dead_zones, {{-inf, -1}, {1, inf}});
    check(saturation(soft_shrink, 1e-3).dead_zones, {{-0.5, 0.5}});
    CHECK_FALSE(saturation(tanh(x), 1e-3).has_dead_zone());
    CHECK_FALSE(saturation(silu, 1e-3).has_dead_zone());
    CHECK(saturation(relu, 1e-3).dead_measure(0, 1) == 0.5);
}

TEST_CASE("measures of saturation sets", "[analysis]") {
    CHECK(saturation(tanh(x), 1e-3).measure(0, 1) ==
          Approx(0.000033719152943206266133).epsilon(1e-12));
    CHECK(saturation(tanh(x), 1e-3).measure(0.5, 4) ==
          Approx(0.044201547621468438647).epsilon(1e-12));
    CHECK(saturation(sigmoid(x), 1e-3).measure(0, 1) ==
          Approx(4.9938077899716215048e-12).epsilon(1e-12));
    CHECK(saturation(silu, 1e-3).measure(0, 1) == Approx(0.0016178507119769160004).epsilon(1e-12));
    CHECK(saturation(gelu, 1e-3).measure(-3, 0.25) ==
          Approx(0.052536548084144966292).epsilon(1e-12));
    // Far in the tail, where differences of the distribution function near 1 would be 0.
    CHECK(saturation(relu, 1e-3).measure(30, 1) ==
          Approx(4.9067139271481870595e-198).epsilon(1e-12));
    CHECK(saturation(exp(x), 1e-3).measure(20, 1) ==
          Approx(8.9105707539009813006e-160).epsilon(1e-12));
    CHECK(saturation(relu, 1e-3).measure(-1, 0) == 1);
    CHECK(saturation(relu, 1e-3).measure(1, 0) == 0);
}

TEST_CASE("sets that go on without end say so", "[analysis]") {
    CHECK_FALSE(saturation(snake, 1e-3).is_complete);
    CHECK(saturation(tanh(x), 1e-3).is_complete);
}

TEST_CASE("saturation refuses what has no meaning", "[analysis]") {
    CHECK_THROWS_WITH(saturation(tanh(x), 0),
                      "chainrule: saturation needs a threshold greater than 0");
    CHECK_THROWS_WITH(saturation(tanh(x), 1e-3).measure(0, -1),
                      "chainrule: measure needs a variance that is not negative");
}
