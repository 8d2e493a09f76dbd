// SPDX-License-Identifier: BSL-1.0
/// A report as data: written once, shown on the terminal, as Markdown and as HTML (html.hpp).
/// In texts and cells `code` stands between backticks; a line break counts in cells.
#pragma once

#include <string>
#include <variant>
#include <vector>

namespace chainrule::report {

struct paragraph {
    std::string text;
};

/// A formula. A label stands before it: "f′(x)".
struct formula_text {
    std::string label;
    std::string text;
};

struct table {
    std::vector<std::string> header;  ///< empty: rows of a name and a value
    std::vector<std::vector<std::string>> rows;
    /// Not on the terminal: a small picture for each row, beside its first cell; or none at all.
    std::vector<std::string> pictures{};
};

/// Not on the terminal. The file name without .svg and .png; empty if there is nothing to draw, and
/// the caption says why.
struct picture {
    std::string file;
    std::string caption;
};

using block = std::variant<paragraph, formula_text, table, picture>;

struct section {
    std::string title;
    std::vector<block> blocks;
};

struct document {
    std::string title;
    std::vector<section> sections;
};

/// For the terminal; with colours if asked for. `full_report` is where long formulas are to be found.
std::string to_terminal(const document& d, bool colours, const std::string& full_report);
std::string to_markdown(const document& d);

/// Which columns of a table are numbers, to be flush right; never the first.
std::vector<bool> number_columns(const table& t);

/// How many columns a text takes.
std::size_t width_of(const std::string& text);

}  // namespace chainrule::report
