// SPDX-License-Identifier: BSL-1.0
/// Where a rounded argument or exponent would cost a function its digits. Expected values from mpmath, 80 digits.
#include <chainrule/expr/derivative.hpp>
#include <chainrule/expr/formula.hpp>
#include <chainrule/kernel/forward.hpp>
#include <chainrule/op/op.hpp>
#include <chainrule/verify/ulp.hpp>

#include "support/catch.hpp"

#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

using namespace chainrule;
using namespace chainrule::literals;

namespace {

template<class T, class F>
void check_at(F f, T at, double value, double slope, std::uint64_t slope_ulps = 4) {
    INFO((sizeof(T) == 4 ? "float" : "double") << " at " << at);
    const std::vector<T> in{at};
    std::vector<T> values(1);
    std::vector<T> slopes(1);
    value_and_derivative(f, in, values, slopes);
    CHECK(ulp_distance(values[0], static_cast<T>(value)) <= 4);
    CHECK(ulp_distance(slopes[0], static_cast<T>(slope)) <= slope_ulps);
    CHECK(evaluate(f, x = at) == static_cast<T>(value));
    CHECK(evaluate(derivative(f), x = at) == static_cast<T>(slope));
    forward(f, in, values);
    CHECK(ulp_distance(values[0], static_cast<T>(value)) <= 4);
}

}  // namespace

// Next to extrema: there the sine has to have all its digits, and the slope is near a root.
TEST_CASE("sines of products") {
    constexpr std::uint64_t near_root = 64;
    constexpr auto f = "sin(3*x)*exp(-x^2/2)"_f;
    check_at<float>(f, 6.427555561065674F, 4.485688050330909427772e-10, 2.711748937008789830087e-11,
                    near_root);
    check_at<float>(f, -9.6256685256958F, 4.305404832440306423946e-21, 2.267063743133373416201e-20);
    check_at<float>(f, 4.40625F, 0.00003692520879149426814675, -0.00001770090991799845442201,
                    near_root);
    check_at<double>(f, 6.427555561065674, 4.485688050330909427772e-10, 2.711748937008789830087e-11,
                     near_root);
    check_at<double>(f, -9.6256685256958, 4.305404832440306423946e-21, 2.267063743133373416201e-20);
    check_at<double>(f, 4.40625, 0.00003692520879149426814675, -0.00001770090991799845442201,
                     near_root);
}

TEST_CASE("powers whose exponent is no binary number") {
    constexpr auto f = "x^(1/3)"_f;
    check_at<float>(f, 2.2420775429197073e-44F, 2.819790715534863556172e-15,
                    4.192228950688355910655e+28);
    check_at<float>(f, 1.2676506002282294e+30F, 10822639409.68092896149,
                    2.845852373867164819018e-21);
    check_at<float>(f, 5.0F, 1.709975946676696989353, 0.1139983964451131326235);
    check_at<double>(f, 2.2420775429197073e-44, 2.819790715534863556172e-15,
                     4.192228950688355910655e+28);
    check_at<double>(f, 1.2676506002282294e+30, 10822639409.68092896149,
                     2.845852373867164819018e-21);
    check_at<double>(f, 5.0, 1.709975946676696989353, 0.1139983964451131326235);
}

TEST_CASE("a sine of a product keeps the sign of a zero, NaN and infinities") {
    const std::vector<float> in{-0.0F, 0.0F, std::numeric_limits<float>::quiet_NaN(),
                                std::numeric_limits<float>::infinity()};
    std::vector<float> out(in.size());
    forward("sin(3*x)"_f, in, out);
    CHECK(out[0] == 0);
    CHECK(std::signbit(out[0]));
    CHECK(!std::signbit(out[1]));
    CHECK(out[2] != out[2]);
    CHECK(out[3] != out[3]);
}

// Each of n - 1 products is rounded: x^31 was 23 ULP off.
TEST_CASE("powers with large exponents", "[program]") {
    auto check = [](auto exponent, int n) {
        constexpr auto f = pow(x, exponent);
        std::vector<double> in;
        for (int k = 0; k < 999; ++k) in.push_back((0.5 + k * 0.0013) * (k % 2 == 0 ? 1 : -1));
        std::vector<double> out(in.size());
        std::vector<double> slopes(in.size());
        value_and_derivative(f, in, out, slopes);
        for (std::size_t i = 0; i < in.size(); ++i) {
            const long double truth = std::pow(static_cast<long double>(in[i]), n);
            const auto slope =
                static_cast<double>(n * std::pow(static_cast<long double>(in[i]), n - 1));
            CHECK(ulp_distance(out[i], static_cast<double>(truth)) <= 2);
            CHECK(ulp_distance(slopes[i], slope) <= 3);
        }
        const double infinity = std::numeric_limits<double>::infinity();
        const std::vector<double> ends{-0.0, 0.0, 1e300, -1e300, -infinity, infinity, -1e-300};
        forward(f, ends, std::span(out).first(ends.size()));
        for (std::size_t i = 0; i < ends.size(); ++i) {
            CHECK(out[i] == std::pow(ends[i], n));
            CHECK(std::signbit(out[i]) == std::signbit(std::pow(ends[i], n)));
        }
    };
    check(5_c, 5);
    check(8_c, 8);
    check(12_c, 12);
    check(31_c, 31);
}
