// SPDX-License-Identifier: BSL-1.0
/// Matchers for gradient flow: what holds passes, what does not is described with its numbers.
#include <chainrule/activations/catalogue.hpp>
#include <chainrule/verify/gradient_flow.hpp>

#include "support/catch.hpp"
#include "verify/contains.hpp"

using namespace chainrule;
using namespace chainrule::literals;
using activations::silu;

TEST_CASE("gradients that are kept and lost") {
    CHECK_THAT(tanh(x), KeepsGradient().through(50).layers());
    CHECK_THAT(silu, KeepsGradient().through(10).layers());
    CHECK_THAT(silu, KeepsGradient().through(10).layers().between(0.12, 0.13));
    CHECK_THAT(sigmoid(x), !KeepsGradient().through(50).layers());
    CHECK_THAT(1.5_c * x, !KeepsGradient().through(50).layers());
    CHECK_THAT(x, KeepsGradient().through(50).layers().weight(1.1));
    CHECK_THAT(x, !KeepsGradient().through(50).layers().weight(2));

    // (1/4)^5 at most: sigmoid through five layers
    const auto lost = KeepsGradient().through(5).layers();
    CHECK_FALSE(lost.match(sigmoid(x)));
    CHECK_THAT(lost.toString(),
               contains_text("keeps the gradient through 5 layers between 0.001 and 1000"));
    CHECK_THAT(lost.toString(), contains_text("the gradient vanishes: root mean square 0.000"));
    const auto grown = KeepsGradient().through(3).layers().weight(100);
    CHECK_FALSE(grown.match(x));
    CHECK_THAT(grown.toString(), contains_text("through 3 layers of weight 100"));
    CHECK_THAT(grown.toString(), contains_text("the gradient explodes: root mean square 1e+06"));
    const auto undefined = KeepsGradient();
    CHECK_FALSE(undefined.match(log(x)));
    CHECK_THAT(undefined.toString(), contains_text("the gradient is undefined"));
}

TEST_CASE("the run-time chain is the nested formula") {
    CHECK(gradient_flow_through(silu, 10).size.value ==
          Approx(checked_gradient_flow(nest<10>(silu)).size.value).epsilon(1e-13));
    CHECK(gradient_flow_through(activations::relu, 7).size.value ==
          Approx(std::sqrt(0.5)).epsilon(1e-13));
    CHECK(gradient_flow_through(tanh(x), 0).size.value == Approx(1).epsilon(1e-14));
    CHECK_THROWS_WITH(gradient_flow_through(tanh(x), -1),
                      "chainrule: gradient_flow_through got the depth -1 and the weight 1.000000; "
                      "the depth is at "
                      "least 0 and the weight above 0");
}

TEST_CASE("centring and gains") {
    CHECK_THAT(tanh(x), IsZeroCentred(1e-15));
    CHECK_THAT(activations::selu, IsZeroCentred(1e-15));
    CHECK_THAT(activations::relu, !IsZeroCentred(1e-3));
    CHECK_THAT(activations::relu, HasGain(std::sqrt(2), 1e-14));
    CHECK_THAT(activations::relu, HasBackwardGain(std::sqrt(2), 1e-14).under_variance(7));
    const auto off = IsZeroCentred(1e-3);
    CHECK_FALSE(off.match(sigmoid(x)));
    CHECK_THAT(off.toString(),
               contains_text("has mean within 0.001 of 0 for inputs of variance 1"));
    CHECK_THAT(off.toString(), contains_text("mean is 0.5 ±"));
}

TEST_CASE("Lipschitz constants") {
    CHECK_THAT(activations::gelu, HasLipschitzBelow(1.2));  // 1.1289041
    const auto off = HasLipschitzBelow(1.1);
    CHECK_FALSE(off.match(activations::gelu));
    CHECK_THAT(off.toString(), contains_text("has a Lipschitz constant below 1.1"));
    CHECK_THAT(off.toString(), contains_text("sup |f'| lies in [1.1289"));
}
