// SPDX-License-Identifier: BSL-1.0
/// The primitive that docs/how_to/add_a_primitive.md adds: everything that follows from its one header.
// [use]
#define CHAINRULE_EXTRA_PRIMITIVES "op/manual_primitive.hpp"
#include <chainrule/chainrule.hpp>

using namespace chainrule;
using namespace chainrule::literals;

static_assert("x*log_cosh(2*x)"_f == x * log_cosh(2_c * x));     // its name, in text
static_assert(derivative(log_cosh(x)) == tanh(x));               // its derivative
static_assert(derivative<2>(log_cosh(x)) == sech(x) * sech(x));  // of any order
static_assert(log_cosh(-x) == log_cosh(x));                      // its symmetry
static_assert(evaluate(log_cosh(x), x = 0.0) == 0.0);            // at compile time
// [/use]

#include <chainrule/verify/catch2.hpp>

#include "support/catch.hpp"

#include <cmath>
#include <vector>

TEST_CASE("a primitive of one's own works in every verb") {
    // [test]
    CHECK_THAT(log_cosh(x), HasCorrectDerivatives().on(-20, 20).order(2));
    CHECK_THAT(log_cosh(x), HasCorrectKernel());
    // [/test]
    CHECK(evaluate(log_cosh(x), x = 1e-8) == Approx(5e-17).epsilon(1e-14));
    CHECK(evaluate(log_cosh(x), x = 1e300) == 1e300);
    CHECK(std::isnan(evaluate(log_cosh(x), x = std::nan(""))));
    const std::vector<double> in{-3, -0.1, 0, 0.5, 800};
    std::vector<double> out(5), slope(5);
    value_and_derivative(log_cosh(x), in, out, slope);
    for (std::size_t i = 0; i + 1 < in.size(); ++i) {
        CHECK(out[i] == Approx(std::log(std::cosh(in[i]))).epsilon(1e-13));
        CHECK(slope[i] == Approx(std::tanh(in[i])).epsilon(1e-13));
    }
    CHECK(out[4] == Approx(800 - std::log(2.0)).epsilon(1e-15));
}
