// SPDX-License-Identifier: BSL-1.0
/// Laws that hold for any formula, on thousands of random ones: reading, simplifying, printing, comparing
/// and differentiating never change what a formula means.
#include <chainrule/graph/compare.hpp>

#include "support/catch.hpp"
#include "support/random_formula.hpp"
#include "support/rule_laws.hpp"

#include <cstdio>

using namespace laws;
using oracle::number;

namespace {

constexpr int formulas = 3000;

graph simplify_text(const std::string& text, int& root, canonical_options options) {
    graph raw;
    std::vector<int> roots{parse_text(raw, text)};
    REQUIRE(raw.problem.kind == failure_kind::none);
    graph out = simplified(raw, roots, options);
    root = roots[0];
    return out;
}

oracle::symbol_values random_point(formula_generator& generator) {
    return {{"x", generator.point()}, {"a", generator.point()}, {"b", generator.point()}};
}

bool usable(const number& v) { return v.is_finite() && oracle::abs(v) < number(1e60); }

/// Whether a formula is more than 1/0 and the logarithm of -1.
bool has_value(formula_generator& generator, const std::string& text) {
    for (int k = 0; k < 4; ++k) {
        const auto point = random_point(generator);
        oracle::text_value reader(text, point);
        if (reader.get().is_finite() && !reader.unsure.infinite) return true;
    }
    return false;
}

/// Runs `check` on many random formulas.
template<class Check>
void for_random_formulas(unsigned seed, int count, Check check) {
    formula_generator generator(seed);
    for (int i = 0; i < count; ++i) {
        const formula_tree tree = generator.make(1 + static_cast<int>(generator.pick(4)));
        const std::string text = formula_generator::write(tree);
        INFO("formula " << i << ": " << text);
        check(generator, tree, text);
    }
}

}  // namespace

TEST_CASE("reading and simplifying keep the value") {
    int compared = 0;
    for_random_formulas(
        1, formulas,
        [&](formula_generator& generator, const formula_tree&, const std::string& text) {
            graph raw;
            const int root = parse_text(raw, text);
            REQUIRE(raw.problem.kind == failure_kind::none);
            std::vector<int> program{root};
            const graph for_computing = simplified(raw, program, for_programs);
            std::vector<int> flat{root};
            const graph for_reading = simplified(raw, flat, for_text);
            std::vector<int> expanded = flat;
            const graph for_equality = simplified(for_reading, expanded, for_comparison<>);
            for (int k = 0; k < 4; ++k) {
                const auto point = random_point(generator);
                oracle::text_value reader(text, point);
                const number wanted = reader.get();
                if (reader.unsure.any || !usable(wanted)) continue;
                ++compared;
                const number read = oracle::value_of(raw, root, point);
                INFO("at" << text_of(point) << " it is " << wanted.to_double());
                if (read.is_nan()) continue;  // 0/0 may be written as a power
                CHECK(oracle::agree(wanted, read, 1e-30));
                const number computed = oracle::value_of(for_computing, program[0], point);
                INFO("simplified for computing: " << text_of(for_computing, program[0]) << " is "
                                                  << computed.to_double());
                CHECK(oracle::agree(wanted, computed, 1e-30));
                const number printed = oracle::value_of(for_reading, flat[0], point);
                INFO("simplified for reading: " << text_of(for_reading, flat[0]) << " is "
                                                << printed.to_double());
                CHECK(oracle::agree(wanted, printed, 1e-30));
                const number atoms = oracle::value_of(for_equality, expanded[0], point);
                INFO("expanded: " << text_of(for_equality, expanded[0]) << " is "
                                  << atoms.to_double());
                CHECK(oracle::agree(wanted, atoms, 1e-30));
            }
        });
    CHECK(compared > formulas);
}

TEST_CASE("the canonical form is a form: simplifying twice changes nothing") {
    for_random_formulas(
        2, formulas,
        [](formula_generator& generator, const formula_tree&, const std::string& text) {
            if (!has_value(generator, text)) return;
            for (const canonical_options& options : {for_text, for_programs}) {
                int once = 0;
                const graph first = simplify_text(text, once, options);
                // Both in one graph, as only there equal formulas are equal nodes.
                graph raw = first;
                const int again = parse_text(raw, text);
                std::vector<int> roots{once, again};
                const graph second = simplified(raw, roots, options);
                INFO("once: " << text_of(first, once) << "\ntwice: " << text_of(second, roots[0])
                              << "\nbeside it: " << text_of(second, roots[1]));
                CHECK(same_nodes(second, roots[0], roots[1]));
            }
        });
}

TEST_CASE("what is printed reads back as the same formula") {
    // Always of the same value; a few times == finds no proof of it.
    int unproven = 0;
    std::string examples;
    for_random_formulas(
        3, formulas,
        [&](formula_generator& generator, const formula_tree&, const std::string& text) {
            int root = 0;
            graph g = simplify_text(text, root, for_text);
            const std::string printed = text_of(g, root);
            if (!has_value(generator, text)) return;
            INFO("printed: " << printed);
            graph raw;
            const int original = parse_text(raw, text);
            const int back = parse_text(raw, printed);
            INFO("the error is at " << raw.problem.position << ": " << raw.problem.expectation());
            REQUIRE(raw.problem.kind == failure_kind::none);
            for (int k = 0; k < 2; ++k) {
                const auto point = random_point(generator);
                oracle::text_value before(text, point);
                oracle::text_value after(printed, point);
                const number wanted = before.get();
                const number found = after.get();
                if (!before.unsure.any && !after.unsure.any && usable(wanted))
                    CHECK(oracle::agree(wanted, found, 1e-30));
            }
            if (same_nodes(raw, original, back)) return;
            ++unproven;
            examples += text + "\n  printed: " + printed + "\n";
        });
    INFO(examples);
    CHECK(unproven <= formulas / 1000);
}

