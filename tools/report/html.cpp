// SPDX-License-Identifier: BSL-1.0
#include "html.hpp"

#include "palette.hpp"
#include "process.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <string_view>
#include <utility>

namespace chainrule::report {

namespace {

constexpr std::string_view style = R"css(
* { box-sizing: border-box; }
html { color-scheme: light dark; scroll-behavior: smooth; -webkit-text-size-adjust: 100%; }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  margin: 0 auto; padding: 1rem 1rem 4rem; max-width: 62rem; }
body.wide { max-width: 110rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 1rem 0; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 2.2rem 0 .6rem; scroll-margin-top: .5rem; }
h2 a { color: inherit; text-decoration: none; }
h2 a:hover::after { content: " #"; color: var(--faint); }
p { margin: .6rem 0; max-width: 46rem; }
nav ol { list-style: none; margin: 0; padding: .5rem 0; display: flex; flex-wrap: wrap;
  gap: .25rem 1.1rem; border: solid var(--rule); border-width: 1px 0; }
nav a { color: var(--first); text-decoration: none; }
nav a:hover { text-decoration: underline; }
code, pre { font: .875em/1.45 ui-monospace, "DejaVu Sans Mono", Menlo, monospace; }
code { overflow-wrap: anywhere; }
pre { margin: .6rem 0; padding: .5rem .75rem; background: var(--rule); border-radius: 4px;
  white-space: pre-wrap; overflow-wrap: anywhere; max-height: 22rem; overflow-y: auto; }
.scroll { overflow-x: auto; margin: .8rem 0; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .28rem .9rem .28rem 0; text-align: left; vertical-align: top; }
tr > :last-child { padding-right: .2rem; }
thead th { border-bottom: 1.5px solid var(--quiet); vertical-align: bottom; font-weight: 600; }
tbody td, tbody th { border-bottom: 1px solid var(--rule); }
tbody th { font-weight: 500; }
td.number, th.number { text-align: right; white-space: nowrap; }
td code { display: inline-block; min-width: 12rem; }
sub { line-height: 0; }
.vanishes { color: var(--alarm); }
.explodes { color: var(--caution); }
.preserved { color: var(--good); }
figure { margin: 1.2rem 0; overflow-x: auto; }
figure svg { display: block; width: 100%; height: auto; min-width: 20rem; max-width: 42rem; }
td svg, td img { display: block; width: 250px; height: 160px; }
svg text, svg tspan { font-family: system-ui, sans-serif; }
figcaption { color: var(--quiet); font-size: .92rem; max-width: 46rem; position: sticky; left: 0; }
@media (max-width: 40rem) { body { font-size: 15px; } th, td { padding-right: .7rem; } }
@media print { nav { display: none; } pre { max-height: none; } }
)css";

void replace_all(std::string& text, std::string_view from, std::string_view to) {
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
        text.replace(at, from.size(), to);
}

