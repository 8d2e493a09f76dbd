// SPDX-License-Identifier: BSL-1.0
/// The range rule of every primitive, on thousands of boxes: no value that MPFR finds lies outside, and the
/// enclosure is not much wider than what dense samples span.

#include <chainrule/analysis/curve.hpp>

#include "support/catch.hpp"
#include "support/oracle.hpp"

#include <random>

using namespace chainrule;
using namespace chainrule::detail;
using oracle::number;

namespace {

struct box {
    double lo, hi;
};

bool lies_in(const number& v, const enclosure& u) {
    const interval around = rounded_outward(u.lo, u.hi);
    const number slack = number(1e-80) * (oracle::abs(v) + number(1));  // MPFR rounds, too
    return number(around.lo) <= v + slack && v - slack <= number(around.hi);
}

/// Boxes of all sizes, at 0, across 0, far out.
box make_box(std::mt19937_64& random) {
    auto uniform = [&](double a, double b) {
        return std::uniform_real_distribution<double>(a, b)(random);
    };
    const double centre = uniform(-1, 1) * std::pow(10.0, uniform(-4, 2));
    const double width = std::pow(10.0, uniform(-9, 1));
    switch (random() % 6) {
    case 0:
        return {0, width};
    case 1:
        return {-width, 0};
    case 2:
        return {centre, centre};
    default:
        return {centre - width, centre + width};
    }
}

/// A primitive's value; the four operations have no names in formulas.
number value_of(std::string_view name, const std::vector<number>& u) {
    if (name == "+") return u[0] + u[1];
    if (name == "-") return u[0] - u[1];
    if (name == "*") return u[0] * u[1];
    if (name == "/") return u[0] / u[1];
    oracle::doubt unsure;
    return oracle::apply_unchecked(name, u, unsure);
}

}  // namespace

TEST_CASE("every primitive that is computed has a range rule", "[op][analysis]") {
    for (std::size_t i = 0; i < primitives.size(); ++i) {
        INFO(primitives[i].name);
        if (primitives[i].name[0] == '#')
            continue;  // the scheduler's own, never in a formula's graph
        const bool has_rule = range_rules<all_primitives>::list[i] != nullptr;
        CHECK(has_rule == (primitives[i].long_value != nullptr));
    }
}

TEST_CASE("values of primitives lie in their ranges", "[op][analysis]") {
    std::mt19937_64 random(5);
    for (std::size_t i = 0; i < primitives.size(); ++i) {
        const primitive_info& p = primitives[i];
        const auto rule = range_rules<all_primitives>::list[i];
        if (rule == nullptr) continue;
        int compared = 0;
        double worst_excess = 0;
        for (int k = 0; k < 200; ++k) {
            box boxes[4]{};
            enclosure arguments[4];
            for (int a = 0; a < p.arity; ++a) {
                boxes[a] = make_box(random);
                arguments[a] = {static_cast<long double>(boxes[a].lo),
                                static_cast<long double>(boxes[a].hi)};
            }
            const enclosure range = rule(arguments);
            number least(0), most(0);
            bool any = false;
            const int samples = p.arity == 1 ? 60 : 25;
            for (int s = 0; s < samples; ++s) {
                std::vector<number> point;
                for (int a = 0; a < p.arity; ++a) {
                    const double share = s == 0 ? 0
                        : s == 1                ? 1
                        : p.arity == 1          ? static_cast<double>(s) / samples
                                                : static_cast<double>(random() % 1025) / 1024;
                    const double at =
                        s == 1 ? boxes[a].hi : boxes[a].lo + (boxes[a].hi - boxes[a].lo) * share;
                    point.emplace_back(std::min(at, boxes[a].hi));
                }
                const number value = value_of(p.name, point);
                if (!value.is_finite()) continue;
                INFO(p.name << " on [" << boxes[0].lo << ", " << boxes[0].hi << "] x ["
                            << boxes[1].lo << ", " << boxes[1].hi << "]: " << value.to_double()
                            << " in [" << static_cast<double>(range.lo) << ", "
                            << static_cast<double>(range.hi) << "]");
                REQUIRE(!range.is_empty());
                REQUIRE(lies_in(value, range));
                ++compared;
                least = any && least < value ? least : value;
                most = any && value < most ? most : value;
                any = true;
            }
            if (any && p.arity == 1 && !range.broken && boxes[0].hi - boxes[0].lo < 1) {
                const double span = (most - least).to_double(),
                             width = static_cast<double>(range.hi - range.lo);
                const double size = std::max(std::abs(static_cast<double>(range.hi)),
                                             std::abs(static_cast<double>(range.lo)));
                worst_excess =
                    std::max(worst_excess, (width - span) / (span + 1e-15 * size + 1e-300));
            }
        }
        INFO(p.name);
        CHECK(compared > 500);
        if (p.arity == 1) CHECK(worst_excess < 0.25);
    }
}

TEST_CASE("one-sided arguments decide conditions", "[op][analysis]") {
    const enclosure below_three{3, 3, false, true}, above_three{3, 3, true, false}, three{3};
    auto choose = [](const enclosure& a, const enclosure& b) {
        return op::selection<false>::range(a, b, enclosure(1), enclosure(2));
    };
    auto choose_equal = [](const enclosure& a, const enclosure& b) {
        return op::selection<true>::range(a, b, enclosure(1), enclosure(2));
    };
    CHECK(choose(below_three, three).hi == 1);
    CHECK(choose(above_three, three).lo == 2);
    CHECK(choose(three, three).lo == 2);
    CHECK(choose_equal(three, three).hi == 1);
    CHECK(choose_equal(above_three, three).lo == 2);
    CHECK(choose(below_three, above_three).hi == 1);
    CHECK(choose(below_three, below_three).broken);  // nobody knows which comes first
    CHECK(op::sign_primitive::range(enclosure(0, 0, false, true)).lo == -1);
    CHECK(op::sign_primitive::range(enclosure(0, 0, true, false)).hi == 1);
    CHECK(op::sign_primitive::range(enclosure(0, 0, true, false) * enclosure(-2)).hi == -1);
    CHECK(op::sign_primitive::range(-(enclosure(0, 0, false, true) * enclosure(0, 0, false, true)))
              .hi == -1);
    CHECK((enclosure(0, 0, true, false) - enclosure(0, 0, true, false)).broken);
    CHECK(op::round_primitive::range(enclosure(2.5L, 2.5L, true, false)).lo == 3);
    CHECK(op::round_primitive::range(enclosure(3.5L, 3.5L, false, true)).hi == 3);
    CHECK(reciprocal(enclosure(0, 0, false, true)).lo == -unlimited);
}
