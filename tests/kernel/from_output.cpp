// SPDX-License-Identifier: BSL-1.0
/// backward_from_output against backward with the input, and which formulas have it.
#include <chainrule/activations/clipped.hpp>
#include <chainrule/activations/exponential_linear.hpp>
#include <chainrule/activations/rectifiers.hpp>
#include <chainrule/expr/formula.hpp>
#include <chainrule/graph/compare.hpp>
#include <chainrule/kernel/from_output.hpp>

#include "kernel/arrays.hpp"

using namespace chainrule;
using namespace chainrule::literals;

namespace {

inline constexpr parameter<"alpha"> alpha;
inline constexpr parameter<"beta"> beta;
inline constexpr parameter<"low"> low;
inline constexpr parameter<"high"> high;

/// The slope of double inputs from their outputs, next to f' from the evaluator. y has lost digits of x:
/// the error bound is that of y, half an ulp, times |df'/dy|, a few units for these inputs.
template<class F, class... B>
void check(F f, double bound, B... bindings) {
    const std::vector<double> in = arrays::ordinary_values<double>(205);
    std::vector<double> grad_out(in.size());
    for (std::size_t i = 0; i < in.size(); ++i) grad_out[i] = arrays::ordinary<double>(3 * i + 1);
    std::vector<double> out(in.size());
    std::vector<double> grad_in(in.size());
    const auto y = forward_saved(f, in, out, bindings...);
    backward_from_output(f, y, grad_out, grad_in, bindings...);
    for (std::size_t i = 0; i < in.size(); ++i) {
        const double expected = grad_out[i] * evaluate(derivative(f), x = in[i], bindings...);
        INFO("x = " << in[i] << ", y = " << out[i] << ": " << grad_in[i] << " for " << expected);
        CHECK(std::abs(grad_in[i] - expected) <= bound * std::abs(grad_out[i]));
    }
}

}  // namespace

static_assert(derivative_from_output(sigmoid(x)) == x * (1_c - x));
static_assert(derivative_from_output(tanh(x)) == 1_c - x * x);
static_assert(derivative_from_output(exp(x)) == x);
static_assert(derivative_from_output(softplus(x)) == -expm1(-x));
static_assert(derivative_from_output(log_sigmoid(x)) == -expm1(x));
static_assert(derivative_from_output(activations::relu) == select(x > 0_c, 1_c, 0_c));
static_assert(derivative_from_output("a*tanh(x) + b"_f) == "a*(1 - ((x - b)/a)^2)"_f);
static_assert(derivative_from_output(atan(x)) == square(cos(x)));
static_assert(derivative_from_output(sqrt(x)) == 0.5_c / x);
static_assert(derivative_from_output(2_c / sqrt(x)) == -(x * x * x) / 8_c);
static_assert(derivative_from_output(sigmoid(beta * x)) == beta * x * (1_c - x));

TEST_CASE("slopes from outputs") {
    check(sigmoid(x), 1e-15);
    check(tanh(x), 1e-15);
    check(softplus(x), 1e-15);
    check(log_sigmoid(x), 1e-15);
    check(expm1(x), 3e-12);  // y = 8000 is right to 2 ulp of 9e-13
    check(asinh(x), 1e-14);
    check(log1p(exp(x)), 1e-14);
    check(atan(x), 1e-15);
    check(sqrt(1_c + exp(x)), 1e-11);
    check(1_c / sqrt(1_c + exp(x)), 1e-14);
    check(activations::relu, 0);
    check(activations::relu6, 0);
    check(activations::elu, 1e-15);
    check(activations::elu, 1e-15, alpha = 0.3);
    check(activations::celu, 1e-15, alpha = 2.5);
    check(activations::selu, 1e-14);
    check(activations::leaky_relu, 1e-15);
    check(activations::prelu, 1e-15, alpha = 0.125);
    check(activations::hard_tanh, 0);
    check(activations::clip, 0, low = -1.5, high = 2.0);
    check(sigmoid(beta * x), 1e-15, beta = -1.5);
    check(1_c - 2_c * tanh(beta * x + 0.5_c), 1e-14, beta = 0.25);
    check(2_c / (1_c + exp(-x)), 1e-14);
    check(tanh(softplus(beta * x)), 1e-13, beta = 0.25);
}

TEMPLATE_TEST_CASE("in place, in parts, added up, on threads", "", float, double) {
    using T = TestType;
    for (std::size_t size : {0U, 1U, 17U, 1000U}) {
        std::vector<T> data = arrays::ordinary_values<T>(size);
        const std::vector<T> grad_out(size, T(1));
        std::vector<T> expected(size);
        const auto y = forward_saved(activations::elu, data, data, alpha = T(0.5));
        std::vector<T> grad_in(size, T(1));
        backward_from_output(activations::elu, y, grad_out, accumulate(grad_in), parallel,
                             alpha = T(0.5));
        for (std::size_t i = 0; i < size; ++i) {
            const double slope = data[i] > 0 ? 1 : static_cast<double>(data[i]) + 0.5;
            CHECK(std::abs(static_cast<double>(grad_in[i]) - 1 - slope) <=
                  4 * static_cast<double>(std::numeric_limits<T>::epsilon()));
        }
        // The gradient over the output, declared by hand.
        backward_from_output(activations::elu, saved_output(activations::elu, data), grad_out, data,
                             alpha = T(0.5));
        CHECK((size == 0 || std::abs(static_cast<double>(data[0] + 1 - grad_in[0])) <= 1e-6));
    }
}

TEST_CASE("parameters that take monotony away are refused") {
    const std::vector<float> in{-1.0F, 2.0F};
    std::vector<float> out(2);
    std::vector<float> grad_in{7.0F, 7.0F};
    const auto y = forward_saved(activations::leaky_relu, in, out, alpha = -0.5F);
    for (float a : {-0.5F, 0.0F, std::numeric_limits<float>::quiet_NaN()}) {
        std::string message;
        try {
            backward_from_output(activations::leaky_relu, y, in, grad_in, alpha = a);
        } catch (const argument_error& e) {
            message = e.what();
        }
        CHECK(message ==
              "chainrule: with these parameters the slope is not a function of the output (a "
              "factor of an "
              "arm of select() must be positive, others not 0); keep the input and call backward");
    }
    CHECK(grad_in == std::vector<float>{7.0F, 7.0F});
    std::vector<float> shorter(1);
    CHECK_THROWS_AS(backward_from_output(activations::leaky_relu, y, in, shorter), argument_error);
}
