// SPDX-License-Identifier: BSL-1.0
/// Chains: closed forms and mpmath (60 digits).
#include <chainrule/activations/catalogue.hpp>
#include <chainrule/analysis/profile.hpp>
#include <chainrule/graph/to_string.hpp>

#include "support/catch.hpp"

using namespace chainrule;
using namespace chainrule::literals;

TEST_CASE("a chain of tanh and sigmoid, by hand") {
    const std::vector<layer> layers{tanh(x), layer(sigmoid(x), -2.0, 0.5)};
    const auto p = profile(layers, 0.25);
    const double y = std::tanh(0.25);
    const double s = 1 / (1 + std::exp(2 * y - 0.5));
    REQUIRE(p.layers.size() == 2);
    CHECK(p.sign == -1);
    CHECK(p.layers[0].sign == 1);
    CHECK(p.layers[1].sign == -1);
    CHECK(p.layers[0].log_slope == Approx(std::log(1 - y * y)).epsilon(1e-14));
    CHECK(p.layers[1].log_slope == Approx(std::log(2 * s * (1 - s))).epsilon(1e-14));
    CHECK(p.log_slope == Approx(p.layers[0].log_slope + p.layers[1].log_slope).epsilon(1e-14));
    CHECK(p.layers[0].share + p.layers[1].share == Approx(1).epsilon(1e-15));
    CHECK(p.weakest() == 2);
    CHECK(p.value == Approx(s).epsilon(1e-15));
    CHECK_FALSE(p.dead_layer());
}

TEST_CASE("deep chains") {
    // Σ ln|w f′(u_k)| by mpmath with 60 digits.
    const auto check = [](auto f, double w, double b, double x0, std::size_t depth, double expected,
                          int sign) {
        const auto p = profile(std::vector<layer>(depth, layer(f, w, b)), x0);
        INFO(to_string(f) << " depth " << depth);
        CHECK(p.log_slope == Approx(expected).epsilon(1e-12));
        CHECK(p.sign == sign);
    };
    check(tanh(x), 1.0, 0.0, 0.5, 10000, -11.154715257411251911, 1);
    check(tanh(x), 1.0, 0.0, 0.5, 1000, -7.7097591580464160441, 1);
    check(sigmoid(x), 1.0, 0.0, 0.5, 10000, -14929.637962761722522, 1);
    check(activations::silu, 1.5, 0.25, 0.5, 10000, 4054.8258042665472024, 1);
    check(sin(x), 0.75, 0.125, 1.0, 10000, -3944.4734014898670003, 1);
    check(activations::gelu, 2.0, 0.125, 0.75, 1000, 693.26824725129244726, 1);
    check(softplus(x), -1.5, 0.25, 0.5, 10000, -5532.7514349722807643, 1);
}

TEST_CASE("where it falls below a threshold") {
    // Sigmoid chains from 0.5 leave the normal floats at depth 59 and the normal doubles at 475.
    const std::vector<layer> layers(500, layer(sigmoid(x)));
    const auto p = profile(layers, 0.5);
    CHECK(p.first_below(-126 * std::log(2)) == std::optional<std::size_t>(59));
    CHECK(p.first_below(-1022 * std::log(2)) == std::optional<std::size_t>(475));
    CHECK_FALSE(p.first_below(-1e6));
    CHECK(p.first_below(0) == std::optional<std::size_t>(1));
}

TEST_CASE("dead layers, flat layers, no layers") {
    const std::vector<layer> layers{tanh(x), layer(activations::relu, 1, -2), tanh(x),
                                    layer(activations::relu, -1)};
    const auto p = profile(layers, 1);
    CHECK(p.sign == 0);
    CHECK(p.log_slope == -std::numeric_limits<double>::infinity());
    CHECK(p.dead_layer() == std::optional<std::size_t>(2));
    CHECK(p.weakest() == 2);
    CHECK(p.first_below(-1e300) == std::optional<std::size_t>(2));
    CHECK(profile(std::vector<layer>{}, 1).log_slope == 0);
    CHECK(profile(std::vector<layer>{}, 1).weakest() == 0);
    CHECK(profile(std::vector<layer>{layer(x, 0.0)}, 1).sign == 0);
    const auto flat = profile(std::vector<layer>(3, layer(x)), 1);
    CHECK(flat.log_slope == 0);
    CHECK(flat.layers[1].share == 0);
    // Factors whose product no double holds.
    const auto tiny = profile(std::vector<layer>(40, layer(tanh(x), 1e-300)), 1);
    CHECK(tiny.log_slope == Approx(40 * std::log(1e-300)).epsilon(1e-14));
    CHECK(tiny.sign == 1);
}
