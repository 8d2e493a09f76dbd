// SPDX-License-Identifier: BSL-1.0
/// Every row of the rule tables keeps the laws: true, smaller, carried out, not shadowed, justified.
#include <chainrule/graph/simplify.hpp>

#include "support/catch.hpp"
#include "support/rule_laws.hpp"

using namespace laws;

namespace {

const std::vector<std::span<const rewrite_rule>> computing{stabilise_rules, simplify_rules};

void check_table(std::size_t table) {
    for (std::size_t row = 0; row < computing[table].size(); ++row) {
        const fault f = check_rule(computing, table, row);
        INFO(computing[table][row].before << " -> " << computing[table][row].after << ": "
                                          << f.what);
        CHECK(name_of(f.broken) == "none");
    }
}

}  // namespace

TEST_CASE("the laws of sums and products hold and are carried out by the canonical form") {
    for (const rewrite_rule& rule : arithmetic_rules) {
        graph out;
        const int before = canonical_side(out, rule.before);
        const int after = canonical_side(out, rule.after);
        INFO(rule.before << " -> " << rule.after);
        const fault truth = check_truth(rule);
        INFO(truth.what);
        CHECK(name_of(truth.broken) == "none");
        CHECK(name_of(check_reason(rule).broken) == "none");
        CHECK(before == after);
    }
}

TEST_CASE("the simplifier's rules keep the laws") { check_table(1); }

TEST_CASE("the stabiliser's rules keep the laws") { check_table(0); }

/// Rule text with other formulas for its symbols.
std::string with_arguments(std::string_view text, std::string_view u, std::string_view v) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto is_name = [&](std::size_t k) {
            return k < text.size() &&
                (std::isalnum(static_cast<unsigned char>(text[k])) != 0 || text[k] == '_');
        };
        const bool alone = (i == 0 || !is_name(i - 1)) && !is_name(i + 1);
        if (alone && text[i] == 'u') result += "(" + std::string(u) + ")";
        else if (alone && text[i] == 'v') result += "(" + std::string(v) + ")";
        else result += text[i];
    }
    return result;
}

TEST_CASE("rules are recognised when their symbols stand for signed and scaled formulas") {
    const std::pair<const char*, const char*> arguments[] = {{"-x", "y"},     {"2*x", "3*y"},
                                                             {"-x/2", "2"},   {"x*y", "x"},
                                                             {"beta*x", "1"}, {"round(x)", "y"}};
    for (const auto& table : computing) {
        for (const rewrite_rule& rule : table) {
            // (2x)^2 is 4x^2 before any rule sees it; and (a - b)^2 is not (b - a)^2 except for ==.
            if (rule.before.find("u^2 + v") != rule.before.npos ||
                rule.before.find("*sin(u)*") != rule.before.npos)
                continue;
            for (const auto& [u, v] : arguments) {
                const std::string before = with_arguments(rule.before, u, v);
                const std::string after = with_arguments(rule.after, u, v);
                graph raw;
                std::vector<int> roots{parse_text(raw, before), parse_text(raw, after)};
                const graph out = simplified(raw, roots, for_text);
                INFO(before << " becomes " << text_of(out, roots[0]) << ", and " << after
                            << " becomes " << text_of(out, roots[1]));
                CHECK(roots[0] == roots[1]);
            }
        }
    }
}

TEST_CASE("a logarithm of a sum is log1p only if 1 stands in it") {
    // log1p(x + y - 1) would lose the digits of a small x + y.
    for (const char* text : {"log(x + y)", "log(x + 0.5)", "log(exp(x) - y)"}) {
        graph raw;
        std::vector<int> roots{parse_text(raw, text)};
        const graph out = simplified(raw, roots, for_text);
        CHECK(out.at(roots[0]).kind == first_call + primitive_index<chainrule::op::log_primitive>);
    }
}

TEST_CASE("the comparison's rules keep their laws") {
    for (std::size_t row = 0; row < std::size(compare_rules); ++row) {
        const fault f = check_comparison_rule(compare_rules, row);
        INFO(compare_rules[row].before << " -> " << compare_rules[row].after << ": " << f.what);
        CHECK(name_of(f.broken) == "none");
    }
    const fault circle = check_circle(compare_rules);
    INFO(circle.what);
    CHECK(name_of(circle.broken) == "none");
}

TEST_CASE("the recorder rewrites as the library does") {
    const recorded_tables recorder(computing);
    for (const auto& table : computing) {
        for (const rewrite_rule& rule : table) {
            graph raw;
            const int root = parse_text(raw, rule.before);
            graph out;
            std::vector<int> theirs{root};
            canonical_form(out, {&simplify_and_stabilise, true, false}).run(raw, theirs);
            std::vector<int> ours{root};
            canonical_form(out, {&recorded_tables::rewrite, true, false}).run(raw, ours);
            INFO(rule.before);
            CHECK(theirs == ours);
        }
    }
}
