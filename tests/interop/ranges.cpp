// SPDX-License-Identifier: BSL-1.0
/// Formulas as views over ranges of every kind, and the grids.

#include <chainrule/interop/ranges.hpp>

#include "support/catch.hpp"

#include <range/v3/range/conversion.hpp>
#include <range/v3/view/generate.hpp>
#include <range/v3/view/iota.hpp>
#include <range/v3/view/istream.hpp>
#include <range/v3/view/stride.hpp>
#include <range/v3/view/take.hpp>
#include <range/v3/view/transform.hpp>

#include <algorithm>
#include <cmath>
#include <forward_list>
#include <limits>
#include <list>
#include <sstream>
#include <string>
#include <vector>

using namespace chainrule;
using namespace chainrule::literals;

namespace {

inline constexpr parameter<"beta"> beta;
inline constexpr auto my_swish = x * sigmoid(beta * x);

double swish(double u, double b) { return u / (1 + std::exp(-b * u)); }

}  // namespace

TEST_CASE("a vector is evaluated lazily in its own element type") {
    std::vector<float> in{-1.0f, 0.0f, 2.0f};
    auto values = in | views::evaluate(my_swish, beta = 1.5);
    STATIC_REQUIRE(std::is_same_v<ranges::range_value_t<decltype(values)>, float>);
    STATIC_REQUIRE(ranges::random_access_range<decltype(values)>);
    STATIC_REQUIRE(ranges::sized_range<decltype(values)>);
    REQUIRE(values.size() == 3);
    CHECK(values[0] == static_cast<float>(swish(-1, 1.5)));
    CHECK(values[1] == 0);
    CHECK(values[2] == static_cast<float>(swish(2, 1.5)));

    in[1] = 4;  // nothing was computed before
    CHECK(values[1] == static_cast<float>(swish(4, 1.5)));
}

TEST_CASE("values are those of evaluate, bit for bit") {
    const std::vector<double> in{-745.5, -3.25, -0.0, 1e-300, 0.7, 38.5};
    const auto values = in | views::evaluate(my_swish, beta = 1.702f) | ranges::to<std::vector>();
    REQUIRE(values.size() == in.size());
    for (std::size_t i = 0; i < in.size(); ++i) {
        CHECK(values[i] == evaluate(my_swish, x = in[i], beta = static_cast<double>(1.702f)));
    }
}

TEST_CASE("a number bound to a parameter is rounded to the element type first") {
    const std::vector<float> in{3.0f};
    const auto values = in | views::evaluate(x + beta, beta = 0.1) | ranges::to<std::vector>();
    CHECK(values[0] == 3.0f + 0.1f);
    const std::vector<double> wide{0.0};
    CHECK((wide | views::evaluate(x + beta, beta = 0.1))[0] == 0.1);
    CHECK((wide | views::evaluate(x + beta, beta = 3))[0] == 3);
}

TEST_CASE("defaults, formulas by name and formulas without x") {
    constexpr auto leaky = max(x, parameter<"alpha", 0.25>{} * x);
    constexpr parameter<"alpha"> alpha;
    const std::vector<double> in{-8.0, 8.0};
    CHECK((in | views::evaluate(leaky) | ranges::to<std::vector>()) ==
          std::vector<double>{-2.0, 8.0});
    CHECK((in | views::evaluate(leaky, alpha = 0.5) | ranges::to<std::vector>()) ==
          std::vector<double>{-4.0, 8.0});
    CHECK((in | views::evaluate(my_swish, beta = 0_c) | ranges::to<std::vector>()) ==
          std::vector<double>{-4.0, 4.0});
    CHECK((in | views::evaluate("1 + 1"_f) | ranges::to<std::vector>()) ==
          std::vector<double>{2.0, 2.0});
    CHECK((in | views::evaluate(derivative(x * x)) | ranges::to<std::vector>()) ==
          std::vector<double>{-16.0, 16.0});
}

TEST_CASE("views compose, and may be called without the pipe") {
    const std::vector<double> in{1.0, 2.0, 3.0};
    const auto twice = views::evaluate(x * x) | views::evaluate(x + 1_c);
    CHECK((in | twice | ranges::to<std::vector>()) == std::vector<double>{2.0, 5.0, 10.0});
    CHECK((views::evaluate(in, x * beta, beta = 3) | ranges::to<std::vector>()) ==
          std::vector<double>{3.0, 6.0, 9.0});
}

TEST_CASE("ranges that are not contiguous") {
    const std::vector<double> squares{1.0, 4.0, 9.0};
    const std::list<double> list{1.0, 2.0, 3.0};
    CHECK((list | views::evaluate(x * x) | ranges::to<std::vector>()) == squares);
    const std::forward_list<double> forward_only{1.0, 2.0, 3.0};
    CHECK((forward_only | views::evaluate(x * x) | ranges::to<std::vector>()) == squares);
    const std::vector<double> sparse{1.0, -1.0, 2.0, -1.0, 3.0};
    CHECK((sparse | ranges::views::stride(2) | views::evaluate(x * x) |
           ranges::to<std::vector>()) == squares);
}

