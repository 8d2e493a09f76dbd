// SPDX-License-Identifier: BSL-1.0
/// The tag `accurate`: at most 0.51 ULP of the textbook formula in MPFR, wherever the tag stands, in every
/// verb; special values and subnormal results too.
#include <chainrule/activations/gaussian.hpp>
#include <chainrule/activations/swish.hpp>
#include <chainrule/expr/derivative.hpp>
#include <chainrule/kernel/backward.hpp>
#include <chainrule/op/op.hpp>

#include "activations/textbook.hpp"
#include "kernel/arrays.hpp"

using namespace chainrule;

namespace {

inline constexpr parameter<"beta"> beta;
inline constexpr variable<"gate"> gate;

double ulp_of_float(double truth) {
    return std::ldexp(1.0, std::max(truth == 0 ? -126 : std::ilogb(truth), -126) - 23);
}

template<class F>
void check_against_mpfr(std::string_view name, F f) {
    std::vector<float> in;
    for (int i = 0; i < 400; ++i)
        in.push_back(arrays::ordinary<float>(static_cast<std::size_t>(i)) * 3);
    for (int i = 0; i < 60; ++i)
        in.push_back(-80.0F - static_cast<float>(i) / 2);  // into the subnormals and to 0
    std::vector<float> value(in.size());
    std::vector<float> slope(in.size());
    value_and_derivative(f, in, value, slope, accurate);
    double worst = 0;
    for (std::size_t i = 0; i < in.size(); ++i) {
        const double v = textbook::value(name, static_cast<double>(in[i])).to_double();
        const double s = textbook::slope(name, static_cast<double>(in[i])).to_double();
        worst = std::max(worst, std::abs(static_cast<double>(value[i]) - v) / ulp_of_float(v));
        worst = std::max(worst, std::abs(static_cast<double>(slope[i]) - s) / ulp_of_float(s));
    }
    CAPTURE(name);
    CHECK(worst <= 0.51);
}

}  // namespace

TEST_CASE("accurate kernels are within 0.51 ULP of MPFR, subnormal results included") {
    check_against_mpfr("silu", activations::silu);
    check_against_mpfr("gelu", activations::gelu);
    check_against_mpfr("gelu_tanh", activations::gelu_tanh);
    check_against_mpfr("mish", activations::mish);
}

TEST_CASE("the tag may stand anywhere among the arguments") {
    const std::vector<float> in{-1.5F, -0.25F, 0.75F, 3.0F, 11.0F};
    const std::vector<float> ones(in.size(), 1.0F);
    constexpr auto f = x * sigmoid(beta * x);
    std::vector<float> first(in.size());
    std::vector<float> second(in.size());
    forward(f, in, first, accurate, beta = 1.702F);
    forward(f, in, second, beta = 1.702F, accurate);
    CHECK(first == second);
    forward(f, second, accurate, x = in, beta = 1.702F);
    CHECK(first == second);
    std::vector<float> slope(in.size());
    const auto g = backward(f, in, ones, slope, accurate, beta = 1.702F);
    double sum = 0;
    for (std::size_t i = 0; i < in.size(); ++i) {
        CHECK(first[i] == evaluate(f, x = in[i], beta = 1.702F));
        CHECK(slope[i] == evaluate(derivative(f), x = in[i], beta = 1.702F));
        sum += static_cast<double>(evaluate(derivative(f, beta), x = in[i], beta = 1.702F));
    }
    CHECK(std::abs(g[beta] - sum) <= 1e-6 * std::abs(sum));
    std::vector<float> gate_slope(in.size());
    backward(gate * sigmoid(x), ones, x = in, accurate, gate = ones, grad(gate) = gate_slope);
    for (std::size_t i = 0; i < in.size(); ++i)
        CHECK(gate_slope[i] == evaluate(sigmoid(x), x = in[i]));
}

TEST_CASE("special values of accurate kernels in every lane and length") {
    const std::vector<float> special = arrays::special_values<float>();
    for (std::size_t size = 1; size < 40; ++size) {
        std::vector<float> in;
        for (std::size_t i = 0; i < size; ++i)
            in.push_back(special[(3 * i + size) % special.size()]);
        std::vector<float> out(size);
        forward(activations::silu, in, out, accurate);
        for (std::size_t i = 0; i < size; ++i) {
            CAPTURE(in[i]);
            CHECK(arrays::agree(out[i], evaluate(activations::silu, x = in[i]), 0));
        }
    }
}

TEST_CASE("with double ranges the tag changes nothing") {
    const std::vector<double> in{-700.0, -3.0, -0.1, 0.0, 2.0, 40.0};
    std::vector<double> plain(in.size());
    std::vector<double> tagged(in.size());
    forward(activations::gelu, in, plain);
    forward(activations::gelu, in, tagged, accurate);
    CHECK(plain == tagged);
}
