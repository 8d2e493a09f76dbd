// SPDX-License-Identifier: BSL-1.0
/// Ours: tanh(tanh(tanh(x))), swish(gelu(x)), the custom formula with bias and residual, SwiGLU.
#include "chainrule.hpp"

using namespace chainrule;
using namespace chainrule::literals;

namespace {

inline constexpr parameter<"beta"> beta;
inline constexpr parameter<"bias"> bias;
inline constexpr variable<"residual"> residual;
inline constexpr variable<"gate"> gate;

inline constexpr auto tanh3 = tanh(tanh(tanh(x)));
inline constexpr auto swish_gelu = activations::silu(activations::gelu);
inline constexpr auto swiglu = activations::silu * gate;
inline constexpr auto custom = (x * tanh(softplus(beta * x)) + 0.1_c * x)(x + bias) + residual;
inline constexpr auto fixed_custom = custom(beta = 1.25_c, bias = 0.125_c);

[[maybe_unused]] const bool registered = [] {
    add_formula<tanh3>("tanh3");
    add_formula<swish_gelu>("swish_gelu");

    ours("custom", mode::forward, [](const arguments& a) {
        forward(custom, in(a.x, a), out(a.out, a), beta = a.beta, bias = a.bias,
                residual = in(a.second, a));
    });
    ours("custom", mode::backward, [](const arguments& a) {
        backward(custom, in(a.grad_out, a), x = in(a.x, a), beta = a.beta, bias = a.bias,
                 residual = in(a.second, a), grad(x) = out(a.slope, a));
    });
    ours("custom", mode::value_derivative, [](const arguments& a) {
        value_and_derivative(custom, in(a.x, a), out(a.out, a), out(a.slope, a), beta = a.beta,
                             bias = a.bias, residual = in(a.second, a));
    });
    ours("custom", mode::forward_backward, [](const arguments& a) {
        forward_backward(fixed_custom, in(a.x, a), in(a.grad_out, a), out(a.out, a),
                         out(a.slope, a), residual = in(a.second, a));
    });
    ours("custom", mode::backward_parameters, [](const arguments& a) {
        backward(custom, in(a.grad_out, a), x = in(a.x, a), beta = a.beta, bias = a.bias,
                 residual = in(a.second, a), grad(x) = out(a.slope, a), grad(beta) = a.sums[0],
                 grad(bias) = a.sums[1]);
    });

    ours("swiglu", mode::forward, [](const arguments& a) {
        forward(swiglu, in(a.x, a), out(a.out, a), gate = in(a.second, a));
    });
    ours("swiglu", mode::backward, [](const arguments& a) {
        backward(swiglu, in(a.grad_out, a), x = in(a.x, a), gate = in(a.second, a),
                 grad(x) = out(a.slope, a), grad(gate) = out(a.second_slope, a));
    });
    return true;
}();

}  // namespace
