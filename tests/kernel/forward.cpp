// SPDX-License-Identifier: BSL-1.0
/// forward and value_and_derivative over arrays: every length, every alignment, every container, in place,
/// and nothing written beside the output.
#include <chainrule/activations/exponential_linear.hpp>
#include <chainrule/activations/rectifiers.hpp>
#include <chainrule/activations/swish.hpp>
#include <chainrule/expr/derivative.hpp>
#include <chainrule/expr/formula.hpp>
#include <chainrule/kernel/forward.hpp>
#include <chainrule/op/op.hpp>

#include "kernel/arrays.hpp"

#include <array>
#include <cmath>
#include <numeric>
#include <type_traits>

using namespace chainrule;
using namespace chainrule::literals;

namespace {

inline constexpr parameter<"beta"> beta;
inline constexpr parameter<"alpha"> alpha;
inline constexpr variable<"gate"> gate;
inline constexpr auto swiglu = sigmoid(x) * x * gate;

std::vector<std::size_t> lengths() {
    std::vector<std::size_t> result(68);
    std::iota(result.begin(), result.end(), std::size_t{0});
    result.push_back(1000);
    return result;
}

/// Exact in float and double, so that results are compared with ==.
inline constexpr auto exact = "4*x^2 - x + 0.5"_f;
template<class T>
T exact_value(T v) {
    return 4 * v * v - v + T(0.5);
}
template<class T>
T exact_slope(T v) {
    return 8 * v - 1;
}
template<class T>
T quarter(std::size_t i) {
    return static_cast<T>(static_cast<int>(i * 37 % 201) - 100) / 4;
}

template<class T>
void check_lengths(std::size_t in_offset, std::size_t out_offset) {
    for (std::size_t size : lengths()) {
        arrays::guarded<T> in(size, in_offset);
        arrays::guarded<T> out(size, out_offset);
        arrays::guarded<T> slope(size, 1);
        for (std::size_t i = 0; i < size; ++i) in[i] = quarter<T>(i);
        forward(exact, in.span(), out.span());
        std::size_t wrong = 0;
        for (std::size_t i = 0; i < size; ++i) wrong += out[i] == exact_value(in[i]) ? 0 : 1;
        // By name, with the value and its slope.
        forward(exact, out.span(), x = in.span());
        for (std::size_t i = 0; i < size; ++i) wrong += out[i] == exact_value(in[i]) ? 0 : 1;
        value_and_derivative(exact, in.span(), out.span(), slope.span());
        for (std::size_t i = 0; i < size; ++i) {
            wrong += out[i] == exact_value(in[i]) && slope[i] == exact_slope(in[i]) ? 0 : 1;
        }
        // In place.
        arrays::guarded<T> both(size, in_offset);
        for (std::size_t i = 0; i < size; ++i) both[i] = in[i];
        forward(exact, both.span(), both.span());
        for (std::size_t i = 0; i < size; ++i) wrong += both[i] == exact_value(in[i]) ? 0 : 1;
        for (std::size_t i = 0; i < size; ++i) both[i] = in[i];
        value_and_derivative(exact, both.span(), out.span(), both.span());
        for (std::size_t i = 0; i < size; ++i) {
            wrong += out[i] == exact_value(in[i]) && both[i] == exact_slope(in[i]) ? 0 : 1;
        }
        INFO(size << " elements");
        CHECK(wrong == 0);
        CHECK((in.guards_intact() && out.guards_intact() && slope.guards_intact() &&
               both.guards_intact()));
    }
}

}  // namespace

TEMPLATE_TEST_CASE("every length, aligned or not, inside its bounds", "", float, double) {
    check_lengths<TestType>(0, 0);
    check_lengths<TestType>(1, 0);
    check_lengths<TestType>(0, 1);
    check_lengths<TestType>(3, 5);
}

TEMPLATE_TEST_CASE("every contiguous range is an input and an output", "", float, double) {
    using T = TestType;
    const std::vector<T> in{T(-1), T(0), T(0.5), T(2)};
    const std::vector<T> expected{T(5.5), T(0.5), T(1), T(14.5)};

    std::vector<T> vector_out(4);
    forward(exact, in, vector_out);
    CHECK(vector_out == expected);

    const std::array<T, 4> array_in{T(-1), T(0), T(0.5), T(2)};
    std::array<T, 4> array_out{};
    forward(exact, array_in, array_out);
    CHECK(std::vector<T>(array_out.begin(), array_out.end()) == expected);

    const T c_in[] = {T(-1), T(0), T(0.5), T(2)};
    T c_out[4] = {};
    forward(exact, c_in, c_out);
    CHECK(std::vector<T>(c_out, c_out + 4) == expected);

    std::vector<T> span_out(4);
    forward(exact, std::span<const T>(in),
            std::span<T>(span_out));  // a temporary span names the array
    CHECK(span_out == expected);
    forward(exact, std::span<T>(span_out), x = std::span<const T>(c_in));
    CHECK(span_out == expected);
    forward(exact, span_out, x = array_in);
    CHECK(span_out == expected);

    T c_slope[4] = {};
    value_and_derivative(exact, array_in, c_out, c_slope);
    CHECK(std::vector<T>(c_out, c_out + 4) == expected);
    CHECK(std::vector<T>(c_slope, c_slope + 4) == std::vector<T>{T(-9), T(-1), T(3), T(15)});
}