std::string escaped(std::string_view text) {
    std::string result;
    for (const char c : text) {
        switch (c) {
        case '<':
            result += "&lt;";
            break;
        case '>':
            result += "&gt;";
            break;
        case '&':
            result += "&amp;";
            break;
        case '"':
            result += "&quot;";
            break;
        default:
            // XML knows no other control characters.
            if (static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t') result += c;
        }
    }
    return result;
}

bool is_letter(std::string_view text, std::size_t at) {
    return at < text.size() && std::isalpha(static_cast<unsigned char>(text[at])) != 0;
}
bool is_of_a_word(std::string_view text, std::size_t at) {
    return at < text.size() &&
        (std::isalnum(static_cast<unsigned char>(text[at])) != 0 || text[at] == '_');
}

/// The _ of a symbol with an index of one letter, σ_w and x_k; not of hard_tanh.
bool begins_index(std::string_view text, std::size_t at) {
    if (at == 0 || !is_letter(text, at + 1) || is_of_a_word(text, at + 2)) return false;
    const bool is_ascii = static_cast<unsigned char>(text[at - 1]) < 0x80;
    return !is_ascii || (is_letter(text, at - 1) && (at == 1 || !is_of_a_word(text, at - 2)));
}

/// An index of Unicode's subscripts at the beginning of `text`, in characters of usual size, and how many
/// bytes it takes. Digits alone stay as they are: every font has them, few have the letters.
std::pair<std::string, std::size_t> unicode_index(std::string_view text) {
    static constexpr std::pair<std::string_view, std::string_view> shapes[] = {
        {"₀", "0"}, {"₁", "1"}, {"₂", "2"}, {"₃", "3"}, {"₄", "4"}, {"₅", "5"}, {"₆", "6"},
        {"₇", "7"}, {"₈", "8"}, {"₉", "9"}, {"₋", "−"}, {"ₖ", "k"}, {"ₗ", "l"}, {"ₙ", "n"}};
    std::pair<std::string, std::size_t> result;
    const auto begins = [&](const auto& shape) {
        return text.substr(result.second).starts_with(shape.first);
    };
    for (auto found = std::ranges::find_if(shapes, begins); found != std::end(shapes);
         found = std::ranges::find_if(shapes, begins)) {
        result.first += found->second;
        result.second += found->first.size();
    }
    const bool has_letter = std::ranges::any_of(
        result.first, [](char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; });
    if (!has_letter) return {};
    return result;
}

/// Text whose `code` stands between backticks and whose line breaks count.
std::string marked_up(std::string_view text) {
    std::string result;
    bool is_code = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (const auto [index, bytes] = unicode_index(text.substr(i)); bytes > 0 && !is_code) {
            result += fmt::format("<sub>{}</sub>", index);
            i += bytes - 1;
        } else if (text[i] == '`') {
            is_code = !is_code;
            result += is_code ? "<code>" : "</code>";
        } else if (text[i] == '\n' && !is_code) {
            result += "<br/>";
        } else if (text[i] == '_' && !is_code && begins_index(text, i)) {
            result += fmt::format("<sub>{}</sub>", text[++i]);
        } else {
            result += escaped(text.substr(i, 1));
        }
    }
    return result + (is_code ? "</code>" : "");
}

/// A name for an address: letters, digits and _ of ASCII, hyphens for all else.
std::string slug(std::string_view title) {
    std::string result;
    for (const char c : title) {
        if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_') {
            result += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        } else if (!result.empty() && result.back() != '-') {
            result += '-';
        }
    }
    while (!result.empty() && result.back() == '-') result.pop_back();
    return result.empty() ? "section" : result;
}

std::string unique_slug(std::string_view title, std::set<std::string>& taken) {
    const std::string name = slug(title);
    std::string result = name;
    for (int n = 2; !taken.insert(result).second; ++n) result = fmt::format("{}-{}", name, n);
    return result;
}

std::string verdict_class(std::string_view cell) {
    if (cell.starts_with("typically ")) cell.remove_prefix(10);
    for (const std::string_view verdict : {"vanishes", "explodes", "preserved"}) {
        if (cell == verdict) return fmt::format(" class=\"{}\"", verdict);
    }
    return "";
}

/// Two hexadecimal digits at a place of "#1b4f8a".
int channel(std::string_view hexadecimal, std::size_t at) {
    return std::stoi(std::string(hexadecimal.substr(at, 2)), nullptr, 16);
}

/// The colours of the palette as variables of the page, in all the ways gnuplot writes them.
void use_variables(std::string& svg) {
    for (const colour& c : palette::all) {
        const std::string variable = fmt::format("var(--{})", c.name);
        const int red = channel(c.light, 1), green = channel(c.light, 3),
                  blue = channel(c.light, 5);
        replace_all(svg, fmt::format("rgb({:3}, {:3}, {:3})", red, green, blue), variable);
        replace_all(svg, fmt::format("rgb({},{},{})", red, green, blue), variable);
        replace_all(svg, c.light, variable);
    }
    replace_all(svg, "\"black\"", "\"var(--ink)\"");
    replace_all(svg, "#FFFFFF", "var(--paper)");
}

