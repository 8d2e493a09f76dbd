// SPDX-License-Identifier: BSL-1.0
/// evaluate() in constant evaluation and at run time, for float, double and long double: values against
/// MPFR, defaults, substitution in the call, limits at infinity, NaN, and which constants are rounded.
#include <chainrule/activations/gaussian.hpp>
#include <chainrule/activations/rectifiers.hpp>
#include <chainrule/activations/swish.hpp>
#include <chainrule/expr/derivative.hpp>
#include <chainrule/expr/formula.hpp>
#include <chainrule/op/op.hpp>
#include <chainrule/program/evaluate.hpp>
#include <chainrule/verify/ulp.hpp>

#include "support/catch.hpp"
#include "support/oracle.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <type_traits>
#include <vector>

using namespace chainrule;
using namespace chainrule::literals;

namespace {

inline constexpr parameter<"beta"> beta;
inline constexpr parameter<"shift", 0.5> shift;

template<class T>
inline constexpr T inf = std::numeric_limits<T>::infinity();
template<class T>
inline constexpr T nan_value = std::numeric_limits<T>::quiet_NaN();

template<class T>
constexpr bool is_nan(T v) {
    return v != v;
}

/// 1/0 has a sign, 0 has none that == sees.
template<class T>
constexpr bool is_zero(T v, bool negative) {
    return v == 0 &&
        std::bit_cast<std::uint64_t>(static_cast<double>(v)) >> 63 == (negative ? 1U : 0U);
}

/// The error of a result in units of the last place of the exact value, measured in MPFR.
template<class T>
double error_in_ulps(T result, const oracle::number& exact) {
    const auto head = static_cast<double>(result);
    const auto tail =
        static_cast<double>(static_cast<long double>(result) - static_cast<long double>(head));
    const T unit = ulp_of(static_cast<T>(exact.to_double()));
    return (oracle::abs(oracle::number(head) + oracle::number(tail) - exact) /
            oracle::number(static_cast<double>(unit)))
        .to_double();
}

constexpr double points[] = {-30.25, -7.5, -2.0, -1.0, -0.625, -0.09375, -0x1p-20, 0x1p-30, 0.03125,
                             0.25,   0.75, 1.0,  1.5,  2.75,   5.0,      11.5,     42.0};

/// Correctly rounded but for near-ties. For long double there is no wider type: each step rounds, and
/// silu'(-1) = 0.27 - 0.20 loses two bits.
template<class T>
constexpr double error_bound = std::is_same_v<T, long double> ? 4 : 0.5005;

template<class T, class F>
void check_values(F f, std::string_view text) {
    double worst = 0;
    for (double point : points) {
        const oracle::number exact = oracle::value_of(text, {{"x", point}});
        const T result = evaluate(f, x = static_cast<T>(point));
        const double error = error_in_ulps(result, exact);
        INFO(text << " at " << point << ": " << result << ", exactly " << exact.to_double());
        CHECK(error <= error_bound<T>);
        worst = std::max(worst, error);
    }
    INFO(text << ": the largest error is " << worst << " ulp");
    CHECK(worst <= error_bound<T>);
}

template<class F>
void check_all_types(F f, std::string_view text) {
    check_values<float>(f, text);
    check_values<double>(f, text);
    check_values<long double>(f, text);
}

}  // namespace

// ---- constant evaluation, exact results ---------------------------------------------------------

static_assert(evaluate(x * x, x = 3.0) == 9.0);
static_assert(evaluate(x * x, x = 3.0f) == 9.0f);
static_assert(evaluate(x * x, x = 3.0L) == 9.0L);
static_assert(evaluate(x * x, x = 3) == 9.0);
static_assert(evaluate("2*x + 1"_f, x = 0.25) == 1.5);
static_assert(evaluate(sqrt(x), x = 6.25) == 2.5);
static_assert(evaluate(x / 4_c - beta, x = 1.0, beta = 0.125) == 0.125);
static_assert(evaluate(max(x, 0_c), x = -2.0) == 0.0);
static_assert(evaluate(exp(x), x = 0.0) == 1.0);
static_assert(evaluate(derivative(pow(x, 3_c)), x = 2.0) == 12.0);
static_assert(evaluate(derivative<2>(pow(x, 3_c)), x = 2.0) == 12.0);
static_assert(evaluate(derivative(x * beta, beta), x = 7.0, beta = 2.0) == 7.0);
// Published digits: exp(1), sigmoid(2), tanh(0.5), erf(1).
static_assert(evaluate(exp(x), x = 1.0) == 2.71828182845904523536028747135266249);
static_assert(evaluate(sigmoid(x), x = 2.0) == 0.880797077977882444059861187213);
static_assert(evaluate(tanh(x), x = 0.5) == 0.46211715726000975850231848364367);
static_assert(evaluate(erf(x), x = 1.0) == 0.84270079294971486934122063508261);
static_assert(evaluate(exp(x), x = 1.0f) == 2.71828182845904523536f);

