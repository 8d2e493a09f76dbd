// SPDX-License-Identifier: BSL-1.0
/// The code that the manual shows (docs/) and that runs: cut out by named region, asserted here.
#include <chainrule/chainrule.hpp>

#include "support/catch.hpp"

#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

using namespace chainrule;
using namespace chainrule::literals;
using namespace chainrule::activations;

namespace {

inline constexpr parameter<"beta"> beta;
inline constexpr auto my_swish = x * sigmoid(beta * x);

double true_swish(double v, double b) { return v / (1 + std::exp(-b * v)); }
double true_slope(double v, double b) {
    const double s = 1 / (1 + std::exp(-b * v));
    return s + b * v * s * (1 - s);
}

}  // namespace

TEST_CASE("kernels over one array") {
    // [kernels]
    const std::vector<float> in{-2, -1, 0, 1, 2};
    const std::vector<float> grad_out{1, 1, 1, 1, 1};
    std::vector<float> out(5), slope(5), grad_in(5);

    forward(my_swish, in, out, beta = 1.5f);                      // out[i] = f(in[i])
    value_and_derivative(my_swish, in, out, slope, beta = 1.5f);  // f and f′
    auto g = backward(my_swish, in, grad_out, grad_in,
                      beta = 1.5f);    // grad_in[i] = grad_out[i]·f′(in[i])
    const double grad_beta = g[beta];  // Σ grad_out[i]·∂f/∂β
    forward_backward(my_swish, in, grad_out, out, grad_in, beta = 1.5f);  // all of it in one loop
    // [/kernels]
    double sum = 0;
    for (std::size_t i = 0; i < in.size(); ++i) {
        const double v = static_cast<double>(in[i]);
        CHECK(static_cast<double>(out[i]) == Approx(true_swish(v, 1.5)).epsilon(1e-6));
        CHECK(static_cast<double>(slope[i]) == Approx(true_slope(v, 1.5)).epsilon(1e-6));
        CHECK(static_cast<double>(grad_in[i]) == Approx(true_slope(v, 1.5)).epsilon(1e-6));
        const double s = 1 / (1 + std::exp(-1.5 * v));
        sum += v * v * s * (1 - s);
    }
    CHECK(grad_beta == Approx(sum).epsilon(1e-6));
}

TEST_CASE("kernels over several arrays") {
    const std::vector<float> a{-1, 0.5f, 2}, b{1, 2, 3}, grad_out{1, 1, 1};
    std::vector<float> out(3), da(3), db(3);
    // [several_inputs]
    constexpr variable<"gate"> gate;
    constexpr auto swiglu = x * sigmoid(x) * gate;
    forward(swiglu, out, x = a, gate = b);
    backward(swiglu, grad_out, x = a, gate = b, grad(x) = da, grad(gate) = db);
    // [/several_inputs]
    for (std::size_t i = 0; i < a.size(); ++i) {
        const double v = static_cast<double>(a[i]);
        CHECK(static_cast<double>(out[i]) ==
              Approx(true_swish(v, 1) * static_cast<double>(b[i])).epsilon(1e-6));
        CHECK(static_cast<double>(da[i]) ==
              Approx(true_slope(v, 1) * static_cast<double>(b[i])).epsilon(1e-6));
        CHECK(static_cast<double>(db[i]) == Approx(true_swish(v, 1)).epsilon(1e-6));
    }
}

TEST_CASE("misuse at run time is one sentence with the name in it") {
    const std::vector<float> in(3);
    std::vector<float> out{7, 7};
    try {
        forward(silu, in, out);
        FAIL("accepted");
    } catch (const argument_error& error) {
        CHECK(std::string(error.what()).find("'out' has 2 elements") != std::string::npos);
    }
    CHECK(out == std::vector<float>{7, 7});
}
