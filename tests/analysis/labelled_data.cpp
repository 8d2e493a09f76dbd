// SPDX-License-Identifier: BSL-1.0
/// The two spirals.

#include <chainrule/analysis/labelled_data.hpp>

#include "support/catch.hpp"

#include <cmath>
#include <numbers>

using namespace chainrule;

TEST_CASE("two spirals are what they are called") {
    random_numbers random(5);
    const labelled_data data = two_spirals(1000, 0, random);
    REQUIRE(data.size() == 1000);
    CHECK(data.classes == 2);
    for (std::size_t i = 0; i < data.size(); ++i) {
        const auto at = data.inputs.col(static_cast<Eigen::Index>(i)).cast<double>().eval();
        const double radius = at.norm() / 2;
        REQUIRE(radius <= 1.0001);
        // Turned back along its spiral, every point lies on one ray per class.
        const double angle = std::atan2(at[1], at[0]) - 3 * std::numbers::pi * radius;
        const double side = std::cos(angle);
        if (radius > 0.01) REQUIRE(std::fabs(side - (data.labels[i] == 0 ? 1 : -1)) < 1e-3);
    }
}
