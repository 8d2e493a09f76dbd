// SPDX-License-Identifier: BSL-1.0
/// per_channel(values, inner): values and gradients by channel, in every verb, against the definition
/// written as a plain loop.
#include <chainrule/expr/formula.hpp>
#include <chainrule/kernel/backward.hpp>
#include <chainrule/op/op.hpp>

#include "kernel/arrays.hpp"

using namespace chainrule;
using namespace chainrule::literals;

namespace {

inline constexpr parameter<"bias"> bias;
inline constexpr parameter<"scale"> scale;
inline constexpr variable<"residual"> residual;

/// Sums and products of small halves and quarters are exact: results are compared with ==.
template<class T>
T small_number(std::size_t i) {
    return static_cast<T>(static_cast<int>(i * 37 % 21) - 10) / 4;
}

inline constexpr auto formula = scale * x + bias * bias + 0.5_c * residual;

template<class T>
void check_layout(std::size_t channels, std::size_t inner, std::size_t size) {
    INFO(channels << " channels, inner " << inner << ", " << size << " elements");
    arrays::guarded<T> in(size, 3);
    arrays::guarded<T> grad_out(size, 1);
    arrays::guarded<T> more(size, 2);
    arrays::guarded<T> out(size, 1);
    arrays::guarded<T> grad_in(size, 5);
    arrays::guarded<T> biases(channels, 1);
    arrays::guarded<T> grad_bias(channels, 3);
    arrays::guarded<T> scales(channels);
    std::vector<T> expected(size);
    std::vector<T> slopes(size);
    std::vector<double> by_bias(channels);
    std::vector<double> by_scale(channels);
    double by_scale_together = 0;
    for (std::size_t c = 0; c < channels; ++c)
        biases[c] = small_number<T>(c + 5), scales[c] = small_number<T>(3 * c);
    for (std::size_t i = 0; i < size; ++i) {
        in[i] = small_number<T>(i);
        grad_out[i] = small_number<T>(5 * i + 2);
        more[i] = small_number<T>(11 * i);
        const std::size_t c = (i / inner) % channels;
        expected[i] = scales[c] * in[i] + biases[c] * biases[c] + more[i] / 2;
        slopes[i] = scales[c] * grad_out[i];
        by_bias[c] += static_cast<double>(grad_out[i] * 2 * biases[c]);
        by_scale[c] += static_cast<double>(grad_out[i] * in[i]);
        by_scale_together += static_cast<double>(grad_out[i] * in[i]);
    }
    auto equal = [](std::span<T> result, const auto& wanted) {
        for (std::size_t i = 0; i < wanted.size(); ++i) {
            if (result[i] != static_cast<T>(wanted[i])) return false;
        }
        return result.size() == wanted.size();
    };

    forward(formula, out.span(), x = in.span(), bias = per_channel(biases.span(), inner),
            scale = per_channel(scales.span(), inner), residual = more.span());
    CHECK(equal(out.span(), expected));
    value_and_derivative(formula, in.span(), out.span(), grad_in.span(), residual = more.span(),
                         bias = per_channel(biases.span(), inner),
                         scale = per_channel(scales.span(), inner));
    CHECK(equal(out.span(), expected));
    for (std::size_t i = 0; i < size; ++i) CHECK(grad_in[i] == scales[(i / inner) % channels]);

    // grad(bias) = range: summed per channel, in the layout of the binding.
    std::vector<T> grad_scale(channels, T(-7));
    backward(formula, grad_out.span(), x = in.span(), bias = per_channel(biases.span(), inner),
             scale = per_channel(scales.span(), inner), residual = more.span(),
             grad(x) = grad_in.span(), grad(bias) = grad_bias.span(),
             grad(scale) = per_channel(grad_scale, inner));
    CHECK(equal(grad_in.span(), slopes));
    CHECK(equal(grad_bias.span(), by_bias));
    CHECK(equal(std::span<T>(grad_scale), by_scale));

    // A number for all elements, its gradient per channel; and the sum over all beside sums per channel.
    T together = 0;
    std::vector<T> again(channels, T(1));
    backward(formula, grad_out.span(), x = in.span(), bias = per_channel(biases.span(), inner),
             scale = T(2), residual = more.span(), grad(scale) = together,
             grad(bias) = accumulate(again));
    CHECK(together == static_cast<T>(by_scale_together));
    for (double& v : by_bias) v += 1;
    CHECK(equal(std::span<T>(again), by_bias));
    backward(formula, grad_out.span(), x = in.span(), bias = T(0.5), scale = T(2),
             residual = more.span(), grad(scale) = per_channel(grad_scale, inner));
    CHECK(equal(std::span<T>(grad_scale), by_scale));

    // Positional: the gradients of x; bias and scale are not numbers, so nothing is returned for them.
    const auto g = backward(formula, in.span(), grad_out.span(), grad_in.span(),
                            residual = more.span(), bias = per_channel(biases.span(), inner),
                            scale = per_channel(scales.span(), inner));
    static_assert(decltype(g)::size == 0);
    CHECK(equal(grad_in.span(), slopes));
    // In place.
    forward(formula, in.span(), x = in.span(), bias = per_channel(biases.span(), inner),
            scale = per_channel(scales.span(), inner), residual = more.span());
    CHECK(equal(in.span(), expected));
    CHECK((in.guards_intact() && out.guards_intact() && grad_in.guards_intact() &&
           grad_bias.guards_intact()));
}

}  // namespace