// ---- the type of the result -----------------------------------------------------------------------

static_assert(std::is_same_v<decltype(evaluate(x * x, x = 3.0f)), float>);
static_assert(std::is_same_v<decltype(evaluate(x * x, x = 3.0)), double>);
static_assert(std::is_same_v<decltype(evaluate(x * x, x = 3.0L)), long double>);
static_assert(std::is_same_v<decltype(evaluate(x * x, x = 3)), double>);
static_assert(std::is_same_v<decltype(evaluate(x * beta, x = 3.0f, beta = 2.0)), double>);
static_assert(std::is_same_v<decltype(evaluate(x * beta, x = 3.0f, beta = 2.0f)), float>);
static_assert(std::is_same_v<decltype((x * x)(0.5f)), float>);
static_assert(std::is_same_v<decltype(evaluate(pi)), double>);

// ---- defaults, values, substitution -----------------------------------------------------------------

static_assert(evaluate(x + shift, x = 1.0) == 1.5);
static_assert(evaluate(x + shift, x = 1.0, shift = 3.0) == 4.0);
static_assert(evaluate(x * beta, x = 3.0, beta = 1.5_c) == 4.5);
static_assert(evaluate(x * beta, x = 3.0, beta = x + 1_c) == 12.0);  // the given x is the outer one
static_assert(evaluate(x * beta, x = 3.0f, beta = 1.5_c) == 4.5f);
static_assert(evaluate(x * beta, beta = shift, x = 2.0) == 1.0);
static_assert(evaluate(x * beta, beta = shift, x = 2.0, shift = 4.0) == 8.0);
static_assert(evaluate(x + shift, x = 1.0, shift = beta, beta = 2.0) == 3.0);
static_assert(evaluate(pi) == 3.14159265358979323846);

static_assert((x * x)(0.5f) == 0.25f);
static_assert((x * x)(2) == 4.0);
static_assert((x + shift)(2) == 2.5);
static_assert((x * beta)(2.0, beta = 3.0) == 6.0);
static_assert((x * beta)(beta = 3.0, x = 2.0) == 6.0);
static_assert((x * beta)(2.0, beta = 3_c) == 6.0);
static_assert((x * beta)(beta = 3_c)(2.0) == 6.0);

// Conflicting defaults are of no interest once a value is given.
static_assert(evaluate(parameter<"a", 1.0>{} + parameter<"a", 2.0>{} * x, x = 1.0,
                       parameter<"a">{} = 5.0) == 10.0);

// A derivative that lost a symbol still takes its value: generic code need not know.
static_assert(evaluate(derivative(x), x = 5.0) == 1.0);
static_assert(evaluate(derivative<2>(beta * x), x = 5.0, beta = 2.0) == 0.0);
static_assert(evaluate(derivative(beta * x) + 1_c, x = 5.0, beta = 2.0) == 3.0);
static_assert(evaluate(derivative(nest<3>(beta * x), beta), x = 2.0, beta = 1.0) == 6.0);
static_assert(evaluate(pi, x = 1.0) == evaluate(pi));

// ---- constants are rounded to the element type, those of the catalogue are exact ---------------------

static_assert(evaluate(x + 0.1_c, x = 0.0f) == 0.1f);
static_assert(evaluate(x + 0.1_c, x = 0.0) == 0.1);
static_assert(evaluate(x + 0.1_c, x = 0.0L) == static_cast<long double>(0.1));
// 0.1f is 0.100000001490116…: seen only through a product that does not round it away.
static_assert(evaluate(1073741824_c * (x * 0.1_c - 0.1_c), x = 1.0f) == 0.0f);
static_assert(evaluate(x * 0.1_c, x = 9.0f) == static_cast<float>(9 * static_cast<double>(0.1f)));
static_assert(evaluate(x * exact_constant<0.1L>, x = 9.0f) == static_cast<float>(9 * 0.1));
static_assert(static_cast<float>(9 * static_cast<double>(0.1f)) != static_cast<float>(9 * 0.1));
static_assert(evaluate(x * exact_constant<0.1L>, x = 1.0L) == 0.1L);
static_assert(evaluate(x * 0.1_c, x = 1.0L) != 0.1L);

// ---- infinity and NaN --------------------------------------------------------------------------------