/// gnuplot's picture as part of a page: no prologue, names that no other picture has, no size.
std::string inline_svg(std::string svg, const std::string& caption, const std::string& prefix) {
    const std::size_t canvas = svg.find("<g id=\"gnuplot_canvas\">");
    const std::size_t box = svg.find("viewBox=\"");
    if (canvas == std::string::npos || box > canvas) return "";
    const std::size_t box_end = svg.find('"', box + 9) + 1;
    std::string body = svg.substr(canvas);
    // The filters are for text in boxes, which no picture has.
    for (std::size_t from = 0; (from = body.find("<filter ")) != std::string::npos;) {
        body.erase(from, body.find("</filter>", from) + 9 - from);
    }
    // A name of gnuplot's own would be shown to a mouse that rests there.
    for (std::size_t from = 0; (from = body.find("<title>gnuplot")) != std::string::npos;) {
        body.erase(from, body.find("</title>", from) + 8 - from);
    }
    for (const char quote : {'"', '\''}) {
        replace_all(body, fmt::format(" id={}g", quote), fmt::format(" id={}{}-g", quote, prefix));
        replace_all(body, fmt::format("xlink:href={}#", quote),
                    fmt::format("href={}#{}-", quote, prefix));
    }
    replace_all(body, " font-family=\"DejaVu Sans\" ", " ");
    replace_all(body, "\t", "");
    if (body.find("<use ", body.find("</defs>")) == std::string::npos)
        body.erase(body.find("<defs>"), body.find("</defs>") + 7 - body.find("<defs>"));
    use_variables(body);
    return fmt::format("<svg role=\"img\" aria-label=\"{}\" {}>\n{}", escaped(caption),
                       svg.substr(box, box_end - box), body);
}

class page {
public:
    page(const document& document_, const svg_texts& pictures_) : d(document_), svgs(pictures_) {}

    std::string write() {
        std::vector<std::string> anchors;
        for (const section& s : d.sections) anchors.push_back(unique_slug(s.title, taken));
        text = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
               "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n";
        text += fmt::format("<title>{}</title>\n<style>\n", escaped(d.title));
        add_colours();
        text += fmt::format("{}</style>\n</head>\n<body{}>\n<h1>{}</h1>\n", style,
                            is_wide() ? " class=\"wide\"" : "", marked_up(d.title));
        if (d.sections.size() > 1) {
            text += "<nav aria-label=\"Contents\">\n<ol>\n";
            for (std::size_t i = 0; i < anchors.size(); ++i) {
                text += fmt::format("<li><a href=\"#{}\">{}</a></li>\n", anchors[i],
                                    marked_up(d.sections[i].title));
            }
            text += "</ol>\n</nav>\n";
        }
        text += "<main>\n";
        for (std::size_t i = 0; i < anchors.size(); ++i) {
            const section& s = d.sections[i];
            text += fmt::format("<section>\n<h2 id=\"{0}\"><a href=\"#{0}\">{1}</a></h2>\n",
                                anchors[i], marked_up(s.title));
            for (const block& b : s.blocks) std::visit([&](const auto& v) { add(v); }, b);
            text += "</section>\n";
        }
        return text + "</main>\n</body>\n</html>\n";
    }

private:
    const document& d;      // NOLINT(cppcoreguidelines-avoid-const-or-ref-data-members)
    const svg_texts& svgs;  // NOLINT(cppcoreguidelines-avoid-const-or-ref-data-members)
    std::string text;
    std::set<std::string> taken;
    int pictures_so_far = 0;

    /// Rows with pictures have much beside them.
    [[nodiscard]] bool is_wide() const {
        return std::ranges::any_of(d.sections, [](const section& s) {
            return std::ranges::any_of(s.blocks, [](const block& b) {
                const auto* t = std::get_if<table>(&b);
                return t != nullptr && !t->pictures.empty();
            });
        });
    }