TEMPLATE_TEST_CASE("channels of every layout", "", float, double) {
    for (std::size_t channels : {1U, 2U, 3U, 7U, 16U, 33U, 100U, 1500U}) {
        for (std::size_t inner : {1U, 2U, 5U, 16U, 49U, 1100U}) {
            check_layout<TestType>(channels, inner, 0);
            check_layout<TestType>(channels, inner, 5);
            check_layout<TestType>(channels, inner, 1024);
            check_layout<TestType>(channels, inner, 2603);
        }
    }
    // Several strands of sums.
    check_layout<TestType>(3, 1, 40009);
    check_layout<TestType>(65, 49, 65 * 49 * 4);
}

TEST_CASE("an inner dimension longer than the array") {
    const std::vector<float> in(10, 2.0F);
    const std::vector<float> values{3.0F, 5.0F};
    std::vector<float> out(10);
    forward(x * bias, out, x = in, bias = per_channel(values, std::size_t{1} << 60));
    CHECK(out == std::vector<float>(10, 6.0F));
    forward(x * bias, out, x = in, bias = per_channel(std::vector<float>{4.0F}, 3));
    CHECK(out == std::vector<float>(10, 8.0F));
}

TEST_CASE("channels are checked before anything is written") {
    const std::vector<float> in(8, 1.0F);
    std::vector<float> values(8, 2.0F);
    std::vector<float> out(8, -1.0F);
    const std::vector<float> none;
    auto message = [](auto call) -> std::string {
        try {
            call();
        } catch (const argument_error& e) {
            return e.what();
        }
        return "nothing thrown";
    };
    CHECK(
        message([&] { forward(x * bias, out, x = in, bias = per_channel(none, 1)); }) ==
        "chainrule: per_channel(values, inner) of 'bias' has no values; give one for each channel");
    CHECK(message([&] { forward(x * bias, out, x = in, bias = per_channel(values, 0)); }) ==
          "chainrule: per_channel(values, inner) of 'bias' has inner = 0; inner is how many "
          "elements in a row share "
          "a channel, at least 1");
    CHECK(message([&] { forward(x * bias, values, x = in, bias = per_channel(values, 1)); }) ==
          "chainrule: 'out' overlaps 'bias', and one of them holds a value per channel; each needs "
          "an array of its "
          "own");
    CHECK(message([&] {
              backward(x * bias, in, x = in, bias = per_channel(values, 2),
                       grad(bias) = per_channel(out, 1));
          }) ==
          "chainrule: 'grad(bias)' has other channels than the symbol is bound to; give it as many "
          "values, and "
          "the same inner");
    std::vector<float> three(3);
    CHECK(message([&] {
              backward(x * bias, in, x = in, bias = per_channel(values, 2), grad(bias) = three);
          }) ==
          "chainrule: 'grad(bias)' has other channels than the symbol is bound to; give it as many "
          "values, and the "
          "same inner");
    CHECK(message([&] {
              backward(x * bias, in, x = in, bias = per_channel(values, 1), grad(x) = out,
                       grad(bias) = out);
          }) ==
          "chainrule: 'grad(bias)' overlaps 'grad(x)', and one of them holds a value per channel; "
          "each needs an "
          "array of its own");
    CHECK(out == std::vector<float>(8, -1.0F));
}
