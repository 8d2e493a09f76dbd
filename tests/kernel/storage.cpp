// SPDX-License-Identifier: BSL-1.0
/// float16 and bfloat16 ranges: exact conversions, and all 65536 inputs of catalogue entries within 0.51 ULP
/// of the storage type.
#include <chainrule/activations/exponential_linear.hpp>
#include <chainrule/activations/gaussian.hpp>
#include <chainrule/activations/plus.hpp>
#include <chainrule/activations/rectifiers.hpp>
#include <chainrule/activations/sigmoidal.hpp>
#include <chainrule/activations/swish.hpp>
#include <chainrule/expr/derivative.hpp>
#include <chainrule/kernel/backward.hpp>
#include <chainrule/op/op.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <vector>

using namespace chainrule;

namespace {

template<class S>
S from_bits(std::uint16_t bits) {
    S result;
    std::memcpy(static_cast<void*>(&result), &bits, sizeof bits);
    return result;
}
template<class S>
std::uint16_t bits_of(S value) {
    std::uint16_t result;
    std::memcpy(&result, &value, sizeof result);
    return result;
}

/// Fraction bits and smallest exponent of the format.
template<class S>
constexpr int fraction_bits = detail::is_float16<S> ? 10 : 7;
template<class S>
constexpr int least_exponent = detail::is_float16<S> ? -14 : -126;
template<class S>
constexpr double largest = detail::is_float16<S> ? 65504.0 : 0x1.fep127;

/// The number that 16 bits mean, from the definition of the formats.
template<class S>
double meaning(std::uint16_t bits) {
    const int fraction = bits & ((1 << fraction_bits<S>)-1);
    const int exponent = (bits & 0x7fff) >> fraction_bits<S>;
    const int all_ones = 0x7fff >> fraction_bits<S>;
    const double sign = (bits & 0x8000) != 0 ? -1 : 1;
    if (exponent == all_ones)
        return fraction != 0 ? std::numeric_limits<double>::quiet_NaN() : sign * HUGE_VAL;
    if (exponent == 0) return sign * std::ldexp(fraction, least_exponent<S> - fraction_bits<S>);
    return sign *
        std::ldexp(fraction + (1 << fraction_bits<S>),
                   exponent - 1 + least_exponent<S> - fraction_bits<S>);
}

template<class S>
std::vector<S> all_numbers() {
    std::vector<S> result;
    for (unsigned i = 0; i < 65536; ++i)
        result.push_back(from_bits<S>(static_cast<std::uint16_t>(i)));
    return result;
}

/// How far a stored result is from the truth, in units of its last place.
template<class S>
double error_of(S ours, double truth) {
    const double y = meaning<S>(bits_of(ours));
    if (truth != truth || y != y) return truth != truth && y != y ? 0 : HUGE_VAL;
    const int exponent =
        std::max(truth == 0 || std::isinf(truth) ? -2000 : std::ilogb(truth), least_exponent<S>);
    const double ulp = std::ldexp(1.0, exponent - fraction_bits<S>);
    if (std::isinf(y))
        return (y > 0) == (truth > 0) &&
                std::abs(truth) >= largest<S> * (1 + std::ldexp(0.5, -fraction_bits<S> - 1))
            ? 0
            : HUGE_VAL;
    return std::abs(y - truth) / ulp;
}

template<class S, class F, class... Tag>
void check_tier(F f, bool everywhere, Tag... tag) {
    const std::vector<S> in = all_numbers<S>();
    std::vector<S> value(in.size());
    std::vector<S> slope(in.size());
    value_and_derivative(f, in, value, slope, tag...);
    constexpr auto first = derivative(F{});
    constexpr auto second = derivative<2>(F{}, x);
    double worst_value = 0;
    double worst_slope = 0;
    for (std::size_t i = 0; i < in.size(); ++i) {
        const double v = meaning<S>(static_cast<std::uint16_t>(i));
        const double slope_error = error_of(slope[i], evaluate(first, x = v));
        worst_value = std::max(worst_value, error_of(value[i], evaluate(f, x = v)));
        if (slope_error <= worst_slope) continue;
        const double off = std::abs(meaning<S>(bits_of(slope[i])) - evaluate(first, x = v));
        const double half_ulp = off / slope_error / 2;
        if (!everywhere && off - half_ulp <= 0x1p-22 * std::abs(v * evaluate(second, x = v)))
            continue;
        worst_slope = slope_error;
    }
    CHECK(worst_value <= 0.51);
    CHECK(worst_slope <= 0.51);
}

/// Everywhere with the tag `accurate`; without it next to a root of the result only within the error of float
/// arithmetic there.
template<class S, class F>
void check_all(F f) {
    check_tier<S>(f, true, accurate);
    check_tier<S>(f, false);
}

}  // namespace

