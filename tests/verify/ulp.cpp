// SPDX-License-Identifier: BSL-1.0
/// Distances in representable numbers, against <cmath>'s nextafter and the definition.

#include <chainrule/verify/ulp.hpp>

#include "support/catch.hpp"

#include <cmath>
#include <random>

using namespace chainrule;

namespace {

template<class T>
using limits = std::numeric_limits<T>;

template<class T>
T walk(T from, int steps) {
    const T target = steps < 0 ? -limits<T>::infinity() : limits<T>::infinity();
    for (int i = 0; i < std::abs(steps); ++i) from = std::nextafter(from, target);
    return from;
}

}  // namespace

static_assert(ulp_distance(1.0, 1.0) == 0);
static_assert(ulp_distance(1.0, 1.0 + 0x1p-52) == 1);
static_assert(ulp_distance(1.0f - 0x1p-24f, 1.0f + 0x1p-23f) == 2);
static_assert(ulp_distance(0.0, -0.0) == 0);
static_assert(ulp_distance(limits<double>::denorm_min(), -limits<double>::denorm_min()) == 2);
static_assert(ulp_distance(limits<double>::max(), limits<double>::infinity()) == 1);
static_assert(ulp_distance(-limits<float>::infinity(), limits<float>::infinity()) ==
              2 * 0x7f800000ULL);
static_assert(ulp_distance(limits<double>::quiet_NaN(), limits<double>::quiet_NaN()) == 0);
static_assert(ulp_distance(limits<double>::quiet_NaN(), 1.0) == no_ulp_distance);
static_assert(ulp_distance(1.0, 2.0) == 1ULL << 52);
static_assert(ulp_distance(1.0L, 2.0L) == 1ULL << (limits<long double>::digits - 1));
static_assert(ulp_distance(1.0L, 1e10L) == no_ulp_distance);
static_assert(ulp_of(1.0) == 0x1p-52);
static_assert(ulp_of(-1.5f) == 0x1p-23f);
static_assert(ulp_of(0.0) == limits<double>::denorm_min());
static_assert(next_up(1.0) == 1.0 + 0x1p-52);
static_assert(next_down(1.0) == 1.0 - 0x1p-53);

TEMPLATE_TEST_CASE("walking n numbers is a distance of n", "", float, double, long double) {
    using T = TestType;
    std::mt19937_64 random(7);
    std::uniform_real_distribution<double> exponent(-30, 30);
    std::vector<T> starts{T(0),
                          T(1),
                          T(-1),
                          T(2),
                          limits<T>::min(),
                          -limits<T>::min(),
                          limits<T>::denorm_min(),
                          limits<T>::max(),
                          limits<T>::lowest(),
                          T(0.1L),
                          T(-0.1L)};
    for (int i = 0; i < 100; ++i) {
        starts.push_back(static_cast<T>((i % 2 == 0 ? 1 : -1) * std::exp2(exponent(random))));
    }
    for (const T start : starts) {
        for (const int steps : {-17, -3, -2, -1, 1, 2, 5, 20}) {
            const T end = walk(start, steps);
            if (std::isinf(end)) continue;
            CAPTURE(start, steps);
            REQUIRE(ulp_distance(start, end) == static_cast<std::uint64_t>(std::abs(steps)));
            REQUIRE(ulp_distance(end, start) == static_cast<std::uint64_t>(std::abs(steps)));
        }
        REQUIRE(next_up(start) == std::nextafter(start, limits<T>::infinity()));
        REQUIRE(next_down(start) == std::nextafter(start, -limits<T>::infinity()));
        if (start != limits<T>::max() && start != limits<T>::lowest()) {
            const T size = std::abs(start);
            REQUIRE(ulp_of(start) == std::nextafter(size, limits<T>::infinity()) - size);
        }
    }
}

TEMPLATE_TEST_CASE("distances across zero, to infinity and of NaN", "", float, double,
                   long double) {
    using T = TestType;
    CHECK(ulp_distance(walk(T(0), -3), walk(T(0), 4)) == 7);
    CHECK(ulp_distance(-T(0), walk(T(0), 4)) == 4);
    CHECK(ulp_distance(limits<T>::max(), limits<T>::infinity()) == 1);
    CHECK(ulp_distance(limits<T>::lowest(), -limits<T>::infinity()) == 1);
    CHECK(ulp_distance(limits<T>::infinity(), limits<T>::infinity()) == 0);
    CHECK(ulp_distance(limits<T>::quiet_NaN(), limits<T>::infinity()) == no_ulp_distance);
    CHECK(ulp_distance(-limits<T>::quiet_NaN(), limits<T>::quiet_NaN()) == 0);
    CHECK(next_up(limits<T>::max()) == limits<T>::infinity());
    CHECK(next_up(limits<T>::infinity()) == limits<T>::infinity());
    CHECK(next_up(-limits<T>::infinity()) == limits<T>::lowest());
    CHECK(std::isnan(next_up(limits<T>::quiet_NaN())));
    CHECK(std::isnan(ulp_of(limits<T>::quiet_NaN())));
    CHECK(ulp_of(limits<T>::infinity()) == limits<T>::infinity());
}

TEST_CASE("errors against more precise values are counted in fractions") {
    CHECK(ulp_error(1.0, 1.0L + 0x1p-54L) == 0.25);
    CHECK(ulp_error(1.0f, 1.0L + 0x1p-22L) == 2);
    CHECK(ulp_error(0.0, 0x1p-1074L) == 1);
    CHECK(ulp_error(limits<float>::infinity(), 1e39L) == 0);
    CHECK(ulp_error(limits<double>::infinity(), 1.0L) == limits<double>::infinity());
    CHECK(ulp_error(limits<float>::max(), static_cast<long double>(limits<float>::max())) == 0);
    CHECK(ulp_error(limits<double>::quiet_NaN(), 1.0L) == limits<double>::infinity());
    CHECK(ulp_error(limits<double>::quiet_NaN(), limits<long double>::quiet_NaN()) == 0);
    CHECK(ulp_error(limits<double>::infinity(), limits<long double>::infinity()) == 0);
    CHECK(ulp_error(-limits<double>::infinity(), limits<long double>::infinity()) ==
          limits<double>::infinity());
}
