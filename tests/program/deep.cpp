// SPDX-License-Identifier: BSL-1.0
/// Deep formulas: values and derivatives against a plain recurrence in long double written here, and the
/// two ways in which programs are made (one whole graph, or functions differentiated once) against each
/// other.
#include <chainrule/activations/gaussian.hpp>
#include <chainrule/activations/swish.hpp>
#include <chainrule/expr/derivative.hpp>
#include <chainrule/expr/formula.hpp>
#include <chainrule/op/op.hpp>
#include <chainrule/program/evaluate.hpp>

#include "support/catch.hpp"

#include <cmath>
#include <vector>

using namespace chainrule;
using namespace chainrule::literals;

namespace {

inline constexpr parameter<"b"> b;

struct jet {
    long double value;
    long double slope;
};

constexpr long double points[] = {-6.0L, -1.25L, -0.25L, 0.0L, 0.03125L, 0.5L,
                                  1.0L,  2.0L,   4.0L,   9.5L, 30.0L};

long double logistic(long double v) { return 1 / (1 + std::exp(-v)); }

jet swish_layer(jet u) {
    const long double s = logistic(u.value);
    return {u.value * s, (s + u.value * s * logistic(-u.value)) * u.slope};
}
jet tanh_layer(jet u) {
    const long double c = 1 / std::cosh(u.value);
    return {std::tanh(u.value), c * c * u.slope};
}
jet gelu_layer(jet u) {
    constexpr long double root_half = 0.70710678118654752440084436210484903928L;
    constexpr long double inverse_root_two_pi = 0.39894228040143267793994605993438187L;
    const long double cdf = std::erfc(-u.value * root_half) / 2;
    const long double pdf = std::exp(-u.value * u.value / 2) * inverse_root_two_pi;
    return {u.value * cdf, (cdf + u.value * pdf) * u.slope};
}
jet softplus_layer(jet u) {
    return {u.value > 0 ? u.value + std::log1p(std::exp(-u.value)) : std::log1p(std::exp(u.value)),
            logistic(u.value) * u.slope};
}

/// Both outputs of the program for value and slope with respect to Names, all at one point.
template<class T, class F, fixed_string... Names, std::size_t N>
auto run(F, const T (&inputs)[N]) {
    using program = detail::plan<F, true, detail::kink_rule::usual, Names...>;
    static_assert(program::inputs == static_cast<int>(N));
    return detail::run_scalar<program, T>(inputs);
}

/// Relative, or absolute below the smallest normal number of T.
template<class T>
void check_close(T result, long double exact, double tolerance) {
    const long double floor_size = static_cast<long double>(std::numeric_limits<T>::min());
    const long double size = std::max(std::abs(exact), floor_size);
    INFO("result " << result << ", expected " << exact);
    CHECK(static_cast<double>(std::abs(static_cast<long double>(result) - exact) / size) <=
          tolerance);
}

template<class T, class F, class Layers>
void check_chain(F f, Layers layers, double tolerance) {
    for (long double point : points) {
        jet u{point, 1};
        layers(u);
        const T in[] = {static_cast<T>(point)};
        const auto out = run<T, F, "x">(f, in);
        INFO("x = " << point);
        check_close(out[0], u.value, tolerance);
        check_close(out[1], u.slope, tolerance);
    }
}

constexpr auto mixed_layer = softplus(activations::silu(activations::gelu(tanh(x))));

}  // namespace

TEST_CASE("256 layers of swish") {
    auto layers = [](jet& u) {
        for (int i = 0; i < 256; ++i) u = swish_layer(u);
    };
    const auto f = nest<256>(x * sigmoid(x));
    check_chain<double>(f, layers, 1e-15);
    check_chain<float>(f, layers, 1e-7);
    // Rounding grows with the layers, in proportion to each layer's slope (up to 1.1).
    check_chain<long double>(f, layers, 1e-16);
}

TEST_CASE("64 layers of tanh, gelu, swish and softplus in turn") {
    auto layers = [](jet& u) {
        for (int i = 0; i < 16; ++i) u = softplus_layer(swish_layer(gelu_layer(tanh_layer(u))));
    };
    check_chain<double>(nest<16>(mixed_layer), layers, 1e-15);
    check_chain<float>(nest<16>(mixed_layer), layers, 1e-7);
    // The same chain written with f(g) four times over.
    constexpr auto four = mixed_layer(mixed_layer(mixed_layer(mixed_layer)));
    constexpr auto sixteen = four(four(four(four)));
    check_chain<double>(sixteen, layers, 1e-15);
}

