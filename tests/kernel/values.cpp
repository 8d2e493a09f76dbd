// SPDX-License-Identifier: BSL-1.0
/// Kernels compute what evaluate() computes: ordinary numbers within a few representable numbers, special
/// values in every lane and in the tail alike, and no lane knows of its neighbours.
#include <chainrule/activations/exponential_linear.hpp>
#include <chainrule/activations/gaussian.hpp>
#include <chainrule/activations/plus.hpp>
#include <chainrule/activations/rectifiers.hpp>
#include <chainrule/activations/sigmoidal.hpp>
#include <chainrule/activations/swish.hpp>
#include <chainrule/expr/derivative.hpp>
#include <chainrule/expr/formula.hpp>
#include <chainrule/kernel/forward.hpp>
#include <chainrule/op/op.hpp>

#include "kernel/arrays.hpp"

using namespace chainrule;
using namespace chainrule::literals;

namespace {

template<class T>
constexpr T eps = std::numeric_limits<T>::epsilon();

/// The kernel's result is within `ulps` representable numbers of the evaluator's, or, next to a simple root,
/// within the error that the last bit of x makes there.
template<class T>
bool is_close(T result, T expected, std::uint64_t ulps, T point, T slope_there) {
    if (arrays::agree(result, expected, ulps)) return true;
    return std::abs(result - expected) <= 2 * eps<T> * std::abs(point * slope_there);
}

template<class T, class F>
void check_ordinary(F f, std::uint64_t ulps) {
    std::vector<T> in;
    for (std::size_t i = 0; i < 3000; ++i)
        in.push_back(arrays::ordinary<T>(i) * static_cast<T>(i % 4 == 0 ? 3 : 1));
    std::vector<T> value(in.size());
    std::vector<T> slope(in.size());
    value_and_derivative(f, in, value, slope);
    std::size_t failures = 0;
    for (std::size_t i = 0; i < in.size(); ++i) {
        const T f0 = evaluate(f, x = in[i]);
        const T f1 = evaluate(derivative(f), x = in[i]);
        const T f2 = evaluate(derivative<2>(f), x = in[i]);
        const bool good =
            is_close(value[i], f0, ulps, in[i], f1) && is_close(slope[i], f1, ulps, in[i], f2);
        if (!good && ++failures <= 5) {
            INFO("x = " << in[i] << ": value " << value[i] << ", expected " << f0 << "; slope "
                        << slope[i] << ", expected " << f1);
            CHECK(good);
        }
    }
    CHECK(failures == 0);
}

template<class F>
void check_ordinary_numbers(F f, std::uint64_t ulps) {
    check_ordinary<float>(f, ulps);
    check_ordinary<double>(f, ulps);
}

// clang 19 makes +0 of max(-0.0L, 0.0L) when it widens a double first (x < 0 ? 0 : x becomes x > 0 ? x : 0).
#if defined(__clang__)
constexpr bool signs_count = false;
#else
constexpr bool signs_count = true;
#endif

/// What is expected at a special value.
template<class T>
struct expectation {
    T value;
    bool is_underflow;  ///< zero in T only, or not nearer to 0: then its sign says nothing

    template<class F>
    expectation(F f, T point)
        : value(evaluate(f, x = point)),
          is_underflow(value == 0 &&
                       (evaluate(f, x = static_cast<long double>(point)) != 0 ||
                        (std::isfinite(point) &&
                         evaluate(f, x = std::clamp<long double>(point, -50, 50)) != 0))) {}

    /// NaN for NaN, the same infinity, zero for zero with its sign, else a few representable numbers apart.
    [[nodiscard]] bool met_by(T result) const {
        if (result == 0 && value == 0)
            return is_underflow || !signs_count || std::signbit(result) == std::signbit(value);
        return arrays::agree(result, value, 8);
    }
};

template<class T, class F>
void check_special(F f) {
    constexpr std::size_t lanes = static_cast<std::size_t>(detail::simd::native_lanes<T>);
    const std::size_t size = 3 * lanes - 1;  // two whole batches and the longest tail
    std::vector<T> clean = arrays::ordinary_values<T>(size);
    std::vector<T> clean_value(size);
    std::vector<T> clean_slope(size);
    value_and_derivative(f, clean, clean_value, clean_slope);
    std::size_t failures = 0;
    for (T special : arrays::special_values<T>()) {
        const expectation<T> value_there(f, special);
        const expectation<T> slope_there(derivative(f), special);
        for (std::size_t place = 0; place < size; ++place) {
            std::vector<T> in = clean;
            in[place] = special;
            std::vector<T> value(size);
            std::vector<T> slope(size);
            value_and_derivative(f, in, value, slope);
            bool good = value_there.met_by(value[place]) && slope_there.met_by(slope[place]);
            for (std::size_t i = 0; i < size; ++i) {
                if (i == place) continue;
                good = good && value[i] == clean_value[i] && slope[i] == clean_slope[i];
            }
            if (!good && ++failures <= 8) {
                INFO("x = " << special << " at place " << place << ": value " << value[place]
                            << ", expected " << value_there.value << "; slope " << slope[place]
                            << ", expected " << slope_there.value);
                CHECK(good);
            }
        }
    }
    CHECK(failures == 0);
}

template<class F>
void check_special_values(F f) {
    check_special<float>(f);
    check_special<double>(f);
}

/// Where exp meets a computed argument u, the last bit of u is |u| eps of the result: at this stage the
/// kernels do not carry the low part of products and polynomials into exp.
template<class T, class F, class U>
void check_with_argument(F f, U argument, std::uint64_t ulps) {
    const std::vector<T> in = arrays::ordinary_values<T>(2000);
    std::vector<T> value(in.size());
    forward(f, in, value);
    for (std::size_t i = 0; i < in.size(); ++i) {
        const T expected = evaluate(f, x = in[i]);
        const auto bound =
            ulps + static_cast<std::uint64_t>(2 * std::abs(evaluate(argument, x = in[i])));
        if (!arrays::agree(value[i], expected, bound)) {
            INFO("x = " << in[i] << ": " << value[i] << ", expected " << expected << " within "
                        << bound);
            CHECK(arrays::agree(value[i], expected, bound));
            return;
        }
    }
    SUCCEED();
}

}  // namespace

