// SPDX-License-Identifier: BSL-1.0
/// A report as data: written once, shown on the terminal and as Markdown.
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
};

/// Shown in Markdown only. The file name without .svg and .png.
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

/// How many columns a text takes.
std::size_t width_of(const std::string& text);

}  // namespace chainrule::report
