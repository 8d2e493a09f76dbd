// SPDX-License-Identifier: BSL-1.0
/// Values and slopes of every catalogue entry in double against MPFR, tails, subnormals and huge
/// arguments included: 4 ULP, or 2ε·|x·slope| beside a simple root.
#include <chainrule/expr/derivative.hpp>
#include <chainrule/program/evaluate.hpp>

#include "support/catch.hpp"
#include "textbook.hpp"

#include <boost/hana/for_each.hpp>

#include <cmath>
#include <vector>

using namespace chainrule;
namespace hana = boost::hana;

namespace {

std::vector<double> arguments() {
    std::vector<double> points;
    for (int exponent = -1070; exponent <= 1020; exponent += 11) {
        points.push_back(std::ldexp(1.37, exponent));
    }
    for (double v = 0.0078125; v < 41; v += 0.1797) points.push_back(v);
    for (double v = 47.1; v < 800; v *= 1.071) points.push_back(v);
    for (double v = 700.3; v < 750; v += 3.77) points.push_back(v);
    for (double v : {1e5, 12345.6789, 3e15, 1e100}) points.push_back(v);
    const std::size_t half = points.size();
    for (std::size_t i = 0; i < half; ++i) points.push_back(-points[i]);
    return points;
}

/// `slope` is a function, because it is seldom needed and costs three values.
template<class Slope>
bool is_correct(double ours, const textbook::number& truth, double x, Slope slope) {
    if (truth.is_nan()) return std::isnan(ours);
    if (std::isinf(truth.to_double())) return ours == truth.to_double();
    if (!std::isfinite(ours)) return false;
    const textbook::number error = textbook::abs(textbook::number(ours) - truth);
    if (error <= 4 * truth.ulp()) return true;
    return error <= textbook::number::scaled(textbook::abs(textbook::number(x) * slope()), -51);
}

}  // namespace

TEST_CASE("Values of the catalogue are within 4 ULP of the textbook formula") {
    const std::vector<double> points = arguments();
    hana::for_each(activations::all, [&](const auto& entry) {
        using entry_type = std::remove_cvref_t<decltype(entry)>;
        constexpr auto f = textbook::with_values<entry_type>();
        int wrong = 0;
        double first_wrong = 0;
        for (double v : points) {
            const textbook::number truth = textbook::value(entry.name, v);
            if (is_correct(evaluate(f, x = v), truth, v,
                           [&] { return textbook::slope(entry.name, v); }))
                continue;
            if (wrong++ == 0) first_wrong = v;
        }
        CAPTURE(entry.name, first_wrong, evaluate(f, x = first_wrong),
                textbook::value(entry.name, first_wrong).to_double());
        CHECK(wrong == 0);
    });
}

TEST_CASE("Slopes of the catalogue are within 4 ULP of the textbook formula's") {
    const std::vector<double> points = arguments();
    hana::for_each(activations::all, [&](const auto& entry) {
        using entry_type = std::remove_cvref_t<decltype(entry)>;
        constexpr auto f = derivative(textbook::with_values<entry_type>());
        int wrong = 0;
        double first_wrong = 0;
        for (double v : points) {
            const textbook::number truth = textbook::slope(entry.name, v);
            if (truth.is_nan()) continue;  // outside the domain: 1/x is a number where log is none
            if (is_correct(evaluate(f, x = v), truth, v,
                           [&] { return textbook::curvature(entry.name, v); }))
                continue;
            if (wrong++ == 0) first_wrong = v;
        }
        CAPTURE(entry.name, first_wrong, evaluate(f, x = first_wrong),
                textbook::slope(entry.name, first_wrong).to_double());
        CHECK(wrong == 0);
    });
}