TEST_CASE("input ranges are read once and infinite ranges are never finished") {
    std::istringstream text("1 2 3");
    auto read = ranges::istream_view<double>(text) | views::evaluate(x * x);
    STATIC_REQUIRE(ranges::input_range<decltype(read)>);
    STATIC_REQUIRE_FALSE(ranges::forward_range<decltype(read)>);
    CHECK((read | ranges::to<std::vector>()) == std::vector<double>{1.0, 4.0, 9.0});

    auto naturals = ranges::views::iota(1) |
        ranges::views::transform([](int i) { return static_cast<double>(i); });
    CHECK((naturals | views::evaluate(x * x) | ranges::views::take(4) |
           ranges::to<std::vector>()) == std::vector<double>{1.0, 4.0, 9.0, 16.0});

    int produced = 0;
    auto counted = ranges::views::generate([&produced] { return static_cast<double>(++produced); });
    auto lazily = counted | views::evaluate(x * x) | ranges::views::take(2);
    CHECK(produced == 0);
    CHECK((lazily | ranges::to<std::vector>()) == std::vector<double>{1.0, 4.0});
    CHECK(produced <= 3);
}

TEST_CASE("an empty range gives an empty view") {
    const std::vector<double> nothing;
    CHECK(ranges::empty(nothing | views::evaluate(my_swish, beta = 1)));
}

TEST_CASE("special values pass through a view as through evaluate") {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    const std::vector<double> in{-infinity, infinity, std::nan("")};
    const auto values = in | views::evaluate(my_swish, beta = 1) | ranges::to<std::vector>();
    CHECK(values[0] == 0);
    CHECK(values[1] == infinity);
    CHECK(std::isnan(values[2]));
}

TEST_CASE("linspace includes both end points exactly") {
    const auto grid = linspace(-1, 2, 7);
    STATIC_REQUIRE(std::is_same_v<ranges::range_value_t<decltype(grid)>, double>);
    STATIC_REQUIRE(ranges::random_access_range<decltype(grid)>);
    CHECK((grid | ranges::to<std::vector>()) == std::vector<double>{-1, -0.5, 0, 0.5, 1, 1.5, 2});

    for (const std::ptrdiff_t n : {2, 3, 10, 1000}) {
        const auto tenths = linspace(0.1, 0.3, n) | ranges::to<std::vector>();
        REQUIRE(tenths.size() == static_cast<std::size_t>(n));
        CHECK(tenths.front() == 0.1);
        CHECK(tenths.back() == 0.3);
        CHECK(std::is_sorted(tenths.begin(), tenths.end()));
    }
}

TEST_CASE("linspace over a symmetric interval is symmetric and meets zero") {
    const auto grid = linspace(-0.7, 0.7, 1001);
    CHECK(grid[500] == 0);
    for (std::ptrdiff_t i = 0; i < 1001; ++i) REQUIRE(grid[i] == -grid[1000 - i]);
}

TEST_CASE("linspace: few points, float, descending, huge and infinite ends") {
    CHECK(ranges::empty(linspace(1, 2, 0)));
    CHECK((linspace(1, 2, 1) | ranges::to<std::vector>()) == std::vector<double>{1});
    CHECK((linspace(1, 2, 2) | ranges::to<std::vector>()) == std::vector<double>{1, 2});
    CHECK((linspace(1.0f, 0.0f, 3) | ranges::to<std::vector>()) ==
          std::vector<float>{1.0f, 0.5f, 0.0f});
    STATIC_REQUIRE(std::is_same_v<ranges::range_value_t<decltype(linspace(0.0f, 1.0f, 2))>, float>);
    STATIC_REQUIRE(std::is_same_v<ranges::range_value_t<decltype(linspace(0.0f, 1, 2))>, double>);

    constexpr double largest = std::numeric_limits<double>::max();
    const auto all = linspace(-largest, largest, 5);
    CHECK(all[1] == -largest / 2);
    CHECK(all[2] == 0);
    CHECK(all[4] == largest);
    constexpr double infinity = std::numeric_limits<double>::infinity();
    CHECK(linspace(-infinity, infinity, 3)[0] == -infinity);
    CHECK(linspace(-infinity, infinity, 3)[2] == infinity);
}

TEST_CASE("geomspace multiplies by one factor") {
    const auto grid = geomspace(1, 1000, 4);
    CHECK(grid[0] == 1);
    CHECK(grid[1] == Approx(10).epsilon(1e-15));
    CHECK(grid[2] == Approx(100).epsilon(1e-15));
    CHECK(grid[3] == 1000);
    CHECK(geomspace(-1e-300, -1e300, 3)[1] == Approx(-1).epsilon(1e-15));
    CHECK((geomspace(5, 7, 1) | ranges::to<std::vector>()) == std::vector<double>{5});
}

TEST_CASE("grids refuse what they cannot do with a sentence") {
    CHECK_THROWS_WITH(linspace(0, 1, -3),
                      "chainrule: linspace needs a number of points that is not negative, not -3");
    CHECK_THROWS_AS(linspace(0, 1, -3), std::invalid_argument);
    const std::string ends =
        "chainrule: geomspace needs two finite end points of the same sign, neither of them zero";
    CHECK_THROWS_WITH(geomspace(0, 1, 3), ends);
    CHECK_THROWS_WITH(geomspace(-1, 1, 3), ends);
    CHECK_THROWS_WITH(geomspace(1.0, std::numeric_limits<double>::infinity(), 3), ends);
    CHECK_THROWS_WITH(geomspace(1.0, std::nan(""), 3), ends);
}
