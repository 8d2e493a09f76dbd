// SPDX-License-Identifier: BSL-1.0
/// Laws of the enclosures, on random formulas: no value, and no value of a derivative, lies outside the
/// enclosure over an interval around it, nor outside the certified range. The values are MPFR's.
#include <chainrule/analysis/range.hpp>

#include "support/catch.hpp"
#include "support/random_formula.hpp"
#include "support/rule_laws.hpp"

#include <cmath>

using namespace laws;
using chainrule::interval, chainrule::value_range;
using oracle::number;

namespace {

/// Formulas in x alone.
void close(formula_tree& f) {
    if (f.kind == formula_tree::leaf && f.text == "a") f.text = "0.75";
    if (f.kind == formula_tree::leaf && f.text == "b") f.text = "(0 - 1.25)";
    for (formula_tree& part : f.parts) close(part);
}

struct sample {
    long double at;
    number value;
};

/// What MPFR makes of a graph at points between a and b.
std::vector<sample> samples_of(formula_generator& generator, const std::string& text,
                               const graph& g, int root, double a, double b) {
    std::vector<sample> result;
    for (int k = 0; k < (a == b ? 1 : 24); ++k) {
        const double share = static_cast<double>(generator.pick(1025)) / 1024;
        const double at = k == 0 ? a : k == 1 ? b : a + (b - a) * share;
        const oracle::symbol_values point{{"x", at}};
        oracle::text_value reader(text, point);
        // Where f is not defined, or infinite on the way, formulas of derivatives say nothing.
        if (!reader.get().is_finite() || reader.unsure.infinite) continue;
        const number value = oracle::value_of(g, root, point);
        if (value.is_finite()) result.push_back({static_cast<long double>(at), value});
    }
    return result;
}

bool lies_in(const number& v, long double lo, long double hi) {
    const interval around = rounded_outward(lo, hi);
    const number slack = number(1e-80) * (oracle::abs(v) + number(1));  // MPFR rounds, too
    return number(around.lo) <= v + slack && v - slack <= number(around.hi);
}

}  // namespace

TEST_CASE("values lie in their enclosures", "[laws][analysis]") {
    formula_generator generator(77);
    int compared = 0, narrow = 0;
    for (int i = 0; i < 3000; ++i) {
        formula_tree tree = generator.make(1 + static_cast<int>(generator.pick(4)));
        close(tree);
        const std::string text = formula_generator::write(tree);
        INFO("formula " << i << ": " << text);
        graph raw;
        const int root = parse_text(raw, text);
        REQUIRE(raw.problem.kind == failure_kind::none);
        for (int order = 0; order < 2; ++order) {
            const curve f(raw, root, order);
            // The same derivative as a graph, for the oracle.
            std::vector<int> roots{root};
            graph g = simplified(raw, roots, for_programs);
            if (order == 1)
                roots[0] = derive(g, roots[0], "x", chainrule::detail::kink_rule::usual);
            for (int k = 0; k < 3; ++k) {
                const double a = generator.point();
                const double width[] = {4, 0.25, 1e-6};
                const double b = a + width[k];
                const curve::view v =
                    f.look({static_cast<long double>(a), static_cast<long double>(b)},
                           middle_of(static_cast<long double>(a), static_cast<long double>(b)));
                narrow += v.value.hi - v.value.lo < 1 ? 1 : 0;
                for (const sample& s : samples_of(generator, text, g, roots[0], a, b)) {
                    ++compared;
                    INFO("order " << order << ", on [" << a << ", " << b << "] at "
                                  << static_cast<double>(s.at) << ": " << s.value.to_double()
                                  << " in [" << static_cast<double>(v.value.lo) << ", "
                                  << static_cast<double>(v.value.hi) << "]");
                    REQUIRE(!v.value.is_empty());
                    REQUIRE(lies_in(s.value, v.value.lo, v.value.hi));
                }
            }
        }
    }
    CHECK(compared > 40000);
    CHECK(narrow > 2000);
}

TEST_CASE("values lie in the certified range", "[laws][analysis]") {
    formula_generator generator(78);
    int compared = 0, beside = 0, tight = 0;
    for (int i = 0; i < 160; ++i) {
        formula_tree tree = generator.make(1 + static_cast<int>(generator.pick(3)));
        close(tree);
        const std::string text = formula_generator::write(tree);
        const int order = i % 3;
        INFO("formula " << i << ", order " << order << ": " << text);
        graph raw;
        const int root = parse_text(raw, text);
        const double a = i % 2 == 0 ? -1.5 : generator.point(), b = a + 3;
        const curve f(raw, root, order);
        const value_range r =
            range_of_curve(f, static_cast<long double>(a), static_cast<long double>(b));
        tight += r.sup.width() <= 1e-12 * std::max(1.0, std::abs(r.sup.hi)) ? 1 : 0;
        std::vector<int> roots{root};
        graph g = simplified(raw, roots, for_programs);
        for (int k = 0; k < order; ++k)
            roots[0] = derive(g, roots[0], "x", chainrule::detail::kink_rule::usual);
        std::vector<sample> samples = samples_of(generator, text, g, roots[0], a, b);
        // And where it switches, from both sides.
        const zero_list switches =
            switch_points(f, static_cast<long double>(a), static_cast<long double>(b));
        for (std::size_t k = 0; k < std::min<std::size_t>(switches.zeros.size(), 4); ++k) {
            const auto at = static_cast<double>(switches.zeros[k].lo);
            for (const double step : {1e-12, 1e-6, 1e-3}) {
                for (const double v :
                     {at - step * (std::abs(at) + 1e-3), at + step * (std::abs(at) + 1e-3)}) {
                    if (v < a || v > b) continue;
                    for (const sample& one : samples_of(generator, text, g, roots[0], v, v)) {
                        samples.push_back(one);
                        ++beside;
                    }
                }
            }
        }
        for (const sample& s : samples) {
            ++compared;
            INFO("at " << static_cast<double>(s.at) << ": " << s.value.to_double() << " in ["
                       << r.inf.lo << ", " << r.sup.hi << "]");
            CHECK(lies_in(s.value, static_cast<long double>(r.inf.lo),
                          static_cast<long double>(r.sup.hi)));
        }
        // Bounds of the bounds: the supremum is not below what was seen, nor its lower bound above its upper.
        CHECK((r.sup.lo <= r.sup.hi && r.inf.lo <= r.inf.hi));
    }
    CHECK(compared > 2000);
    CHECK(beside > 100);
    INFO(tight << " of 160 suprema are tight");
    CHECK(tight > 100);
}
