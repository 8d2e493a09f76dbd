// SPDX-License-Identifier: BSL-1.0
/// The list of special values is complete, and neighbourhoods are what nextafter says.

#include <chainrule/verify/special_values.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <cmath>

using namespace chainrule;

TEMPLATE_TEST_CASE("every class of number is among the special values, with both signs", "", float,
                   double, long double) {
    const auto values = special_values<TestType>();
    for (const bool negative : {false, true}) {
        for (const int kind : {FP_ZERO, FP_SUBNORMAL, FP_NORMAL, FP_INFINITE}) {
            CAPTURE(negative, kind);
            CHECK(std::any_of(values.begin(), values.end(), [&](TestType v) {
                return std::fpclassify(v) == kind && std::signbit(v) == negative;
            }));
        }
    }
    CHECK(std::any_of(values.begin(), values.end(), [](TestType v) { return std::isnan(v); }));
    for (std::size_t i = 0; i < values.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            const bool both_zero = values[i] == 0 && values[j] == 0;
            CHECK((both_zero ? std::signbit(values[i]) != std::signbit(values[j])
                             : values[i] != values[j]));
        }
    }
}

TEMPLATE_TEST_CASE("a neighbourhood is made of consecutive numbers around its point", "", float,
                   double) {
    for (const TestType point :
         {TestType(0), TestType(1), TestType(-6), std::numeric_limits<TestType>::max()}) {
        const auto near = neighbourhood(point, 5);
        REQUIRE(near.size() == 11);
        CHECK(near[5] == point);
        for (std::size_t i = 1; i < near.size(); ++i) {
            CHECK(near[i] ==
                  std::nextafter(near[i - 1], std::numeric_limits<TestType>::infinity()));
        }
    }
    CHECK(neighbourhood(TestType(2), 0) == std::vector<TestType>{TestType(2)});
}
