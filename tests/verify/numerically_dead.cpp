// SPDX-License-Identifier: BSL-1.0
/// No gradient dies by rounding; a formula whose digits are lost shows that one would be found.

#include <chainrule/chainrule.hpp>
#include <chainrule/verify/numerically_dead.hpp>

#include "support/catch.hpp"

using namespace chainrule;
using namespace chainrule::literals;
using namespace chainrule::activations;

TEST_CASE("the float kernels have no numerically dead inputs", "[verify]") {
    CHECK(numerically_dead_inputs(sigmoid(x)).empty());
    CHECK(numerically_dead_inputs(tanh(x)).empty());
    CHECK(numerically_dead_inputs(silu).empty());
    CHECK(numerically_dead_inputs(gelu).empty());
    CHECK(numerically_dead_inputs(gelu_tanh).empty());
    CHECK(numerically_dead_inputs(mish).empty());
    CHECK(numerically_dead_inputs(softplus(x)).empty());
    CHECK(numerically_dead_inputs(elu).empty());
    CHECK(numerically_dead_inputs(erf(x)).empty());
    CHECK(numerically_dead_inputs(softsign).empty());
    CHECK(numerically_dead_inputs(tanh_shrink).empty());
    CHECK(numerically_dead_inputs(relu).empty());  // dead, but not by rounding
}

TEST_CASE("a slope that is lost by rounding is found", "[verify]") {
    // The slope 4e30·x³: x³ is 0 in float long before that.
    CHECK_FALSE(numerically_dead_inputs(1e30_c * pow(x, 4_c)).empty());
}