TEST_CASE("60 layers with a residual connection and a shared parameter") {
    constexpr auto f = nest<60>(x + tanh(x * sigmoid(b * x)));
    for (long double slope_parameter : {1.5L, -0.5L}) {
        for (long double point : points) {
            // u' by x and by b, layer by layer.
            long double u = point;
            long double by_x = 1;
            long double by_b = 0;
            for (int i = 0; i < 60; ++i) {
                const long double s = logistic(slope_parameter * u);
                const long double ds = s * logistic(-slope_parameter * u);
                const long double c = 1 / std::cosh(u * s);
                const long double layer_by_u = 1 + c * c * (s + u * slope_parameter * ds);
                const long double layer_by_b = c * c * u * u * ds;
                by_b = layer_by_u * by_b + layer_by_b;
                by_x = layer_by_u * by_x;
                u += std::tanh(u * s);
            }
            const double in[] = {static_cast<double>(point), static_cast<double>(slope_parameter)};
            const auto out = run<double, std::remove_const_t<decltype(f)>, "x", "b">(f, in);
            INFO("x = " << point << ", b = " << slope_parameter);
            check_close(out[0], u, 1e-14);
            check_close(out[1], by_x, 1e-14);
            check_close(out[2], by_b, 1e-14);
        }
    }
}

TEST_CASE("the whole graph and the function library make programs with the same results") {
    // Just below and above the size from which formulas are put together from functions.
    using detail::function_library;
    constexpr auto layer = x + tanh(x * sigmoid(b * x));
    constexpr int size = detail::type_size<std::remove_const_t<decltype(layer)>>;
    constexpr int last = (function_library::largest_whole_formula - 1) / size;
    constexpr auto whole = nest<last>(layer);
    constexpr auto pieces = nest<last + 1>(layer);
    STATIC_REQUIRE(detail::type_size<std::remove_const_t<decltype(whole)>> <=
                   function_library::largest_whole_formula);
    STATIC_REQUIRE(detail::type_size<std::remove_const_t<decltype(pieces)>> >
                   function_library::largest_whole_formula);

    // A formula that says the same as `whole` and is as large as the library's.
    constexpr auto padded =
        nest<last>(layer)(x + (x - x)(nest<function_library::largest_whole_formula>(x)));
    using padded_type = std::remove_const_t<decltype(padded)>;
    STATIC_REQUIRE(detail::type_size<padded_type> > function_library::largest_whole_formula);

    for (long double point : points) {
        const double in[] = {static_cast<double>(point), 0.75};
        const auto one = run<double, std::remove_const_t<decltype(whole)>, "x", "b">(whole, in);
        const auto other = run<double, padded_type, "x", "b">(padded, in);
        INFO("x = " << point);
        for (std::size_t k = 0; k < 3; ++k)
            check_close(other[k], static_cast<long double>(one[k]), 1e-15);
    }
}

TEST_CASE("a deep formula is evaluated by name, too") {
    const auto f = nest<256>(x * sigmoid(b * x));
    long double u = 2.5L;
    for (int i = 0; i < 256; ++i) u *= logistic(3 * u);
    check_close(evaluate(f, x = 2.5, b = 3.0), u, 1e-15);
}

TEST_CASE("a deep derivative has the symbols of all its levels") {
    constexpr auto bent = nest<3>(x * x + b);
    using slope = std::remove_const_t<decltype(derivative(bent))>;
    STATIC_REQUIRE(detail::symbols_of<slope>::find("b") >= 0);
    using once = std::remove_const_t<decltype(derivative(nest<1>(x * x + b)))>;
    STATIC_REQUIRE(detail::symbols_of<once>::find("b") < 0);
    using curvature = std::remove_const_t<decltype(derivative<2>(bent))>;
    STATIC_REQUIRE(detail::symbols_of<curvature>::find("b") >= 0);
    // f(f(f(2))) with b = 1/2: 4.5, 20.75; the slope is 2·2 · 2·4.5 · 2·20.75.
    STATIC_REQUIRE(evaluate(derivative(bent), x = 2.0, b = 0.5) == 1494.0);
}

TEST_CASE("the derivative of a deep chain alone agrees with value and derivative") {
    constexpr auto chain = nest<96>(activations::swish);
    for (long double at : points) {
        jet expected{at, 1};
        for (int layer = 0; layer < 96; ++layer) expected = swish_layer(expected);
        check_close(evaluate(derivative(chain), x = static_cast<double>(at)), expected.slope,
                    1e-13);
    }
}
