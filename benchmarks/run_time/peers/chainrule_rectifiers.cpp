// SPDX-License-Identifier: BSL-1.0
/// Ours: relu, leaky_relu, relu6, hard_swish, elu.
#include "chainrule.hpp"

using namespace chainrule;
using namespace chainrule::literals;

namespace {

inline constexpr parameter<"alpha"> alpha;
inline constexpr parameter<"cap"> cap;
inline constexpr parameter<"beta"> beta;
inline constexpr auto relu6 = activations::relu6(cap = 6_c);
inline constexpr auto hard_swish =
    activations::hard_swish(alpha = exact_constant<1.0L / 6>, beta = 0.5_c);

/// A formula with the parameter alpha, a number of the call.
template<auto& F, auto& WithConstant>
void add_with_alpha(const char* row) {
    ours(row, mode::forward,
         [](const arguments& a) { forward(F, in(a.x, a), out(a.out, a), alpha = a.alpha); });
    ours(row, mode::backward, [](const arguments& a) {
        backward(F, in(a.grad_out, a), x = in(a.x, a), alpha = a.alpha, grad(x) = out(a.slope, a));
    });
    ours(row, mode::value_derivative, [](const arguments& a) {
        value_and_derivative(F, in(a.x, a), out(a.out, a), out(a.slope, a), alpha = a.alpha);
    });
    // A number would have its gradient returned.
    ours(row, mode::forward_backward, [](const arguments& a) {
        forward_backward(WithConstant, in(a.x, a), in(a.grad_out, a), out(a.out, a),
                         out(a.slope, a));
    });
    ours(row, mode::backward_parameters, [](const arguments& a) {
        const auto g = backward(F, in(a.x, a), in(a.grad_out, a), out(a.slope, a), alpha = a.alpha);
        a.sums[0] = g[alpha];
    });
}

inline constexpr auto fixed_leaky_relu = activations::leaky_relu(alpha = 0.01_c);
inline constexpr auto fixed_elu = activations::elu(alpha = 1_c);

/// PReLU with a slope for each channel.
template<std::size_t Inner>
void add_prelu(const char* row) {
    ours(row, mode::forward, [](const arguments& a) {
        forward(activations::prelu, in(a.x, a), out(a.out, a),
                alpha = per_channel(std::span(a.channels, benchmark::channel_count), Inner));
    });
    ours(row, mode::backward, [](const arguments& a) {
        backward(activations::prelu, in(a.grad_out, a), x = in(a.x, a),
                 alpha = per_channel(std::span(a.channels, benchmark::channel_count), Inner),
                 grad(x) = out(a.slope, a));
    });
}

[[maybe_unused]] const bool registered = [] {
    add_formula<activations::relu>("relu");
    add_with_alpha<activations::leaky_relu, fixed_leaky_relu>("leaky_relu");
    add_formula<relu6>("relu6");
    add_formula<hard_swish>("hard_swish");
    add_with_alpha<activations::elu, fixed_elu>("elu");
    add_prelu<1>("prelu_nhwc");
    add_prelu<benchmark::image_size>("prelu_nchw");
    return true;
}();

}  // namespace
