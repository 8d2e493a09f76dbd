// SPDX-License-Identifier: BSL-1.0
/// Ours: sigmoid, tanh, gelu in both forms, silu, swish, mish, softplus.
#include "chainrule.hpp"

using namespace chainrule;

namespace {

inline constexpr parameter<"beta"> beta;
inline constexpr auto sigmoid_of_x = sigmoid(x);
inline constexpr auto tanh_of_x = tanh(x);
inline constexpr auto softplus_of_x = softplus(x);

/// silu of numbers stored in 16 bits.
template<class Stored>
void add_stored_silu(const char* row) {
    static_assert(sizeof(Stored) == sizeof(std::uint16_t));
    ours(row, mode::forward, [](const arguments& a) {
        forward(activations::silu, std::span(reinterpret_cast<const Stored*>(a.stored_x), a.size),
                std::span(reinterpret_cast<Stored*>(a.stored_out), a.size));
    });
}

[[maybe_unused]] const bool registered = [] {
    add_formula<sigmoid_of_x>("sigmoid");
    add_formula<tanh_of_x>("tanh");
    add_formula<activations::gelu>("gelu");
    add_formula<activations::gelu_tanh>("gelu_tanh");
    add_formula<activations::silu>("silu");
    add_formula<activations::mish>("mish");
    add_formula<softplus_of_x>("softplus");
    ours("sigmoid_output", mode::backward, [](const arguments& a) {
        backward_from_output(sigmoid_of_x, saved_output(sigmoid_of_x, in(a.x, a)),
                             in(a.grad_out, a), out(a.slope, a));
    });
    ours("tanh_output", mode::backward, [](const arguments& a) {
        backward_from_output(tanh_of_x, saved_output(tanh_of_x, in(a.x, a)), in(a.grad_out, a),
                             out(a.slope, a));
    });
    ours("swish", mode::backward_parameters, [](const arguments& a) {
        const auto g = backward(activations::swish, in(a.x, a), in(a.grad_out, a), out(a.slope, a),
                                beta = a.beta);
        a.sums[0] = g[beta];
    });
    add_stored_silu<bfloat16>("silu_bfloat16");
    add_stored_silu<float16>("silu_float16");
    return true;
}();

}  // namespace
