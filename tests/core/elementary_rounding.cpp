// SPDX-License-Identifier: BSL-1.0
/// Rounding to whole numbers, and taking numbers apart, against the C library.
#include "elementary.hpp"
#include "support/catch.hpp"

#include <random>
#include <vector>

using namespace elementary_tests;

TEST_CASE("floor and round_half_even agree with the C library", "[core][elementary]") {
    std::mt19937_64 random(20260104);
    std::vector<long double> points = {0, 0.5L, 1.5L, 2.5L, 0x1p62L + 0.5L, 0x1p63L, 0x1p64L};
    for (int i = 0; i < 4000; ++i) {
        points.push_back(std::ldexp(static_cast<long double>(random()), -(i % 70)));
        points.push_back(static_cast<long double>(i) / 4);
    }
    for (const long double magnitude : points) {
        for (const long double x : {magnitude, -magnitude}) {
            CAPTURE(x);
            const bool floors =
                same(own::floor(x), std::floor(x)) && same(elementary::floor(x), std::floor(x));
            const bool rounds = same(own::round_half_even(x), std::nearbyint(x)) &&
                same(elementary::round_half_even(x), std::nearbyint(x));
            CHECK((floors && rounds));
        }
    }
}

TEST_CASE("significand and exponent are the same from the bits and by scaling",
          "[core][elementary]") {
    std::mt19937_64 random(20260105);
    for (int exponent = -16445; exponent < 16384; exponent += 7) {
        const long double x =
            std::ldexp(1 + std::ldexp(static_cast<long double>(random()), -65), exponent) *
            (exponent % 2 == 0 ? 1 : -1);
        CAPTURE(exponent, x);
        int expected = 0;
        const long double fraction = std::frexp(x, &expected);
        const own::scaled from_bits = own::decompose(x), scaled = own::decompose_by_scaling(x);
        CHECK((from_bits.significand == 2 * fraction && from_bits.exponent == expected - 1));
        CHECK((scaled.significand == 2 * fraction && scaled.exponent == expected - 1));
        CHECK(own::compose(from_bits) == x);
        if (exponent >= -16382) {
            CHECK(own::power_of_two(exponent) == std::ldexp(1.0L, exponent));
            CHECK(own::power_of_two_by_products(exponent) == std::ldexp(1.0L, exponent));
        }
    }
    CHECK(same(own::compose({-1.5L, 20000}), -infinity<long double>));
    CHECK(same(own::compose({-1.5L, -20000}), -0.0L));
    CHECK(own::compose({1.5L, -16446}) == smallest<long double>);
    CHECK(own::compose({1.0L, -16446}) == 0);
}
