// SPDX-License-Identifier: BSL-1.0
/// accumulate(target): gradients are added, in ranges, numbers and values per channel.
#include <chainrule/expr/formula.hpp>
#include <chainrule/kernel/backward.hpp>
#include <chainrule/op/op.hpp>

#include "kernel/arrays.hpp"

#include <span>

using namespace chainrule;
using namespace chainrule::literals;

namespace {

inline constexpr parameter<"beta"> beta;
inline constexpr variable<"gate"> gate;

}  // namespace

TEMPLATE_TEST_CASE("gradients are added to what is there", "", float, double) {
    using T = TestType;
    for (std::size_t size : {0U, 1U, 15U, 16U, 1023U, 1025U, 5000U}) {
        arrays::guarded<T> in(size, 1);
        arrays::guarded<T> grad_out(size, 2);
        arrays::guarded<T> grad_in(size, 3);
        arrays::guarded<T> gates(size, 1);
        arrays::guarded<T> grad_gate(size, 7);
        arrays::guarded<T> out(size);
        double by_beta = 0;
        for (std::size_t i = 0; i < size; ++i) {
            in[i] = static_cast<T>(i % 9) - 4;
            grad_out[i] = static_cast<T>(i % 5) - 2;
            grad_in[i] = static_cast<T>(i % 7);
            gates[i] = static_cast<T>(i % 3);
            grad_gate[i] = 10;
            by_beta += static_cast<double>(grad_out[i] * in[i] * in[i]);
        }
        const auto g = backward(beta * x * x, in.span(), grad_out.span(),
                                accumulate(grad_in.span()), beta = T(0.5));
        CHECK(g[beta] == by_beta);
        for (std::size_t i = 0; i < size; ++i)
            REQUIRE(grad_in[i] == static_cast<T>(i % 7) + grad_out[i] * in[i]);
        forward_backward(beta * x * x, in.span(), grad_out.span(), out.span(),
                         accumulate(grad_in.span()), beta = T(1));
        for (std::size_t i = 0; i < size; ++i) {
            REQUIRE(out[i] == in[i] * in[i]);
            REQUIRE(grad_in[i] == static_cast<T>(i % 7) + 3 * grad_out[i] * in[i]);
        }
        // By name: a range that adds beside one that does not, and a number that adds.
        double number = 1000;
        float replaced = 5;
        backward(beta * x * gate, grad_out.span(), x = in.span(), gate = gates.span(), beta = T(2),
                 grad(gate) = accumulate(grad_gate.span()), grad(x) = grad_in.span(),
                 grad(beta) = accumulate(number));
        double by_number = 0;
        for (std::size_t i = 0; i < size; ++i) {
            REQUIRE(grad_gate[i] == 10 + 2 * grad_out[i] * in[i]);
            REQUIRE(grad_in[i] == 2 * grad_out[i] * gates[i]);
            by_number += static_cast<double>(grad_out[i] * in[i] * gates[i]);
        }
        CHECK(number == 1000 + by_number);
        backward(beta * x, grad_out.span(), x = in.span(), beta = T(2), grad(beta) = replaced);
        CHECK(replaced != 5);
        CHECK((grad_in.guards_intact() && grad_gate.guards_intact() && out.guards_intact()));
    }
}

TEST_CASE("the target of accumulate is checked like any other") {
    const std::vector<float> in(8, 1.0F);
    std::vector<float> short_one(7, 3.0F);
    CHECK_THROWS_AS(backward(x * x, in, in, accumulate(short_one)), argument_error);
    std::vector<float> longer(9, 3.0F);
    CHECK_THROWS_AS(
        backward(x * x, in, std::span(longer).first(8), accumulate(std::span(longer).last(8))),
        argument_error);
    CHECK(short_one == std::vector<float>(7, 3.0F));
    CHECK(longer == std::vector<float>(9, 3.0F));
}
