// SPDX-License-Identifier: BSL-1.0
/// Gated units have two inputs: everything is bound by name, and one loop gives both gradients.

#include <chainrule/chainrule.hpp>

#include <cassert>
#include <cmath>
#include <cstdio>
#include <vector>

using namespace chainrule;

// [define]
inline constexpr variable<"gate"> gate;
inline constexpr auto swiglu = x * sigmoid(x) * gate;
static_assert(derivative(swiglu, gate) == x * sigmoid(x));
// [/define]

int main() {
    const std::vector<float> a{-2.0f, -0.5f, 0.0f, 1.0f, 3.0f};
    const std::vector<float> b{1.0f, 2.0f, -1.0f, 0.5f, -2.0f};
    const std::vector<float> grad_out{1.0f, 1.0f, 0.5f, 2.0f, -1.0f};
    std::vector<float> out(a.size());
    std::vector<float> grad_a(a.size());
    std::vector<float> grad_b(a.size());

    // [run]
    forward(swiglu, out, x = a, gate = b);
    backward(swiglu, grad_out, x = a, gate = b, grad(x) = grad_a, grad(gate) = grad_b);
    // [/run]

    for (std::size_t i = 0; i < a.size(); ++i) {
        const double u = a[i];
        const double s = 1 / (1 + std::exp(-u));
        std::printf("swiglu(%4.1f, %4.1f) = %9.6f   gradients %9.6f and %9.6f\n", u, double{b[i]},
                    double{out[i]}, double{grad_a[i]}, double{grad_b[i]});
        assert(std::abs(out[i] - u * s * b[i]) <= 1e-6);
        assert(std::abs(grad_a[i] - grad_out[i] * b[i] * (s + u * s * (1 - s))) <= 1e-6);
        assert(std::abs(grad_b[i] - grad_out[i] * u * s) <= 1e-6);
    }

    // A number is broadcast, and its gradient is a sum.
    // [scale]
    float scale_gradient = 0;
    backward(swiglu, grad_out, x = a, gate = 0.5f, grad(gate) = scale_gradient);
    // [/scale]
    float sum = 0;
    for (const float g : grad_b) sum += g;
    assert(std::abs(scale_gradient - sum) <= 1e-5f);
}