static_assert(evaluate(activations::silu, x = -inf<double>) == 0);
static_assert(evaluate(activations::silu, x = -inf<float>) == 0);
static_assert(evaluate(activations::silu, x = inf<double>) == inf<double>);
static_assert(evaluate(derivative(activations::silu), x = inf<double>) == 1);
static_assert(evaluate(derivative(activations::silu), x = -inf<double>) == 0);
static_assert(evaluate(derivative(activations::gelu), x = inf<double>) == 1);
// e^x overflows, what it is multiplied with has underflowed long before: 0·inf on the way.
static_assert(evaluate(derivative<2>(x * tanh(exp(x)), x), x = 1e5) == 0);
static_assert(evaluate(derivative<2>(x * tanh(exp(x)), x), x = 1e300) == 0);
static_assert(evaluate(derivative<2>(x * tanh(exp(x)), x), x = inf<double>) == 0);
static_assert(evaluate(derivative<2>(x * tanh(exp(x)), x), x = 1e30f) == 0);
// Here NaN says that there is no value.
static_assert(is_nan(evaluate((exp(x) + 1_c) * (exp(-x) + exp(-2_c * x)), x = 1e5)));
static_assert(is_nan(evaluate(log(100_c - x) * max(50_c - x, 0_c), x = 101.0)));
static_assert(evaluate(derivative(activations::gelu), x = inf<float>) == 1);
static_assert(evaluate(derivative(activations::gelu), x = -inf<double>) == 0);
static_assert(evaluate(derivative(activations::gelu_tanh), x = inf<double>) == 1);
static_assert(evaluate(x + square(sin(x)), x = inf<double>) == inf<double>);
static_assert(evaluate(x + square(sin(x)), x = -inf<double>) == -inf<double>);
static_assert(is_nan(evaluate(x * cos(x), x = inf<double>)));
static_assert(is_nan(evaluate(sin(x), x = inf<float>)));
static_assert(evaluate(asinh(x), x = inf<double>) == inf<double>);
static_assert(evaluate(asinh(x), x = -inf<double>) == -inf<double>);
static_assert(evaluate(log(x), x = inf<double>) == inf<double>);
static_assert(evaluate(log(x), x = 0.0) == -inf<double>);
static_assert(is_nan(evaluate(log(x), x = -1.0)));
static_assert(is_nan(evaluate(sqrt(x), x = -1.0)));
static_assert(evaluate(x / (1_c + abs(x)), x = -inf<double>) == -1);
static_assert(evaluate("x - x"_f, x = inf<double>) == 0);
static_assert(evaluate(x * exp(-x), x = inf<double>) == 0);
static_assert(evaluate(square(x) / (1_c + x), x = -inf<double>) == -inf<double>);
static_assert(evaluate(exp(x) / (1_c + exp(x)), x = inf<double>) == 1);

static_assert(is_nan(evaluate(activations::relu, x = nan_value<double>)));
static_assert(is_nan(evaluate(activations::silu, x = nan_value<float>)));
static_assert(is_nan(evaluate(derivative(activations::gelu), x = nan_value<double>)));
static_assert(is_nan(evaluate(x * beta, x = 1.0, beta = nan_value<double>)));
static_assert(is_nan(evaluate(select(x > 0_c, x, 2_c * x), x = nan_value<double>)));
static_assert(is_nan(evaluate(derivative(select(x > 0_c, square(x), 2_c * x)),
                              x = nan_value<double>)));

TEST_CASE("values are correctly rounded but for near-ties") {
    check_all_types(x * sigmoid(x), "x*sigmoid(x)");
    check_all_types(x * normal_cdf(x), "x*normal_cdf(x)");
    check_all_types(x * tanh(softplus(x)), "x*tanh(softplus(x))");
    check_all_types("x/(1 + abs(x))"_f, "x/(1 + abs(x))");
    check_all_types(exp(-square(x) / 8_c), "exp(-square(x)/8)");
    check_all_types(asinh(3_c * x) - 0.5_c, "asinh(3*x) - 0.5");
    check_all_types("select(x < 0.5, x^2, x^3)"_f, "select(x < 0.5, x^2, x^3)");
    check_all_types(log1p(square(x)) * sech(x / 8_c), "log1p(square(x))*sech(x/8)");
    check_all_types("(exp(x) - 1)/(exp(x) + 1)"_f, "tanh(x/2)");
    check_all_types("1 - exp(-softplus(x))"_f, "sigmoid(x)");
    check_all_types("sqrt(1 + x^2) - 1"_f, "x*(x/(1 + sqrt(1 + x*x)))");
    check_all_types("3 - 2*sqrt(x^2 + 2.25)"_f, "-x*(x/(0.75 + sqrt(x*x/4 + 0.5625)))");
    check_all_types("softplus(x) - log(2)"_f, "max(x, 0) + log1p(expm1(-abs(x))/2)");
    check_all_types(
        "(1 + x/sqrt(1 + x^2))/2"_f,
        "select(x < 0, 0.5/(sqrt(1 + x*x)*(sqrt(1 + x*x) - x)), (1 + x/sqrt(1 + x*x))/2)");
    check_all_types("sqrt(1 + abs(x)) - 1"_f, "abs(x)/(sqrt(1 + abs(x)) + 1)");
    check_all_types("6 - 2*sqrt(9 + exp(x/16))"_f, "-2*exp(x/16)/(sqrt(9 + exp(x/16)) + 3)");
    check_all_types("log(2 + exp(x))"_f, "log(2 + exp(x))");
    check_all_types("log(cosh(x))"_f, "log(cosh(x))");
}

