// SPDX-License-Identifier: BSL-1.0
/// Adding a primitive takes one header: then it works typed, in text, in derivatives and in print.
#define CHAINRULE_EXTRA_PRIMITIVES "op/extra_primitive.hpp"
#include <chainrule/chainrule.hpp>

#include "support/catch.hpp"

#include <array>
#include <cmath>
#include <vector>

using namespace chainrule;
using namespace chainrule::literals;

TEST_CASE("a primitive of one's own") {
    STATIC_REQUIRE("gudermannian(x)"_f == gudermannian(x));
    STATIC_REQUIRE(derivative(gudermannian(x)) == sech(x));
    STATIC_REQUIRE(derivative(gudermannian(2_c * x)) == "2*sech(2*x)"_f);
    STATIC_REQUIRE(derivative(gudermannian(gudermannian(x))) == sech(gudermannian(x)) * sech(x));
    STATIC_REQUIRE(to_string(x * gudermannian(x)) == "x*gudermannian(x)");
    STATIC_REQUIRE(gudermannian(-x) == -gudermannian(x));
    STATIC_REQUIRE(evaluate(gudermannian(x), x = 0.0) == 0.0);
    // gd(1) = 2 atan(tanh(1/2)) = 0.865769483239659...
    STATIC_REQUIRE(std::is_same_v<decltype(evaluate(gudermannian(x), x = 1.0f)), float>);
    CHECK(evaluate(gudermannian(x), x = 1.0) == Approx(0.8657694832396586).epsilon(1e-15));
    CHECK(evaluate(derivative(gudermannian(x)), x = 1.0) ==
          Approx(0.6480542736638854).epsilon(1e-15));
}

TEST_CASE("a primitive of one's own in kernels") {
    const std::vector<double> in{-3, -1, 0, 0.5, 1, 2, 7};
    std::vector<double> out(in.size());
    forward(gudermannian(x) + x, in, out);
    for (std::size_t i = 0; i < in.size(); ++i) {
        CHECK(out[i] == Approx(2 * std::atan(std::tanh(in[i] / 2)) + in[i]).epsilon(1e-14));
    }
}

TEST_CASE("the others are still there") {
    STATIC_REQUIRE("tanh(x) + gudermannian(0*x) + erf(x)"_f ==
                   tanh(x) + erf(x) + "gudermannian(0)"_f);
    STATIC_REQUIRE(derivative(tanh(x)) == "1 - tanh(x)^2"_f);
}