TEST_CASE("order and grouping of sums and products do not matter to ==") {
    // A rule may fire on one grouping, as on cos(x) - 1 in (cos(x) - 1) + 0.5, and not on another.
    int unproven = 0;
    std::string examples;
    for_random_formulas(
        4, formulas,
        [&](formula_generator& generator, const formula_tree& tree, const std::string& text) {
            const std::string other = formula_generator::write(generator.rearranged(tree));
            if (!has_value(generator, text)) return;
            graph raw;
            const int f = parse_text(raw, text);
            const int g = parse_text(raw, other);
            if (same_nodes(raw, f, g)) return;
            ++unproven;
            examples += text + "\n  rearranged: " + other + "\n";
        });
    INFO(examples);
    CHECK(unproven <= formulas / 1000);
}

TEST_CASE("== is true only for formulas of equal value") {
    // Pairs that differ in one leaf; where they are called equal, they must be.
    int equal = 0;
    for_random_formulas(
        5, formulas,
        [&](formula_generator& generator, const formula_tree& tree, const std::string& text) {
            formula_tree other = tree;
            formula_tree* at = &other;
            while (!at->parts.empty()) at = &at->parts[generator.pick(at->parts.size())];
            at->text = generator.pick(2) == 0 ? "(x + 0.125)" : "abs(x)";
            const std::string changed = formula_generator::write(other);
            graph raw;
            const int f = parse_text(raw, text);
            const int g = parse_text(raw, changed);
            if (!same_nodes(raw, f, g)) return;
            ++equal;
            INFO("called equal to " << changed);
            for (int k = 0; k < 4; ++k) {
                const auto point = random_point(generator);
                oracle::text_value first(text, point);
                oracle::text_value second(changed, point);
                const number u = first.get();
                const number v = second.get();
                if (first.unsure.any || second.unsure.any || !usable(u) || !usable(v)) continue;
                CHECK(oracle::agree(u, v, 1e-30));
            }
        });
    CHECK(equal > 0);
}

TEST_CASE("both sweeps give the derivative") {
    int compared = 0;
    for_random_formulas(
        6, formulas,
        [&](formula_generator& generator, const formula_tree&, const std::string& text) {
            int root = 0;
            graph g = simplify_text(text, root, for_programs);
            std::vector<int> forward;
            const std::vector<std::string_view> symbols{"x", "a", "b"};
            for (std::string_view s : symbols)
                forward.push_back(derive(g, root, s, kink_rule::usual));
            const std::vector<int> reverse = derive_all(g, root, symbols);
            std::vector<int> simple = forward;
            const graph tidy = simplified(g, simple, for_programs);
            REQUIRE(g.problem.kind == failure_kind::none);
            for (int k = 0; k < 2; ++k) {
                const auto point = random_point(generator);
                for (std::size_t s = 0; s < symbols.size(); ++s) {
                    // The central difference: its error is of the order of h².
                    const number h = number(1).with(mpfr_add, number(0)) / number(0x1p80);
                    auto right = point;
                    auto left = point;
                    right[std::string(symbols[s])] = point.find(symbols[s])->second + h;
                    left[std::string(symbols[s])] = point.find(symbols[s])->second - h;
                    oracle::text_value above(text, right);
                    oracle::text_value below(text, left);
                    const number size = above.get();
                    const number difference = (size - below.get()) / (number(2) * h);
                    if (!usable(size) || number(1e30) < oracle::abs(size)) continue;
                    if (above.unsure.any || below.unsure.any || !usable(difference) ||
                        number(1e15) < oracle::abs(difference)) {
                        continue;
                    }
                    oracle::doubt unsure;
                    const number by_forward = oracle::value_of(g, forward[s], point, unsure);
                    const number by_reverse = oracle::value_of(g, reverse[s], point, unsure);
                    const number simplified_forward =
                        oracle::value_of(tidy, simple[s], point, unsure);
                    if (unsure.any) continue;
                    ++compared;
                    INFO("d/d" << symbols[s] << " at" << text_of(point) << ": difference "
                               << difference.to_double() << ", forward " << by_forward.to_double()
                               << " = " << text_of(g, forward[s]) << ", reverse "
                               << by_reverse.to_double() << ", simplified "
                               << simplified_forward.to_double() << " = "
                               << text_of(tidy, simple[s]));
                    if (!by_forward.is_nan()) CHECK(oracle::agree(difference, by_forward, 1e-12));
                    if (!by_reverse.is_nan()) CHECK(oracle::agree(difference, by_reverse, 1e-12));
                    CHECK(oracle::agree(difference, simplified_forward, 1e-12));
                }
            }
        });
    CHECK(compared > formulas);
}