TEST_CASE("derivatives are correctly rounded but for near-ties") {
    check_all_types(derivative(x * sigmoid(x)), "sigmoid(x) + x*sigmoid(x)*sigmoid(-x)");
    check_all_types(derivative(tanh(x)), "sech(x)*sech(x)");
    check_all_types(derivative(x / (1_c + abs(x))), "1/((1 + abs(x))*(1 + abs(x)))");
    check_all_types(derivative<2>(exp(-x / 4_c)), "exp(-x/4)/16");
}

TEST_CASE("constant evaluation and run time agree") {
    constexpr auto f = x * sigmoid(1.702_c * x) + shift;
    constexpr double samples[] = {-40.0, -3.3, -0.7, 0.0, 0.1, 2.5, 77.0};
    constexpr auto known = [=] {
        std::array<double, std::size(samples)> result{};
        for (std::size_t i = 0; i < result.size(); ++i) result[i] = evaluate(f, x = samples[i]);
        return result;
    }();
    for (std::size_t i = 0; i < std::size(samples); ++i) {
        volatile double hidden = samples[i];
        const double point = hidden;
        INFO("x = " << point);
        CHECK(ulp_distance(evaluate(f, x = point), known[i]) <= 1);
    }
}

TEST_CASE("silu(-inf) is a zero, and its sign is that of the values before it") {
    const double low = evaluate(activations::silu, x = -inf<double>);
    CHECK(low == 0);
    CHECK(std::signbit(low));
    CHECK(is_zero(evaluate(activations::relu, x = -inf<double>), false));
    STATIC_REQUIRE(is_zero(evaluate(activations::silu, x = -inf<double>), true));
}

TEST_CASE("a formula is a function object") {
    const std::vector<float> in{-2.0f, 0.0f, 0.5f, 3.0f};
    std::vector<float> out(in.size(), -1.0f);
    std::transform(in.begin(), in.end(), out.begin(), max(x, 0_c));
    CHECK(out == std::vector<float>{0.0f, 0.0f, 0.5f, 3.0f});
    std::transform(in.begin(), in.end(), out.begin(), activations::swish);
    for (std::size_t i = 0; i < in.size(); ++i) {
        CHECK(error_in_ulps(
                  out[i], oracle::value_of("x*sigmoid(x)", {{"x", static_cast<double>(in[i])}})) <=
              0.5005);
    }
    CHECK(std::any_of(in.begin(), in.end(), [](float v) { return activations::relu(v) > 2; }));
}

TEST_CASE("numbers of every arithmetic type are values") {
    STATIC_REQUIRE(evaluate(x * beta, x = 3, beta = 2U) == 6.0);
    STATIC_REQUIRE(evaluate(x * beta, x = static_cast<short>(3), beta = 2.5f) == 7.5);
    STATIC_REQUIRE(evaluate(x, x = true) == 1.0);
}

