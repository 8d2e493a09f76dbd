// SPDX-License-Identifier: BSL-1.0
/// A learnable parameter: backward() returns its gradient, and gradient descent finds its value.

#include <chainrule/chainrule.hpp>

#include <cassert>
#include <cmath>
#include <cstdio>
#include <vector>

using namespace chainrule;

inline constexpr parameter<"beta"> beta;
inline constexpr auto my_swish = x * sigmoid(beta * x);

int main() {
    // Data made with beta = 1.7.
    std::vector<float> in;
    for (int i = 0; i < 101; ++i) in.push_back(static_cast<float>(i - 50) / 10);
    std::vector<float> target(in.size());
    forward(my_swish, in, target, beta = 1.7f);

    // [fit]
    std::vector<float> out(in.size());
    std::vector<float> grad_out(in.size());
    std::vector<float> grad_in(in.size());
    double value = 1;
    for (int step = 0; step < 300; ++step) {
        forward(my_swish, in, out, beta = value);
        for (std::size_t i = 0; i < in.size(); ++i) grad_out[i] = 2 * (out[i] - target[i]) / 101;
        // grad_in[i] = grad_out[i] * f'(in[i]), and the sum over all i of grad_out[i] * df/dbeta:
        const auto g = backward(my_swish, in, grad_out, grad_in, beta = value);
        value -= 10 * g[beta];
        if (step % 60 == 0) std::printf("step %3d: beta = %.6f\n", step, value);
    }
    // [/fit]
    std::printf("found beta = %.6f\n", value);
    assert(std::abs(value - 1.7) < 1e-4);

    // The gradient is the sum of x² σ(βx) σ(−βx) times the upstream gradient.
    const auto g = backward(my_swish, in, target, grad_in, beta = 0.5f);
    double sum = 0;
    for (std::size_t i = 0; i < in.size(); ++i) {
        const double u = in[i];
        sum += target[i] * u * u / ((1 + std::exp(-0.5 * u)) * (1 + std::exp(0.5 * u)));
    }
    assert(std::abs(g[beta] - sum) <= 1e-5 * std::abs(sum));
}
