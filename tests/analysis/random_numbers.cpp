// SPDX-License-Identifier: BSL-1.0
/// Random numbers: the same for a seed everywhere, with the moments they should have.

#include <chainrule/analysis/random_numbers.hpp>

#include "support/catch.hpp"

#include <cmath>

using namespace chainrule;

TEST_CASE("a seed gives the same numbers always") {
    // mt19937_64 with seed 5489 yields 14514284786278117030 first: >> 11, · 2^-53.
    CHECK(random_numbers(5489).uniform() ==
          static_cast<double>(14514284786278117030ULL >> 11) * 0x1p-53);
    random_numbers a(1);
    random_numbers b(1);
    for (int i = 0; i < 100; ++i) REQUIRE(a.normal() == b.normal());
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < 200000; ++i) {
        const double v = a.normal();
        sum += v;
        squares += v * v;
    }
    CHECK(std::fabs(sum / 200000) < 5 / std::sqrt(200000.0));
    CHECK(std::fabs(squares / 200000 - 1) < 5 * std::sqrt(2 / 200000.0));
}
