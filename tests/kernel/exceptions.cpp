// SPDX-License-Identifier: BSL-1.0
/// Where no exception of IEEE 754 is raised and nothing is small, nobody looks at each result
/// (kernel/exceptions.hpp): long arrays give the bits of short ones, of which every result is looked at.
#include <chainrule/chainrule.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <cfenv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <span>
#include <vector>

using namespace chainrule;
using namespace chainrule::literals;

namespace {

constexpr std::size_t long_size = detail::shortest_watched;
constexpr std::size_t short_size = 64;  // whole groups of batches
static_assert(short_size < long_size);

/// Numbers of all exponents and both signs, more of them between 2^-10 and 2^10; zeros and infinities.
template<class T>
std::vector<T> samples() {
    std::vector<T> result = {T(0), std::numeric_limits<T>::infinity()};
    constexpr int lowest = std::numeric_limits<T>::min_exponent - std::numeric_limits<T>::digits;
    // Doubtful results take long: of the far exponents some.
    constexpr int step = sizeof(T) == 4 ? 5 : 67;
    for (int e = lowest; e < std::numeric_limits<T>::max_exponent;
         e += e < -9 || e > 7 ? step : 1) {
        const int count = e > -10 && e < 8 ? 24 : 1;
        for (int k = 0; k < count; ++k)
            result.push_back(std::ldexp(T(1) + T(k) / T(count) + T(0.0123), e));
    }
    const std::size_t positive = result.size();
    for (std::size_t i = 0; i < positive; ++i) result.push_back(-result[i]);
    return result;
}

template<class T>
bool same_bits(T a, T b) {
    return (std::isnan(a) && std::isnan(b)) || std::memcmp(&a, &b, sizeof(T)) == 0;
}

/// Beside each sample there is only 1 in its array: no exception of another one hides what it does.
template<class T, class F, class... B>
void check(F f, const char* name, B... bindings) {
    int differences = 0;
    T first = 0;
    for (const T v : samples<T>()) {
        std::vector<T> in(long_size, T(1));
        std::fill_n(in.begin(), short_size, v);
        std::vector<T> out(long_size);
        std::vector<T> value(long_size);
        std::vector<T> slope(long_size);
        const std::vector<T> few(short_size, v);
        std::vector<T> expected(short_size);
        std::vector<T> expected_value(short_size);
        std::vector<T> expected_slope(short_size);
        forward(f, in, out, bindings...);
        value_and_derivative(f, in, value, slope, bindings...);
        forward(f, few, expected, bindings...);
        value_and_derivative(f, few, expected_value, expected_slope, bindings...);
        for (const std::size_t i : {std::size_t{0}, short_size - 1}) {
            if (same_bits(out[i], expected[0]) && same_bits(value[i], expected_value[0]) &&
                same_bits(slope[i], expected_slope[0]))
                continue;
            if (differences++ == 0) first = v;
        }
    }
    CAPTURE(name, first);
    CHECK(differences == 0);
}

template<class F, class... B>
void check_both(F f, const char* name, B... bindings) {
    check<float>(f, name, bindings...);
    check<double>(f, name, bindings...);
}

inline constexpr parameter<"beta"> beta;
inline constexpr parameter<"alpha"> alpha;

}  // namespace

TEST_CASE("long arrays give the bits of short ones: the catalogue") {
    check_both(activations::silu, "silu");
    check_both(activations::elu, "elu", alpha = 1.5F);
    check_both(activations::mish, "mish");
    check_both(activations::gelu, "gelu");
    check_both(activations::gelu_tanh, "gelu_tanh");
    check_both(activations::lisht, "lisht");
    check_both(activations::tanhexp, "tanhexp");
    check_both(activations::elish, "elish");
    check_both(activations::softsign, "softsign");
    check_both(activations::tanh_shrink, "tanh_shrink");
}

TEST_CASE("long arrays give the bits of short ones: other formulas") {
    check_both(tanh(tanh(tanh(x))), "tanh3");
    check_both(activations::silu(activations::gelu), "silu(gelu)");
    check_both(x * tanh(softplus(beta * x)) + 0.1_c * x, "custom", beta = 1.25F);
    check_both(exp(x) / (1_c + exp(2_c * x)), "sech by hand");
    check_both(exp(-x * x) * x, "x exp(-x^2)");
    check_both(erf(x) / x, "erf(x)/x");
    check_both(x / (x * x + 1e-30_c), "a squared denominator");
    check_both(sqrt(x * x + 1_c) - 1_c, "a root");
    check_both(sigmoid(x) * sigmoid(-x) * x * x, "a product");
    check_both(max(x, 0_c) * exp(-x), "max");
}

