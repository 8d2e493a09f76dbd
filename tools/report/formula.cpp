// SPDX-License-Identifier: BSL-1.0
#include "formula.hpp"

#include <chainrule/chainrule.hpp>

#include "suggestion.hpp"
#include "user_error.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace chainrule::report {

namespace {

using detail::environment;
using detail::failure_kind;
using detail::graph;
using detail::symbol_entry;

constexpr std::size_t longest_formula = 20'000;

detail::named_formulas catalogue(bool exact) {
    return detail::announced_formulas(detail::rank<1>{}, exact);
}

/// The symbols that the simplified formula still depends on, with their defaults.
std::vector<symbol_entry> symbols_in(const rooted_graph& formula) {
    std::vector<int> roots{formula.root};
    const graph clean = detail::simplified(formula.graph, roots, {});
    std::vector<symbol_entry> result;
    for (const symbol_entry& symbol : formula.graph.symbols) {
        const bool is_kept = std::ranges::any_of(
            clean.symbols, [&](const symbol_entry& kept) { return kept.name == symbol.name; });
        if (is_kept) result.emplace_back(symbol);
    }
    return result;
}

/// "'a', 'b' and 'c'"
std::string enumerate(const std::vector<std::string>& names) {
    std::string result;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (i > 0) result += i + 1 == names.size() ? " and " : ", ";
        result += fmt::format("'{}'", names[i]);
    }
    return result;
}

