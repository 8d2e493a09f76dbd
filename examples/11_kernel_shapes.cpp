// SPDX-License-Identifier: BSL-1.0
/// What a call of a kernel can be given, beyond one array in and one out. All of it is one fused loop.
#include <chainrule/chainrule.hpp>

#include <cassert>
#include <cmath>
#include <vector>

using namespace chainrule;
using namespace chainrule::literals;

namespace {

inline constexpr variable<"gate"> gate;
inline constexpr variable<"residual"> residual;
inline constexpr parameter<"scale"> scale;
inline constexpr parameter<"bias"> bias;
inline constexpr parameter<"beta"> beta;

bool near(double a, double b) { return std::abs(a - b) <= 1e-5 * (1 + std::abs(b)); }

double sigma(double u) { return 1 / (1 + std::exp(-u)); }

}  // namespace

int main() {
    const std::size_t size = 1001;
    std::vector<float> in(size), gates(size), upstream(size), out(size), grad_in(size),
        grad_gate(size);
    for (std::size_t i = 0; i < size; ++i) {
        in[i] = static_cast<float>(i) / 100 - 5;
        gates[i] = static_cast<float>(i % 7) - 3;
        upstream[i] = static_cast<float>(i % 5) - 2;
    }

    // [gated]
    constexpr auto swiglu = sigmoid(x) * x * gate;
    forward(swiglu, out, x = in, gate = gates);
    backward(swiglu, upstream, x = in, gate = gates, grad(x) = grad_in, grad(gate) = grad_gate);
    // [/gated]
    for (std::size_t i = 0; i < size; ++i)
        assert(near(grad_gate[i], upstream[i] * in[i] * sigma(in[i])));

    // [around]
    // Scale, bias and residual around an activation are part of the formula.
    constexpr auto block = residual + activations::silu(scale * x + bias);
    forward(block, out, x = in, residual = gates, scale = 0.5f, bias = 0.25f);
    // [/around]
    for (std::size_t i = 0; i < size; ++i) {
        const double u = 0.5 * in[i] + 0.25;
        assert(near(out[i], gates[i] + u * sigma(u)));
    }

    // [channels]
    // One value per channel: element i uses values[(i / inner) % values.size()]. inner is 1 for
    // channels-last tensors (NHWC) and H * W for channels-first ones (NCHW).
    const std::vector<float> biases{0.5f, -1.0f, 2.0f};
    std::vector<float> grad_bias(3);
    const std::size_t inner = 49;
    forward(activations::silu(x + bias), out, x = in, bias = per_channel(biases, inner));
    backward(activations::silu(x + bias), upstream, x = in, bias = per_channel(biases, inner),
             grad(x) = grad_in,
             grad(bias) = grad_bias);  // one sum for each channel
    // [/channels]
    double by_bias[3] = {};
    for (std::size_t i = 0; i < size; ++i) by_bias[(i / inner) % 3] += grad_in[i];
    for (std::size_t c = 0; c < 3; ++c) assert(near(grad_bias[c], by_bias[c]));

    // [accumulate]
    // Gradients that add to what is there.
    std::vector<float> total(size, 1.0f);
    backward(activations::silu, in, upstream, accumulate(total));
    double grad_beta = 0;
    backward(activations::swish, upstream, x = in, beta = 1.0f, grad(x) = accumulate(total),
             grad(beta) = accumulate(grad_beta));
    // [/accumulate]
    backward(activations::silu, in, upstream, grad_in);
    for (std::size_t i = 0; i < size; ++i) assert(near(total[i], 1 + 2 * grad_in[i]));
    assert(grad_beta != 0);

    // [parallel]
    // Large arrays on all processors; the same bits as without, also in sums.
    std::vector<float> many(600000, 0.3f), many_out(many.size()), many_again(many.size());
    forward(activations::gelu, many, many_out);
    forward(activations::gelu, many, many_again, parallel);  // parallel(4): on four threads at most
    assert(many_out == many_again);
    // [/parallel]

    // [from_output]
    // The input need not be kept where the output determines the slope.
    std::vector<float> data = in;
    const auto y = forward_saved(activations::elu, data, data);  // in place: the input is gone
    backward_from_output(activations::elu, y, upstream, grad_in);
    static_assert(derivative_from_output(tanh(x)) == 1_c - x * x);  // here x stands for the output
    // [/from_output]
    for (std::size_t i = 0; i < size; ++i)
        assert(near(grad_in[i], upstream[i] * (in[i] > 0 ? 1 : std::exp(in[i]))));
    return 0;
}
