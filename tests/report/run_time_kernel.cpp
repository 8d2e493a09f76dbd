// SPDX-License-Identifier: BSL-1.0
/// The table that `chainrule` runs formulas with (tools/report/run_time_kernel.hpp), against the C library in long
/// double, at special values and for lengths beside those of its blocks.
#include "run_time_kernel.hpp"

#include "support/catch.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

using chainrule::report::formula;
using chainrule::report::run_time_kernel;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

struct results {
    std::vector<double> value, slope;
};

results run(const std::string& text, const std::vector<double>& in) {
    const formula f({text}, {});
    results out{std::vector<double>(in.size() + 1, 7.0), std::vector<double>(in.size() + 1, 7.0)};
    run_time_kernel{f}(in.data(), out.value.data(), out.slope.data(), in.size());
    // Nothing is written past the end.
    CHECK(out.value.back() == 7.0);
    CHECK(out.slope.back() == 7.0);
    out.value.pop_back();
    out.slope.pop_back();
    return out;
}

double ulp_of(long double expected) {
    const int exponent = std::max(std::ilogb(static_cast<double>(expected)), -1022);
    return std::ldexp(1.0, exponent - 52);
}

/// Largest error in ULP of value and slope, at numbers of all magnitudes up to `largest` and both signs.
template<class Value, class Slope>
void check_numbers(const std::string& text, double largest, Value value, Slope slope) {
    std::vector<double> in;
    for (double size = largest; size > 1e-300; size *= 0.83) {
        in.push_back(size);
        in.push_back(-size);
    }
    const results out = run(text, in);
    double worst = 0, worst_at = 0;
    for (std::size_t i = 0; i < in.size(); ++i) {
        const long double expected[] = {value(static_cast<long double>(in[i])),
                                        slope(static_cast<long double>(in[i]))};
        const double found[] = {out.value[i], out.slope[i]};
        for (int k = 0; k < 2; ++k) {
            const auto error =
                static_cast<double>(std::fabs(found[k] - expected[k]) / ulp_of(expected[k]));
            if (error > worst) worst_at = in[i];
            worst = std::max(worst, error);
        }
    }
    CAPTURE(text, worst_at);
    CHECK(worst <= 4);
    CHECK(worst > 0);  // long double has more digits: it was compared
}

}  // namespace

TEST_CASE("ordinary numbers and tails") {
    check_numbers(
        "tanh(x)", 300, [](long double u) { return std::tanh(u); },
        [](long double u) {
            const long double e = std::exp(-2 * std::fabs(u));
            return 4 * e / ((1 + e) * (1 + e));
        });
    check_numbers(
        "exp(-x^2)", 25, [](long double u) { return std::exp(-u * u); },
        [](long double u) { return -2 * u * std::exp(-u * u); });
    check_numbers(
        "sigmoid(x)", 700, [](long double u) { return 1 / (1 + std::exp(-u)); },
        [](long double u) {
            const long double e = std::exp(-std::fabs(u));
            return e / ((1 + e) * (1 + e));
        });
}

TEST_CASE("special values: limits at infinity, zeros with their signs, NaN stays NaN") {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const results silu = run("x * sigmoid(x)", {infinity, -infinity, 0.0, -0.0, nan, 0x1p-1074});
    CHECK(silu.value[0] == infinity);
    CHECK(silu.slope[0] == 1);
    CHECK((silu.value[1] == 0 && silu.slope[1] == 0));
    CHECK((silu.value[2] == 0 && !std::signbit(silu.value[2])));
    CHECK((silu.value[3] == 0 && std::signbit(silu.value[3])));
    CHECK((silu.slope[2] == 0.5 && silu.slope[3] == 0.5));
    CHECK((std::isnan(silu.value[4]) && std::isnan(silu.slope[4])));
    CHECK((silu.value[5] == 0 || silu.value[5] == 0x1p-1074));
    const results relu = run("max(x, 0)", {-1.0, 0.0, 2.0, nan, infinity});
    CHECK(relu.slope[1] == 0);  // by the usual convention
    CHECK((relu.value[0] == 0 && relu.slope[0] == 0 && relu.slope[2] == 1));
    CHECK((std::isnan(relu.value[3]) && relu.value[4] == infinity));
}

TEST_CASE("lengths beside those of blocks, and none") {
    for (const int length : {0, 1, 7, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 129}) {
        const auto size = static_cast<std::size_t>(length);
        std::vector<double> in(size);
        for (std::size_t i = 0; i < size; ++i) in[i] = static_cast<double>(i) - 40;
        const results out = run("x^2 - 3*x", in);
        int wrong = 0;
        for (std::size_t i = 0; i < size; ++i) {
            wrong += out.value[i] == in[i] * in[i] - 3 * in[i] ? 0 : 1;
            wrong += out.slope[i] == 2 * in[i] - 3 ? 0 : 1;
        }
        CAPTURE(size);
        CHECK(wrong == 0);
    }
}
