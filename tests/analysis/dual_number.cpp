// SPDX-License-Identifier: BSL-1.0
/// Dual numbers against derivatives worked out by hand.
#include <chainrule/analysis/dual_number.hpp>

#include "support/catch.hpp"

using chainrule::detail::dual_number;

TEST_CASE("dual numbers carry partial derivatives", "[analysis]") {
    const auto a = dual_number<2>::unknown(3, 0);
    const auto b = dual_number<2>::unknown(4, 1);

    const auto sum = 2 * a - b + 5;
    CHECK(sum.value == 7);
    CHECK(sum.slopes == std::array<long double, 2>{2, -1});

    const auto product = a * b;
    CHECK(product.value == 12);
    CHECK(product.slopes == std::array<long double, 2>{4, 3});

    const auto quotient = a * a / 2;
    CHECK(quotient.value == 4.5L);
    CHECK(quotient.slopes == std::array<long double, 2>{3, 0});

    // √(a² + b²) has the direction of (a, b).
    const auto length = sqrt(a * a + b * b);
    CHECK(length.value == 5);
    CHECK(length.slopes == std::array<long double, 2>{0.6L, 0.8L});

    // f(a, b) = a b² by the chain rule: ∂f/∂a = b², ∂f/∂b = 2ab.
    const auto f = dual_number<2>::combined(48, a, 16, b, 24);
    CHECK(f.slopes == (a * b * b).slopes);
}