TEST_CASE("results of long arrays in place, and beside exceptions raised before") {
    constexpr auto f = activations::silu;
    std::vector<float> in(3 * 4096 + 40);
    for (std::size_t i = 0; i < in.size(); ++i)
        in[i] = (static_cast<float>(i % 200) - 100) * (i / 4096 == 1 ? 1.0F : 0.03F);
    std::vector<float> expected(in.size());
    for (std::size_t i = 0; i < in.size(); i += short_size) {
        const std::size_t count = in.size() - i < short_size ? in.size() - i : short_size;
        forward(f,
                std::vector<float>(in.begin() + static_cast<std::ptrdiff_t>(i),
                                   in.begin() + static_cast<std::ptrdiff_t>(i + count)),
                std::span<float>(expected).subspan(i, count));
    }
    auto is_expected = [&](const std::vector<float>& out) {
        for (std::size_t i = 0; i < out.size(); ++i) {
            if (!same_bits(out[i], expected[i])) return false;
        }
        return true;
    };
    std::vector<float> out(in.size());
    forward(f, in, out);
    CHECK(is_expected(out));
    std::feclearexcept(FE_ALL_EXCEPT);
    std::feraiseexcept(FE_UNDERFLOW | FE_INVALID);
    forward(f, in, out);
    CHECK(is_expected(out));
    CHECK(std::fetestexcept(FE_INVALID) != 0);  // as before the call
    std::feclearexcept(FE_ALL_EXCEPT);
    forward(f, std::vector<float>(long_size, 1.0F), out = std::vector<float>(long_size));
    CHECK(std::fetestexcept(FE_INVALID | FE_OVERFLOW | FE_DIVBYZERO) == 0);
    out = std::vector<float>(in.size());
    std::vector<float> both = in;
    forward(f, both, both);
    CHECK(is_expected(both));
}

TEST_CASE("what is small is found beside exact zeros") {
    constexpr float inputs[] = {0.0F, -0.0F, 0.5F, -95.0F, 0.0F, -0.0F, 0x1p-149F, 3.0F, 0.0F};
    std::vector<float> in(long_size + 5);
    for (std::size_t i = 0; i < in.size(); ++i) in[i] = inputs[i * i % std::size(inputs)];
    std::vector<float> value(in.size());
    std::vector<float> slope(in.size());
    auto is_close = [](float y, long double expected) {
        const int exponent = std::max(std::ilogb(static_cast<double>(expected)), -126);
        return std::abs(static_cast<long double>(y) - expected) <=
            4 * std::ldexp(1.0L, exponent - 23);
    };
    value_and_derivative(activations::silu, in, value, slope);
    int wrong = 0;
    for (std::size_t i = 0; i < in.size(); ++i) {
        const long double u = in[i];
        const long double e = std::exp(-u);
        if (in[i] == 0) {
            wrong += same_bits(value[i], in[i]) && slope[i] == 0.5F ? 0 : 1;
        } else {
            wrong += is_close(value[i], u / (1 + e)) ? 0 : 1;
            wrong += is_close(slope[i], (1 + e + u * e) / ((1 + e) * (1 + e))) ? 0 : 1;
        }
    }
    CHECK(wrong == 0);
    // Two arrays: 0 of either.
    constexpr variable<"gate"> gate;
    constexpr auto swiglu = activations::silu * gate;
    const std::vector<float> gates(in.rbegin(), in.rend());
    forward(swiglu, value, x = in, gate = gates);
    for (std::size_t i = 0; i < in.size(); ++i) {
        const long double u = in[i];
        const long double expected = u / (1 + std::exp(-u)) * gates[i];
        if (expected == 0)
            wrong += value[i] == 0 && std::signbit(value[i]) == std::signbit(expected) ? 0 : 1;
        else wrong += is_close(value[i], expected) ? 0 : 1;
    }
    CHECK(wrong == 0);
}

TEST_CASE("a zero in an array is no excuse where the result is not 0") {
    constexpr variable<"y"> y;
    for (const std::size_t size : {short_size, 2 * long_size}) {
        std::vector<float> of_y(size);
        for (std::size_t i = 0; i < size; ++i)
            of_y[i] = -80 - 25 * static_cast<float>(i) / static_cast<float>(size);
        const std::vector<float> zeros(size);
        std::vector<float> out(size);
        forward(activations::silu(x + y), out, x = zeros, y = of_y);
        int wrong = 0;
        for (std::size_t i = 0; i < size; ++i) {
            const long double u = of_y[i];
            const long double expected = u / (1 + std::exp(-u));
            const int exponent = std::max(std::ilogb(static_cast<double>(expected)), -126);
            wrong += std::abs(static_cast<long double>(out[i]) - expected) <=
                    4 * std::ldexp(1.0L, exponent - 23)
                ? 0
                : 1;  // 52 ULP when results beside a zero were not looked at
        }
        CHECK(wrong == 0);
    }
}
