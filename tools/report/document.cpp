// SPDX-License-Identifier: BSL-1.0
#include "document.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

namespace chainrule::report {

namespace {

constexpr std::size_t terminal_columns = 100;
constexpr std::size_t longest_shown_formula = 600;

template<class... F>
struct overloaded : F... {
    using F::operator()...;
};
template<class... F>
overloaded(F...) -> overloaded<F...>;

std::string padded(const std::string& text, std::size_t width, bool to_the_right) {
    const std::string space(width - std::min(width, width_of(text)), ' ');
    return to_the_right ? space + text : text + space;
}

bool is_number_like(const std::string& text) {
    const std::string_view start = std::string_view(text).substr(text.starts_with("−") ? 3 : 0);
    const bool begins = start.starts_with("∞") || text.starts_with("-∞") ||
        (!start.empty() &&
         (start[0] == '-' || start[0] == '<' || start[0] == '>' ||
          (start[0] >= '0' && start[0] <= '9')));
    return begins && start.find_first_of("abcdfghijklmnopqrstuvwxyz=/;,") == std::string_view::npos;
}

/// What stands in the place of a number that does not exist.
bool is_no_number(const std::string& text) {
    return text == "—" || text == "undefined" || text == "does not converge" || text == "not found";
}

std::string wrapped(const std::string& text, const std::string& indent) {
    std::istringstream words(text);
    std::string result;
    std::string line = indent;
    for (std::string word; words >> word;) {
        if (width_of(line) + 1 + width_of(word) > terminal_columns) {
            result += line + "\n";
            line = indent;
        }
        line += (line == indent ? "" : " ") + word;
    }
    return result + line + "\n";
}

/// Without the marks of code, in one line.
std::string plain(std::string text) {
    std::erase(text, '`');
    std::ranges::replace(text, '\n', ' ');
    return text;
}

std::string terminal_table(table t) {
    for (auto& row : t.rows) std::ranges::transform(row, row.begin(), plain);
    std::vector<std::size_t> widths;
    auto measure = [&](const std::vector<std::string>& row) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t c = 0; c < row.size(); ++c)
            widths[c] = std::max(widths[c], width_of(row[c]));
    };
    measure(t.header);
    for (const auto& row : t.rows) measure(row);
    const std::vector<bool> right = number_columns(t);
    std::string result;
    auto add = [&](const std::vector<std::string>& row) {
        std::string line = " ";
        for (std::size_t c = 0; c < row.size(); ++c)
            line += " " + padded(row[c], widths[c], right[c]) + " ";
        result += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
    };
    if (!t.header.empty()) {
        add(t.header);
        std::string rule = " ";
        for (const std::size_t& w : widths) {
            rule += " ";
            for (std::size_t i = 0; i < w; ++i) rule += "─";
            if (&w != &widths.back()) rule += " ";
        }
        result += rule + "\n";
    }
    for (const auto& row : t.rows) add(row);
    return result;
}

/// A cell of Markdown: a bar would end it, and so would a line break.
std::string markdown_cell(const std::string& text) {
    std::string result;
    for (const char c : text) {
        if (c == '|') result += "\\|";
        else if (c == '\n') result += "<br>";
        else result += c;
    }
    return result;
}

std::string markdown_table(const table& t) {
    const std::vector<bool> right = number_columns(t);
    const bool has_pictures = !t.pictures.empty();
    std::string result;
    auto add = [&](const std::vector<std::string>& row, const std::string& beside) {
        for (std::size_t c = 0; c < row.size(); ++c) {
            result += "| " + markdown_cell(row[c]) + " ";
            if (c == 0 && has_pictures) result += "| " + beside + " ";
        }
        result += "|\n";
    };
    add(t.header.empty() ? std::vector<std::string>(right.size()) : t.header, "");
    for (std::size_t c = 0; c < right.size(); ++c) {
        result += right[c] ? "|---:" : "|:---";
        if (c == 0 && has_pictures) result += "|:---";
    }
    result += "|\n";
    for (std::size_t r = 0; r < t.rows.size(); ++r) {
        add(t.rows[r], has_pictures ? fmt::format("![]({}.svg)", t.pictures[r]) : "");
    }
    return result;
}

std::string terminal_formula(const formula_text& f, const std::string& full_report) {
    const std::string label = f.label + " = ";
    if (f.text.size() <= longest_shown_formula) {
        return fmt::format("  {}{}\n", label, f.text);
    }
    return fmt::format("  {}{} … ({} characters{})\n", label,
                       f.text.substr(0, longest_shown_formula), f.text.size(),
                       full_report.empty() ? "" : ", all of them in " + full_report);
}

}  // namespace

std::vector<bool> number_columns(const table& t) {
    std::vector<bool> result(t.rows.empty() ? 0 : t.rows[0].size(), !t.header.empty());
    for (std::size_t c = 0; c < result.size(); ++c) {
        for (const auto& row : t.rows) {
            result[c] = result[c] && c > 0 && (is_number_like(row[c]) || is_no_number(row[c]));
        }
    }
    return result;
}

std::size_t width_of(const std::string& text) {
    // No combining or wide characters occur; U+2032 and the like take one column.
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string to_terminal(const document& d, bool colours, const std::string& full_report) {
    const std::string_view strong = colours ? "\033[1m" : "";
    const std::string_view normal = colours ? "\033[0m" : "";
    std::string result = fmt::format("\n{}{}{}\n", strong, d.title, normal);
    for (const section& s : d.sections) {
        const auto is_picture = [](const block& b) { return std::holds_alternative<picture>(b); };
        if (std::ranges::all_of(s.blocks, is_picture)) continue;
        result += fmt::format("\n{}{}{}\n", strong, s.title, normal);
        for (const block& b : s.blocks) {
            std::visit(
                overloaded{
                    [&](const paragraph& p) { result += wrapped(plain(p.text), "  "); },
                    [&](const formula_text& f) { result += terminal_formula(f, full_report); },
                    [&](const table& t) { result += terminal_table(t); },
                    [](const picture&) {},
                },
                b);
        }
    }
    return result;
}

std::string to_markdown(const document& d) {
    std::string result = fmt::format("# {}\n", d.title);
    for (const section& s : d.sections) {
        result += fmt::format("\n## {}\n", s.title);
        for (const block& b : s.blocks) {
            result += "\n";
            std::visit(overloaded{
                           [&](const paragraph& p) { result += p.text + "\n"; },
                           [&](const formula_text& f) {
                               result += fmt::format("```\n{} = {}\n```\n", f.label, f.text);
                           },
                           [&](const table& t) { result += markdown_table(t); },
                           [&](const picture& p) {
                               if (p.file.empty()) {
                                   result += p.caption + "\n";
                                   return;
                               }
                               result += fmt::format("![{0}]({1}.svg)\n\n{0} ([SVG]({1}.svg), "
                                                     "[PNG]({1}.png))\n",
                                                     p.caption, p.file);
                           },
                       },
                       b);
        }
    }
    return result;
}

}  // namespace chainrule::report