TEST_CASE("second derivatives keep their digits next to a root and far out") {
    // sigma''(x) = -x/8 + O(x^3); with b = 4 squareplus'' = 2/(x^2 + 4)^1.5; (log(1 - exp(-x)))'' -> -exp(-x).
    constexpr auto curvature = derivative<2>(sigmoid(x), x);
    STATIC_REQUIRE(evaluate(curvature, x = 0x1p-600) == -0x1p-603);
    CHECK(evaluate(curvature, x = 1e-9) == Approx(-1.25e-10).epsilon(1e-15));
    constexpr auto bend = derivative<2>((x + sqrt(x * x + 4_c)) / 2_c, x);
    CHECK(evaluate(bend, x = 1e5) == Approx(2e-15 * (1 - 6e-10)).epsilon(1e-15));
    CHECK(evaluate(bend, x = -1e5) == Approx(2e-15 * (1 - 6e-10)).epsilon(1e-15));
    // (exp(-exp(-x)))'' = -x/e and (Phi(x)*(1 - Phi(x)))' = -x/pi next to 0.
    constexpr auto gumbel = derivative<2>(exp(-exp(-x)), x);
    CHECK(evaluate(gumbel, x = 1e-200) == Approx(-1e-200 * std::exp(-1)).epsilon(1e-15));
    constexpr auto product = derivative(normal_cdf(x) * (1_c - normal_cdf(x)));
    CHECK(evaluate(product, x = 1e-200) == Approx(-1e-200 / std::acos(-1)).epsilon(1e-15));
    constexpr auto half = sigmoid(x) - 0.5_c;
    STATIC_REQUIRE(evaluate(half, x = 0x1p-600) == 0x1p-602);
    STATIC_REQUIRE(evaluate(2_c * sigmoid(2_c * x) - 1_c, x = 0x1p-600) == 0x1p-600);
    CHECK(evaluate(normal_cdf(x) - 0.5_c, x = 1e-200) ==
          Approx(1e-200 / std::sqrt(2 * std::acos(-1))).epsilon(1e-15));
    constexpr auto shifted = derivative<2>(log(2_c + exp(x)), x);
    CHECK(evaluate(shifted, x = 100.0) == Approx(2 * std::exp(-100.0)).epsilon(1e-14));
    CHECK(evaluate(shifted, x = 1e5) == 0);
    constexpr auto log_of_rest = derivative<2>(log(1_c - exp(-x)), x);
    CHECK(evaluate(log_of_rest, x = 40.0) == Approx(-std::exp(-40.0)).epsilon(1e-15));
    CHECK(evaluate(log_of_rest, x = 1e5) == 0);
}

TEST_CASE("logarithms are finite where their arguments are not") {
    for (const double point : {800.0, 1e5, 1e300}) {
        INFO(point);
        const double less = point - 0.69314718055994530942;
        CHECK(evaluate("log(cosh(x))"_f, x = point) == less);
        CHECK(evaluate("log(cosh(x))"_f, x = -point) == less);
        CHECK(evaluate("log(2 + exp(x))"_f, x = point) == point);
        CHECK(evaluate("log(exp(x) - 1)"_f, x = point) == point);
        CHECK(evaluate(derivative("log(2 + exp(x))"_f), x = point) == 1);
        CHECK(evaluate(derivative("log(exp(x) - 1)"_f), x = point) == 1);
    }
    CHECK(evaluate("log(cosh(x))"_f, x = 1e-150) == Approx(5e-301).epsilon(1e-15));
    CHECK(evaluate("log(exp(x) - 1)"_f, x = 1e-300) == Approx(std::log(1e-300)).epsilon(1e-15));
}

TEST_CASE("NaN stays NaN but where nothing depends on x") {
    constexpr double nan_value = std::numeric_limits<double>::quiet_NaN();
    CHECK(evaluate(derivative("softplus(x) - softplus(-x)"_f), x = nan_value) == 1);
    CHECK(std::isnan(evaluate("softplus(x) - softplus(-x)"_f, x = nan_value)));
    CHECK(std::isnan(evaluate(derivative("log(cosh(x))"_f), x = nan_value)));
    CHECK(std::isnan(evaluate(derivative<2>("log(cosh(x))"_f), x = nan_value)));
}

TEST_CASE("slopes beside a 0 that is chosen keep results that are subnormal") {
    const auto second = derivative<2>("select(x < 0, x/(1 - x), x)"_f);
    CHECK(evaluate(second, x = -7985280057344.0F) == 3.92789201e-39F);
    CHECK(evaluate(second, x = 1.0F) == 0);
}

TEST_CASE("powers with exponents that are no binary numbers") {
    // mpmath, 60 digits.
    CHECK(evaluate("x^(1/3)"_f, x = 1e-300) == 1e-100);
    CHECK(evaluate(derivative("x/(1 + x^3)^(1/3)"_f), x = 1e8) == 1e-32);
}

TEST_CASE("beyond an overflow on the way a value is what it has settled to") {
    const auto settled = sigmoid(x) + sinh(x) * exp(-square(x));
    CHECK(evaluate(settled, x = 1e200) == 1);
    CHECK(evaluate(settled, x = 1e30F) == 1);
    const auto growing = derivative(erf(x) * exp(x));
    CHECK(evaluate(growing, x = 1e200) == inf<double>);
    CHECK(evaluate(growing, x = 1e30F) == inf<float>);
    CHECK(evaluate(-growing, x = 1e200) == -inf<double>);
}