TEMPLATE_TEST_CASE("16-bit numbers are read exactly and rounded to nearest, ties to even", "",
                   float16, bfloat16, detail::compiler_float16) {
    using S = TestType;
    const std::vector<S> in = all_numbers<S>();
    std::vector<S> out(in.size());
    forward(x * constant<1>, in, out);
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < in.size(); ++i) {
        const double v = meaning<S>(static_cast<std::uint16_t>(i));
        if (v != v ? meaning<S>(bits_of(out[i])) == meaning<S>(bits_of(out[i]))
                   : bits_of(out[i]) != i)
            ++wrong;
        if (!(static_cast<double>(static_cast<float>(in[i])) == v) && v == v) ++wrong;
    }
    CHECK(wrong == 0);
    // Halfway to the next number, just below and just above, through the scalar conversion and through kernels.
    std::size_t misrounded = 0;
    for (unsigned i = 0; i < 0x7fff; ++i) {
        const double low = meaning<S>(static_cast<std::uint16_t>(i));
        const double high = meaning<S>(static_cast<std::uint16_t>(i + 1));
        if (low != low || high != high || std::isinf(low) || std::isinf(high)) continue;
        const auto middle = static_cast<float>((low + high) / 2);
        const float below = std::nextafter(middle, 0.0F);
        const float above = std::nextafter(middle, HUGE_VALF);
        const unsigned even = i % 2 == 0 ? i : i + 1;
        if (static_cast<double>(middle) != (low + high) / 2) continue;  // float has no such number
        misrounded += bits_of(static_cast<S>(middle)) != even;
        if (static_cast<double>(below) > low) misrounded += bits_of(static_cast<S>(below)) != i;
        if (static_cast<double>(above) < high)
            misrounded += bits_of(static_cast<S>(above)) != i + 1;
    }
    CHECK(misrounded == 0);
}

TEMPLATE_TEST_CASE("all 65536 inputs are within 0.51 ULP of the storage type", "", float16,
                   bfloat16) {
    using S = TestType;
    check_all<S>(activations::relu);
    check_all<S>(activations::leaky_relu);
    check_all<S>(activations::elu);
    check_all<S>(activations::gelu);
    check_all<S>(activations::gelu_tanh);
    check_all<S>(activations::silu);
    check_all<S>(activations::gelu_quick);
    check_all<S>(activations::mish);
    check_all<S>(sigmoid(x));
    check_all<S>(tanh(x));
    check_all<S>(softplus(x));
    check_all<S>(activations::softsign);
}

TEMPLATE_TEST_CASE("every length and position of 16-bit ranges", "", float16, bfloat16) {
    using S = TestType;
    std::vector<S> in;
    for (int i = 0; i < 80; ++i) in.push_back(S(static_cast<float>(i) / 8 - 4));
    for (std::size_t size = 0; size < 70; ++size) {
        std::vector<S> out(in.size(), S(7.0F));
        forward(activations::silu,
                std::vector<S>(in.begin() + 3, in.begin() + 3 + static_cast<std::ptrdiff_t>(size)),
                std::span<S>(out.data() + 1, size));
        CHECK(static_cast<float>(out[0]) == 7);
        CHECK(static_cast<float>(out[size + 1]) == 7);
        for (std::size_t i = 0; i < size; ++i) {
            CHECK(error_of(out[i + 1],
                           evaluate(activations::silu,
                                    x = static_cast<double>(static_cast<float>(in[i + 3])))) <=
                  0.51);
        }
    }
}

TEST_CASE("numbers given with a call keep the digits of float") {
    const std::vector<bfloat16> in(5, bfloat16(3.0F));
    std::vector<bfloat16> out(5);
    constexpr parameter<"beta"> beta;
    // 1.01171875 has one digit more than bfloat16 has.
    forward(x * beta, in, out, beta = 1.01171875F);
    CHECK(static_cast<float>(out[4]) == static_cast<float>(bfloat16(3.0F * 1.01171875F)));
}

TEST_CASE("backward takes 16-bit ranges, sums stay in double") {
    const std::vector<bfloat16> in(1000, bfloat16(1.0F));
    const std::vector<bfloat16> grad_out(1000, bfloat16(1.0F));
    std::vector<bfloat16> grad_in(1000);
    constexpr parameter<"beta"> beta;
    const auto g = backward(x * beta, in, grad_out, grad_in, beta = 2.0F);
    CHECK(g[beta] == 1000);
    CHECK(static_cast<float>(grad_in[999]) == 2);
}