bool is_name(std::string_view text) {
    auto is_letter = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    };
    return !text.empty() && is_letter(text[0]) &&
        std::ranges::all_of(text, [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

/// The unknown name in an expectation "…; 'swosh' is none", else nothing.
std::string_view unknown_name(std::string_view expectation) {
    const std::size_t end = expectation.rfind("' is none");
    const std::size_t begin = expectation.find('\'');
    if (end == std::string_view::npos || begin >= end) return {};
    return expectation.substr(begin + 1, end - begin - 1);
}

std::string suggestion_for(std::string_view name) {
    std::vector<std::string_view> known{"select"};
    const detail::named_formulas entries = catalogue(false);
    for (int i = 0; i < entries.size; ++i) known.emplace_back(entries.rows[i].name);
    for (const detail::primitive_info& primitive : detail::primitives) {
        if (primitive.name.front() == '#') continue;  // a step of programs, no name in formulas
        if (primitive.arity > 0 && primitive.text.empty()) known.emplace_back(primitive.name);
    }
    const std::string_view nearest = nearest_name(name, known);
    return nearest.empty() ? "" : fmt::format(" Did you mean '{}'?", nearest);
}

/// Empty if it is too long.
std::string printed(const graph& g, int root) {
    std::vector<int> roots{root};
    const graph flat = detail::simplified(g, roots, detail::for_text);
    detail::printer printer(flat);
    printer.print(roots[0]);
    if (printer.too_long()) return {};
    return {printer.text.begin(), printer.text.end()};
}

}  // namespace

formula::formula(std::vector<std::string> stages, const std::vector<given_value>& values)
    : texts(std::move(stages)) {
    for (const std::string& text : texts) {
        if (text.find_first_not_of(" \t\n") == std::string::npos)
            throw user_error("The formula is empty.");
        if (text.size() > longest_formula) {
            throw user_error(fmt::format("The formula has {} characters; at most {} are read.",
                                         text.size(), longest_formula));
        }
    }
    bind(values);
}

rooted_graph formula::parse(std::span<const std::string> stages, bool with_values,
                            bool exact) const {
    rooted_graph result;
    environment values;
    if (with_values) {
        for (const parameter_value& p : bound) {
            if (!std::isfinite(p.value.value)) continue;
            const double residual = exact ? p.value.residual : 0;
            values.entries.push_back({p.name, result.graph.constant(p.value.value, residual)});
        }
    }
    environment scope{&values, {}};
    for (const std::string& text : stages) {
        result.root = detail::parser(result.graph, scope, catalogue(exact), text).parse();
        if (result.graph.problem.kind != failure_kind::none) refuse(result.graph.problem);
        scope.entries.assign(1, {"x", result.root});
    }
    return result;
}

void formula::refuse(const detail::failure& problem) const {
    if (problem.kind == failure_kind::no_derivative) {
        throw user_error(fmt::format("The primitive '{}' has no derivative rule.", problem.text));
    }
    // The caret counts characters, not bytes.
    const std::string_view before = problem.text.substr(0, problem.position - 1);
    const auto column = static_cast<std::size_t>(std::ranges::count_if(
        before, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
    std::string shown(problem.text);
    std::ranges::replace(shown, '\n', ' ');
    std::ranges::replace(shown, '\t', ' ');
    const std::string_view name = unknown_name(problem.expectation());
    const std::string message = name.empty()
        ? fmt::format("The formula cannot be read at position {}: expected {}.{}", column + 1,
                      problem.expectation(),
                      before.ends_with('*') &&
                              problem.text.substr(problem.position - 1).starts_with('*')
                          ? " A power is written with ^, as in x^2."
                          : "")
        : fmt::format("The formula cannot be read at position {}: '{}' is not a known "
                      "function.{}",
                      column + 1, name, suggestion_for(name));
    throw user_error(
        fmt::format("{}\n\n    {}\n    {}^", message, shown, std::string(column, ' ')));
}

void formula::bind(const std::vector<given_value>& values) {
    const rooted_graph raw = parse(false, true);
    std::vector<symbol_entry> symbols = symbols_in(raw);
    const auto input = std::ranges::find(symbols, "x", &symbol_entry::name);
    if (input == symbols.end()) {
        throw user_error("The formula does not depend on x, so it has nothing to report.");
    }
    symbols.erase(input);

    std::vector<std::string> names;
    for (const symbol_entry& s : symbols) names.emplace_back(s.name);
    for (const given_value& given : values) {
        if (given.name == "x") {
            throw user_error("x is the input of the formula; it cannot be given a value.");
        }
        if (std::ranges::find(names, given.name) == names.end()) {
            throw user_error(fmt::format(
                "The formula has no symbol '{}' to give a value to; {}.", given.name,
                names.empty() ? "its only symbol is x" : "besides x it has " + enumerate(names)));
        }
        if (std::ranges::count(values, given.name, &given_value::name) > 1) {
            throw user_error(fmt::format("The symbol '{}' is given a value twice.", given.name));
        }
    }

    std::vector<std::string> without_value;
    for (const symbol_entry& symbol : symbols) {
        const auto given = std::ranges::find(values, symbol.name, &given_value::name);
        if (given != values.end()) {
            bound.push_back(
                {std::string(symbol.name), static_cast<long double>(given->value), false});
        } else if (!detail::is_value(symbol.default_value.value)) {
            without_value.emplace_back(symbol.name);
        } else if (symbol.has_conflicting_defaults) {
            throw user_error(
                fmt::format("The symbol '{0}' has two different defaults in this formula; give it "
                            "a value after the formula, as in {0}=0.1, or one for each call inside "
                            "it, as in elu(x, {0}=0.1).",
                            symbol.name));
        } else {
            bound.push_back({std::string(symbol.name), symbol.default_value, true});
        }
    }
    if (!without_value.empty()) {
        const bool several = without_value.size() > 1;
        throw user_error(fmt::format(
            "The {} {} {} no value; give {} as in {}=1.5 after the formula.",
            several ? "symbols" : "symbol", enumerate(without_value), several ? "have" : "has",
            several ? "them" : "it", fmt::join(without_value, "=1.5 ")));
    }
    // A second look: with the values in place, the input may be gone, or a derivative may be missing.
    for (int order = 0; order <= 2; ++order) static_cast<void>(text(order));
    const std::vector<symbol_entry> left = symbols_in(as_written());
    if (std::ranges::find(left, "x", &symbol_entry::name) == left.end()) {
        throw user_error("With these values the formula does not depend on x.");
    }
}

rooted_graph formula::for_computing() const {
    rooted_graph result = as_written();
    std::vector<int> roots{result.root};
    result.graph = detail::simplified(result.graph, roots, detail::for_programs);
    result.root = roots[0];
    return result;
}

std::string formula::text(int order) const {
    rooted_graph current = parse(true, false);
    std::vector<int> roots{current.root};
    for (int i = 0; i < order; ++i) {
        current.graph = detail::simplified(current.graph, roots, detail::for_programs);
        roots[0] =
            detail::derive_with_policy(current.graph, roots[0], "x", detail::kink_rule::usual);
        if (current.graph.problem.kind != failure_kind::none) refuse(current.graph.problem);
    }
    return printed(current.graph, roots[0]);
}

rooted_graph formula::stage(std::size_t which) const {
    return parse(std::span(texts).subspan(which, 1), true, true);
}

std::string formula::parameter_text(const std::string& parameter, int order) const {
    rooted_graph current = parse(false, false);
    std::vector<int> roots{current.root};
    for (int i = 0; i <= order; ++i) {
        current.graph = detail::simplified(current.graph, roots, detail::for_programs);
        roots[0] = detail::derive_with_policy(current.graph, roots[0],
                                              i == 0 ? std::string_view(parameter) : "x",
                                              detail::kink_rule::usual);
        if (current.graph.problem.kind != failure_kind::none) refuse(current.graph.problem);
    }
    return printed(current.graph, roots[0]);
}

given_value parse_given_value(std::string_view text) {
    const std::size_t equals = text.find('=');
    const std::string_view name = text.substr(0, equals);
    if (equals == std::string_view::npos || !is_name(name)) {
        throw user_error(fmt::format("'{}' is not of the form name=value, as in beta=1.5; "
                                     "a second formula goes after --compose.",
                                     text));
    }
    std::string_view digits = text.substr(equals + 1);
    const bool is_negative = digits.starts_with('-');
    if (is_negative || digits.starts_with('+')) digits.remove_prefix(1);
    if (digits.empty() || detail::decimal_length(digits) != digits.size()) {
        throw user_error(
            fmt::format("The value of '{}' is not a number: '{}'.", name, text.substr(equals + 1)));
    }
    const double value = detail::parse_decimal(digits);
    if (!std::isfinite(value)) {
        throw user_error(fmt::format("The value of '{}' is beyond the range of double.", name));
    }
    return {std::string(name), is_negative ? -value : value};
}

}  // namespace chainrule::report
