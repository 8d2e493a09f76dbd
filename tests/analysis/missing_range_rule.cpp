// SPDX-License-Identifier: BSL-1.0
/// A primitive without a range rule works everywhere but in certified ranges, which say so.
#define CHAINRULE_EXTRA_PRIMITIVES "op/extra_primitive.hpp"
#include <chainrule/analysis/range.hpp>

#include "support/catch.hpp"

using namespace chainrule;

TEST_CASE("a primitive without a range rule is named", "[analysis]") {
    CHECK_THROWS_WITH(range_of(gudermannian(x)),
                      "chainrule: the primitive gudermannian has no range rule; add a static "
                      "range(u) to its header");
    CHECK_THROWS_AS(lipschitz(x + gudermannian(x * x)), std::invalid_argument);
    CHECK(range_of(derivative(gudermannian(x)) - derivative(gudermannian(x))).sup ==
          interval{0, 0});
}
