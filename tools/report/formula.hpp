// SPDX-License-Identifier: BSL-1.0
/// The formula of a report: parsed at run time by the parser of "..."_f, its symbols given values.
#pragma once

#include <chainrule/graph/graph.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace chainrule::report {

/// name=value, as given on the command line.
struct given_value {
    std::string name;
    double value = 0;
};

/// A symbol other than x and the number that stands for it in the report.
struct parameter_value {
    std::string name;
    extended_real value = no_value;
    bool is_default = true;
};

/// A graph and the node of the formula in it.
struct rooted_graph {
    detail::graph graph;
    int root = 0;
};

class formula {
public:
    /// `stages` are applied in turn: f₁ first, then f₂ to its result. Throws user_error with one
    /// sentence if a stage cannot be read, a symbol has no value or a value has no symbol.
    formula(std::vector<std::string> stages, const std::vector<given_value>& values);
    // Graphs refer to the texts.
    formula(const formula&) = delete;
    formula& operator=(const formula&) = delete;

    [[nodiscard]] const std::vector<std::string>& stages() const { return texts; }
    [[nodiscard]] const std::vector<parameter_value>& parameters() const { return bound; }

    /// The formula in x alone, as it was written.
    [[nodiscard]] rooted_graph as_written() const { return parse(true, true); }
    /// The same, simplified and stabilised for computing.
    [[nodiscard]] rooted_graph for_computing() const;
    /// One of the stages in x alone, as it was written; the first is 0.
    [[nodiscard]] rooted_graph stage(std::size_t which) const;
    /// The formula as it was written, with the symbols of its parameters.
    [[nodiscard]] rooted_graph with_symbols() const { return parse(false, true); }
    /// The derivative of an order (0: the formula) as simplified text.
    [[nodiscard]] std::string text(int order) const;
    /// ∂f/∂parameter, or its derivative of an order by x, as simplified text.
    [[nodiscard]] std::string parameter_text(const std::string& parameter, int order) const;

private:
    std::vector<std::string> texts;
    std::vector<parameter_value> bound;

    [[nodiscard]] rooted_graph parse(bool with_values, bool exact) const {
        return parse(texts, with_values, exact);
    }
    [[nodiscard]] rooted_graph parse(std::span<const std::string> stages, bool with_values,
                                     bool exact) const;
    [[noreturn]] void refuse(const detail::failure& problem) const;
    void bind(const std::vector<given_value>& values);
};

/// "beta=1.5" as a name and a number. Throws user_error.
given_value parse_given_value(std::string_view text);

}  // namespace chainrule::report