// The bounds are the measured ones (g++ 12 and clang 19; AVX-512, AVX2, SSE2), for value and slope.

TEST_CASE("ordinary numbers: rational and piecewise formulas") {
    check_ordinary_numbers(activations::relu6, 0);
    check_ordinary_numbers(activations::leaky_relu, 1);
    check_ordinary_numbers(x / (1_c + abs(x)), 4);
    check_ordinary_numbers("select(x < 0.5, x^2, x^3)"_f, 1);
    check_ordinary_numbers("x^3 + 2*x + 1"_f, 8);
}

TEST_CASE("ordinary numbers: one elementary function") {
    check_ordinary_numbers(activations::silu, 4);
    check_ordinary_numbers(activations::elu, 2);
    check_ordinary_numbers(softplus(x), 3);
    check_ordinary_numbers(tanh(x), 6);
    check_ordinary_numbers(activations::squareplus, 4);
}

TEST_CASE("ordinary numbers: compositions") {
    check_ordinary_numbers(activations::gelu, 8);
    check_ordinary_numbers(activations::mish, 8);
    check_ordinary_numbers(x + tanh(x * sigmoid(x)), 3);
}

TEST_CASE("ordinary numbers: tails of exp of a polynomial") {
    check_with_argument<float>(exp(-square(x)), square(x), 4);
    check_with_argument<double>(exp(-square(x)), square(x), 4);
    check_with_argument<float>(activations::gelu_tanh, "3.2*(x + 0.044715*x^3)"_f, 4);
    check_with_argument<double>(activations::gelu_tanh, "3.2*(x + 0.044715*x^3)"_f, 4);
}

TEST_CASE("special values: piecewise formulas") {
    check_special_values(activations::relu);
    check_special_values(activations::leaky_relu);
    check_special_values(x / (1_c + abs(x)));
}

TEST_CASE("special values: silu") { check_special_values(activations::silu); }
TEST_CASE("special values: gelu") { check_special_values(activations::gelu); }
TEST_CASE("special values: gelu_tanh") { check_special_values(activations::gelu_tanh); }
TEST_CASE("special values: slopes with steps of their own") {
    check_special_values(activations::elish);
    check_special_values(activations::squareplus);
    check_special_values(activations::tanh_shrink);
    check_special_values(activations::tanhexp);
}
TEST_CASE("special values: mish") { check_special_values(activations::mish); }
TEST_CASE("special values: elu and softplus") {
    check_special_values(activations::elu);
    check_special_values(softplus(x));
}
TEST_CASE("special values: a sum without a limit of its slope") {
    check_special_values(x * exp(-abs(x)) + log1p(abs(x)));
}

// w·f as w·hi + w·lo came to +0 where lo < 0.
TEST_CASE("a product with a zero has the sign of the zero") {
    auto check = [](auto f, auto zero) {
        const std::vector<decltype(zero)> in(9, zero);
        std::vector<decltype(zero)> out(in.size());
        forward(f, in, out);
        for (auto value : out) CHECK((value == 0 && std::signbit(value)));
        std::vector<decltype(zero)> slopes(in.size());
        value_and_derivative(f, in, out, slopes);
        for (auto value : out) CHECK((value == 0 && std::signbit(value)));
    };
    auto check_both = [&](auto f) {
        check(f, -0.0F);
        check(f, -0.0);
    };
    check_both(x * tanh(x + 0.7_c));
    check_both(x * tanh(x + 0.5_c));
    check_both(x * sigmoid(x + 0.3_c));
    check_both(x * normal_cdf(x + 0.3_c));
    check_both(x * tanh(softplus(x + 0.7_c)));
    check_both(x * tanh(0.7_c * exp(x)));
}