TEST_CASE("parameters: given as a number, as an expression, as a range, or left at their default") {
    const std::vector<float> in{-2.0F, -1.0F, 3.0F};
    std::vector<float> out(3);
    constexpr auto f = x * beta + parameter<"shift", 0.5>{};
    forward(f, in, out, beta = 2.0F);
    CHECK(out == std::vector<float>{-3.5F, -1.5F, 6.5F});
    forward(f, in, out, beta = 2);  // numbers become elements first
    CHECK(out == std::vector<float>{-3.5F, -1.5F, 6.5F});
    forward(f, in, out, beta = 2_c);
    CHECK(out == std::vector<float>{-3.5F, -1.5F, 6.5F});
    forward(f, in, out, beta = x);
    CHECK(out == std::vector<float>{4.5F, 1.5F, 9.5F});
    forward(f, in, out, parameter<"shift">{} = -1.0, beta = 2.0);
    CHECK(out == std::vector<float>{-5.0F, -3.0F, 5.0F});
    forward(f, in, out, beta = std::vector<float>{1.0F, 2.0F, 3.0F});
    CHECK(out == std::vector<float>{-1.5F, -1.5F, 9.5F});
    forward(f, out, beta = in, x = 2.0F);  // the roles are free
    CHECK(out == std::vector<float>{-3.5F, -1.5F, 6.5F});

    forward(activations::leaky_relu, in, out, alpha = 0.5F);
    CHECK(out == std::vector<float>{-1.0F, -0.5F, 3.0F});
    forward(activations::leaky_relu, in, out);
    CHECK(out == std::vector<float>{-0.02F, -0.01F, 3.0F});
}

TEST_CASE("numbers are converted to the element type first") {
    const std::vector<float> in{3.0F};
    std::vector<float> out(1);
    // 3.0 * 0.1 − 0.1·3 is 0 if both numbers are the same float.
    forward("a*x - b"_f, in, out, parameter<"a">{} = 0.1, parameter<"b">{} = 0.1F * 3.0F);
    const float fused = std::fma(0.1F, 3.0F, -(0.1F * 3.0F));
    CHECK((out[0] == 0.0F || out[0] == fused));
    forward(x * 0.1_c, std::vector<float>{9.0F}, out);
    CHECK(out[0] == 9.0F * 0.1F);
    CHECK(out[0] != static_cast<float>(9.0 * 0.1));
}

TEMPLATE_TEST_CASE("two arrays: swiglu", "", float, double) {
    using T = TestType;
    for (std::size_t size :
         {std::size_t{0}, std::size_t{1}, std::size_t{15}, std::size_t{16}, std::size_t{67}}) {
        const std::vector<T> a = arrays::ordinary_values<T>(size);
        std::vector<T> b(size);
        for (std::size_t i = 0; i < size; ++i) b[i] = arrays::ordinary<T>(i + 5000);
        std::vector<T> out(size);
        forward(swiglu, out, x = a, gate = b);
        for (std::size_t i = 0; i < size; ++i) {
            INFO("x = " << a[i] << ", gate = " << b[i]);
            CHECK(arrays::agree(out[i], evaluate(swiglu, x = a[i], gate = b[i]), 6));
        }
        // Positional, with the second array by name; in place on either.
        std::vector<T> again = b;
        forward(swiglu, a, again, gate = again);
        CHECK(again == out);
        again = a;
        forward(swiglu, again, again, gate = b);
        CHECK(again == out);
    }
}

TEST_CASE("formulas without x, without symbols, without steps") {
    const std::vector<double> in{1.0, 2.0, 3.0, 4.0, 5.0};
    std::vector<double> out(5);
    std::vector<double> slope(5, -1.0);
    forward(x, in, out);
    CHECK(out == in);
    forward(derivative(x), in, out);
    CHECK(out == std::vector<double>(5, 1.0));
    forward(pi, in, out);
    CHECK(out == std::vector<double>(5, 3.14159265358979323846));
    forward(beta * beta, in, out, beta = 3.0);
    CHECK(out == std::vector<double>(5, 9.0));
    value_and_derivative(2_c * x, in, out, slope);
    CHECK(out == std::vector<double>{2.0, 4.0, 6.0, 8.0, 10.0});
    CHECK(slope == std::vector<double>(5, 2.0));
    value_and_derivative(beta, in, out, slope, beta = 7.0);
    CHECK(out == std::vector<double>(5, 7.0));
    CHECK(slope == std::vector<double>(5, 0.0));
    forward(derivative<2>(activations::leaky_relu), in, out, alpha = 0.25);
    CHECK(out == std::vector<double>(5, 0.0));
}