    void add_colours() {
        std::string light, dark;
        for (const colour& c : palette::all) {
            light += fmt::format("--{}: {}; ", c.name, c.light);
            dark += fmt::format("--{}: {}; ", c.name, c.dark);
        }
        text += fmt::format(
            ":root {{ {}}}\n@media (prefers-color-scheme: dark) {{ :root {{ {}}} }}", light, dark);
    }

    void add(const paragraph& p) { text += fmt::format("<p>{}</p>\n", marked_up(p.text)); }

    void add(const formula_text& f) {
        text += fmt::format("<pre>{} = {}</pre>\n", escaped(f.label), escaped(f.text));
    }

    void add(const picture& p) {
        text += "<figure>\n";
        if (!p.file.empty()) text += drawing(p.file, p.caption);
        text += fmt::format("<figcaption>{}</figcaption>\n</figure>\n", marked_up(p.caption));
    }

    void add(const table& t) {
        const std::vector<bool> numbers = number_columns(t);
        const auto number = [&](std::size_t column) {
            return column < numbers.size() && numbers[column] ? " class=\"number\"" : "";
        };
        text += "<div class=\"scroll\">\n<table>\n";
        if (!t.header.empty()) {
            text += "<thead><tr>";
            for (std::size_t c = 0; c < t.header.size(); ++c) {
                text +=
                    fmt::format("<th scope=\"col\"{}>{}</th>", number(c), marked_up(t.header[c]));
                if (c == 0 && !t.pictures.empty()) text += "<th></th>";
            }
            text += "</tr></thead>\n";
        }
        text += "<tbody>\n";
        for (std::size_t r = 0; r < t.rows.size(); ++r) add_row(t, r, number);
        text += "</tbody>\n</table>\n</div>\n";
    }

    template<class Number>
    void add_row(const table& t, std::size_t r, Number number) {
        const std::vector<std::string>& row = t.rows[r];
        // A row with a picture is something to point at.
        const std::string name = row[0].substr(0, row[0].find('\n'));
        text +=
            t.pictures.empty() ? "<tr>" : fmt::format("<tr id=\"{}\">", unique_slug(name, taken));
        for (std::size_t c = 0; c < row.size(); ++c) {
            if (c == 0) {
                text += fmt::format("<th scope=\"row\">{}</th>", marked_up(row[c]));
                if (!t.pictures.empty())
                    text += fmt::format("<td>{}</td>", drawing(t.pictures[r], name));
            } else {
                const std::string verdict = verdict_class(row[c]);
                text += fmt::format("<td{}>{}</td>", verdict.empty() ? number(c) : verdict,
                                    marked_up(row[c]));
            }
        }
        text += "</tr>\n";
    }

    std::string drawing(const std::string& file, const std::string& caption) {
        const auto found = svgs.find(file);
        if (found == svgs.end()) {
            return fmt::format("<img src=\"{}.svg\" alt=\"{}\" loading=\"lazy\"/>", escaped(file),
                               escaped(caption));
        }
        return inline_svg(found->second, caption, fmt::format("p{}", ++pictures_so_far));
    }
};

}  // namespace

svg_texts read_pictures(const document& d, const std::filesystem::path& directory) {
    svg_texts result;
    const auto take = [&](const std::string& file) {
        if (!file.empty()) result[file] = read_file(directory / (file + ".svg"));
    };
    for (const section& s : d.sections) {
        for (const block& b : s.blocks) {
            if (const auto* p = std::get_if<picture>(&b)) take(p->file);
            if (const auto* t = std::get_if<table>(&b)) std::ranges::for_each(t->pictures, take);
        }
    }
    return result;
}

std::string to_html(const document& d, const svg_texts& pictures) {
    return page(d, pictures).write();
}

}  // namespace chainrule::report