TEST_CASE("kink policies in value_and_derivative") {
    const std::vector<float> in{-1.0F, 0.0F, 1.0F};
    std::vector<float> out(3);
    std::vector<float> slope(3);
    value_and_derivative(activations::relu, in, out, slope);
    CHECK(slope == std::vector<float>{0.0F, 0.0F, 1.0F});
    value_and_derivative(activations::relu, in, out, slope, kink::right);
    CHECK(slope == std::vector<float>{0.0F, 1.0F, 1.0F});
    value_and_derivative(activations::relu, in, out, slope, kink::mid);
    CHECK(slope == std::vector<float>{0.0F, 0.5F, 1.0F});
    value_and_derivative(activations::leaky_relu, in, out, slope, kink::right, alpha = 0.25F);
    CHECK(slope == std::vector<float>{0.25F, 1.0F, 1.0F});
    value_and_derivative(activations::leaky_relu, in, out, slope, alpha = 0.25F, kink::left);
    CHECK(slope == std::vector<float>{0.25F, 0.25F, 1.0F});
    CHECK(out == std::vector<float>{-0.25F, 0.0F, 1.0F});
}

TEST_CASE("a deep chain of plain arithmetic, compiled in pieces, has the same values") {
    constexpr auto f = nest<64>(x + 0.125_c * max(x, 0.25_c * x - 1.0_c));
    constexpr std::size_t size =
        3 * static_cast<std::size_t>(detail::simd::native_lanes<double>) + 1;
    STATIC_REQUIRE(
        detail::plan<std::remove_const_t<decltype(f)>, true, detail::kink_rule::usual, "x">::steps
            .step_count > detail::longest_inlined_program);
    std::vector<double> in(size);
    std::vector<double> out(size);
    std::vector<double> slope(size);
    for (std::size_t i = 0; i < size; ++i) in[i] = arrays::ordinary<double>(i) / 4;
    value_and_derivative(f, in, out, slope);
    for (std::size_t i = 0; i < size; ++i) {
        long double u = in[i];
        long double du = 1;
        for (int layer = 0; layer < 64; ++layer) {
            const bool is_left = u < 0.25L * u - 1;
            du *= is_left ? 1.03125L : 1.125L;
            u += 0.125L * (is_left ? 0.25L * u - 1 : u);
        }
        INFO("x = " << in[i] << ": " << out[i] << " " << slope[i]);
        CHECK(std::abs(static_cast<double>(static_cast<long double>(out[i]) - u)) <=
              2e-14 * std::abs(static_cast<double>(u)) + 1e-14);
        CHECK(std::abs(static_cast<double>(static_cast<long double>(slope[i]) / du - 1)) < 2e-14);
    }
}

TEST_CASE("a deep chain, run from a table, has the same values and stays inside its bounds") {
    constexpr auto f = nest<64>(x + 0.25_c * tanh(x * sigmoid(beta * x)));
    constexpr std::size_t size =
        3 * static_cast<std::size_t>(detail::simd::native_lanes<double>) + 1;
    STATIC_REQUIRE(
        detail::plan<std::remove_const_t<decltype(f)>, true, detail::kink_rule::usual, "x">::steps
            .step_count > detail::longest_inlined_program);
    arrays::guarded<double> out(size, 1);
    arrays::guarded<double> slope(size, 2);
    std::vector<double> in(size);
    for (std::size_t i = 0; i < size; ++i) in[i] = arrays::ordinary<double>(i) / 4;
    value_and_derivative(f, in, out.span(), slope.span(), beta = 0.75);
    CHECK(out.guards_intact());
    CHECK(slope.guards_intact());
    for (std::size_t i = 0; i < size; ++i) {
        long double u = in[i];
        long double du = 1;
        for (int layer = 0; layer < 64; ++layer) {
            const long double s = 1 / (1 + std::exp(-0.75L * u));
            const long double c = 1 / std::cosh(u * s);
            du *= 1 + 0.25L * c * c * (s + u * 0.75L * s / (1 + std::exp(0.75L * u)));
            u += 0.25L * std::tanh(u * s);
        }
        INFO("x = " << in[i] << ": " << out[i] << " " << slope[i] << ", expected " << u << " "
                    << du);
        CHECK(std::abs(static_cast<double>(static_cast<long double>(out[i]) / u - 1)) < 5e-14);
        CHECK(std::abs(static_cast<double>(static_cast<long double>(slope[i]) / du - 1)) < 5e-14);
    }
}

TEST_CASE("gradients that vanish in a deep chain are worked out once") {
    constexpr auto f = nest<64>(0.25_c * x * sigmoid(beta * x));
    using plan =
        detail::plan<std::remove_const_t<decltype(f)>, true, detail::kink_rule::usual, "x">;
    STATIC_REQUIRE(plan::steps.step_count > detail::longest_inlined_program);
    // The second look would be the scalar evaluator's: a hundred times the work.
    STATIC_REQUIRE_FALSE(detail::doubts<plan>::about_size);
    const std::vector<float> in{-3, 0, 0.5F, 2, std::numeric_limits<float>::infinity()};
    std::vector<float> out(in.size());
    std::vector<float> slope(in.size());
    value_and_derivative(f, in, out, slope, beta = 1.0F);
    CHECK(slope == std::vector<float>{0, 0, 0, 0, 0x1p-128F});  // the zeros are about 2^-192
    CHECK(out[4] == std::numeric_limits<float>::infinity());
}

/// Both kernels of f'' against evaluate, far out where divisors overflow and near 0 where they lose digits.
template<class F>
void check_far_out(F f) {
    std::vector<float> in;
    for (int e = -40; e <= 38; ++e) {
        for (const double m : {1.5, -2.75}) in.push_back(static_cast<float>(m * std::pow(10.0, e)));
    }
    const std::vector<double> wide(in.begin(), in.end());
    std::vector<float> out(in.size());
    std::vector<double> wide_out(in.size());
    forward(f, in, out);
    forward(f, wide, wide_out);
    for (std::size_t i = 0; i < in.size(); ++i) {
        const float value = evaluate(f, x = in[i]);
        const double wide_value = evaluate(f, x = wide[i]);
        INFO("x = " << in[i]);
        CHECK(std::fabs(out[i] - value) <= std::fabs(value) * 0x1p-20F + 0x1p-149F);
        CHECK(std::fabs(wide_out[i] - wide_value) <= std::fabs(wide_value) * 0x1p-49);
    }
}

TEST_CASE("a divisor that overflows leaves its trace though other terms are added") {
    check_far_out(derivative<2>("log(1 + x^2)"_f, x));
    check_far_out(derivative<2>("1/(1 + x^2)"_f, x));
    check_far_out(derivative<2>("x/(1 + abs(x))"_f, x));
    check_far_out(derivative<2>("sqrt(abs(x))*tanh(x)"_f, x));
}

TEST_CASE("formulas that vanish at 0 or overflow on the way keep their digits") {
    check_far_out("sqrt(1 + x^2) - 1"_f);
    check_far_out("softplus(x) - log(2)"_f);
    check_far_out("log(cosh(x))"_f);
    check_far_out("log(2 + exp(x))"_f);
    check_far_out("(exp(x) - 1)/(exp(x) + 1)"_f);
    check_far_out(derivative<2>("exp(-exp(-x))"_f, x));
    check_far_out("3 - 3*x/sqrt(x^2 + 5)"_f);
    check_far_out("sqrt(1 + abs(x)) - 1"_f);
    // u Phi'(u) + Phi(u) is 0 far out, whatever it is multiplied by.
    check_far_out("x*(normal_cdf(x) + x*normal_pdf(x))"_f);
    check_far_out(derivative("x*(1 + exp(-1.5*x))^(-0.75)"_f));
    check_far_out(derivative("x*(1 + x/sqrt(1 + x^2))/2"_f));
}

TEST_CASE("a root of what became subnormal keeps its digits") {
    std::vector<float> in;
    for (int i = 0; i < 1200; ++i) in.push_back(-170 + static_cast<float>(i) / 8);
    std::vector<float> out(in.size());
    std::vector<float> slope(in.size());
    auto worst = [&](const std::vector<float>& results, auto expected) {
        long double most = 0;
        for (std::size_t i = 0; i < in.size(); ++i) {
            const long double value = expected(static_cast<long double>(in[i]));
            most = std::max(most, std::fabs(static_cast<long double>(results[i]) - value) / value);
        }
        return most * 0x1p24L;
    };
    forward("sqrt(softplus(x))"_f, in, out);
    CHECK(worst(out, [](long double u) { return std::sqrt(std::log1p(std::exp(u))); }) <= 4);
    value_and_derivative("sigmoid(x)^0.5"_f, in, out, slope);
    CHECK(worst(out, [](long double u) { return std::sqrt(1 / (1 + std::exp(-u))); }) <= 4);
    CHECK(worst(slope, [](long double u) {
              return std::sqrt(1 / (1 + std::exp(-u))) / (1 + std::exp(u)) / 2;
          }) <= 4);
    forward("softplus(x)^0.375"_f, in, out);
    CHECK(worst(out, [](long double u) { return std::pow(std::log1p(std::exp(u)), 0.375L); }) <= 4);
}
