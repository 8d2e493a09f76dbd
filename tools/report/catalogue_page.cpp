// SPDX-License-Identifier: BSL-1.0
#include "catalogue_page.hpp"

#include "numbers.hpp"

#include <fmt/format.h>

namespace chainrule::report {

namespace {

/// The cells of a row that are text: name, formula, derivative, kinks, numbers, verdict.
struct cells {
    std::string name, values, formula, derivative, kinks, steepest, mean, squared_slope, verdict,
        per_layer;
};

std::string parameter_values(const formula& f) {
    std::string result;
    for (const parameter_value& p : f.parameters()) {
        if (!result.empty()) result += ", ";
        result +=
            fmt::format("{} = {}{}", p.name, show(p.value.value), p.is_default ? "" : " (example)");
    }
    return result;
}

cells describe_row(const catalogue_row& row) {
    const analysis& a = row.found;
    return {row.entry.name,
            parameter_values(*a.subject),
            a.subject->text(0),
            a.subject->text(1),
            describe_kinks(a.kinks),
            describe_steepest(a.steepest),
            describe(a.means.mean_output),
            describe(a.means.mean_squared_slope),
            verdict_words(a.chain),
            show_exponential(a.chain.log_median / a.chain.depth)};
}

std::string explanation(const std::vector<catalogue_row>& rows) {
    return fmt::format("{} activations. E is the mean over x ~ N(0,1); slopes at a kink are given "
                       "as left / right; sup |f′| is the "
                       "largest value seen on a grid, on both sides of the kinks and in the "
                       "limits, not certified. The verdict is "
                       "about the chain f(f(…f(x₀))) of {} layers, x₀ ~ N(0,1), without weights: "
                       "the gradient ∂x_N/∂x₀ vanishes "
                       "below {}, explodes above {}, else it is preserved; “typically” marks where "
                       "the median of its size differs "
                       "in this from the root mean square. The last column is the factor per layer "
                       "of the median. In the pictures "
                       "f is blue, f′ orange, dotted lines are kinks.",
                       rows.size(), rows.empty() ? 0 : rows[0].found.chain.depth,
                       show(vanishing_below), show(exploding_above));
}

std::string html_text(const std::string& text) {
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
            result += c;
        }
    }
    return result;
}

/// Code in a table cell of Markdown: a bar would end the cell.
std::string markdown_code(const std::string& text) {
    std::string result = "`";
    for (const char c : text) result += c == '|' ? std::string("\\|") : std::string(1, c);
    return result + "`";
}

std::string picture_path(const catalogue_row& row) {
    return fmt::format("{}/{}", picture_directory, row.entry.name);
}

constexpr const char* html_start = R"html(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>The activations of chainrule</title>
<style>
body { font: 15px/1.45 system-ui, sans-serif; color: #1f2730; margin: 2rem auto; max-width: 1500px; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin-bottom: .3rem; }
p { max-width: 62rem; color: #414b57; }
table { border-collapse: collapse; width: 100%; }
th { text-align: left; font-weight: 600; border-bottom: 2px solid #59636e; padding: .4rem .6rem; position: sticky; top: 0; background: #fff; }
td { border-bottom: 1px solid #e1e5ea; padding: .45rem .6rem; vertical-align: top; }
td.number { white-space: nowrap; font-variant-numeric: tabular-nums; }
code { font: 13px/1.4 ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
td.formulas { min-width: 17rem; max-width: 30rem; }
.name { font-weight: 600; } .small { color: #66707c; font-size: .85em; }
.vanishes { color: #b3261e; } .explodes { color: #9a5b00; } .preserved { color: #1d6b3a; }
img { width: 250px; height: 160px; display: block; }
</style>
</head>
<body>
)html";

std::string verdict_class(const chain_analysis& chain) {
    switch (chain.typical_verdict) {
    case chain_verdict::vanishes:
        return "vanishes";
    case chain_verdict::explodes:
        return "explodes";
    case chain_verdict::preserved:
        return "preserved";
    default:
        return "small";
    }
}

}  // namespace

document catalogue_summary(const std::vector<catalogue_row>& rows) {
    table t{{"activation", "E f", "E f′²", "sup |f′|", "50 layers", "per layer"}, {}};
    for (const catalogue_row& row : rows) {
        const cells c = describe_row(row);
        t.rows.push_back({c.name, c.mean, c.squared_slope, show(row.found.steepest.size), c.verdict,
                          c.per_layer});
    }
    return {"The catalogue", {{"Activations", {std::move(t), paragraph{explanation(rows)}}}}};
}

std::string catalogue_markdown(const std::vector<catalogue_row>& rows) {
    std::string result = fmt::format("# The activations of chainrule\n\n{}\n\n", explanation(rows));
    result += "| activation | picture | formula and derivative | kinks | sup \\|f′\\| | E f | E "
              "f′² | verdict | per "
              "layer |\n|:--|:--|:--|:--|:--|--:|--:|:--|--:|\n";
    for (const catalogue_row& row : rows) {
        const cells c = describe_row(row);
        result += fmt::format(
            "| **{}**{} | ![f and f′ of {}]({}.svg) | {}<br>{} | {} | {} | {} | {} | {} | {} |\n",
            c.name, c.values.empty() ? "" : "<br>" + c.values, c.name, picture_path(row),
            markdown_code(c.formula), markdown_code(c.derivative), c.kinks, c.steepest, c.mean,
            c.squared_slope, c.verdict, c.per_layer);
    }
    result += "\nSources:\n\n";
    for (const catalogue_row& row : rows) {
        result += fmt::format("- {}: {}\n", row.entry.name, row.entry.source);
    }
    return result;
}

std::string catalogue_html(const std::vector<catalogue_row>& rows) {
    std::string result = html_start;
    result += fmt::format(
        "<h1>The activations of chainrule</h1>\n<p>{}</p>\n<table>\n<tr><th>activation</th>"
        "<th></th><th>f and f′</th><th>kinks</th><th>sup |f′|</th><th>E f</th><th>E f′²</th>"
        "<th>50 layers</th><th>per layer</th></tr>\n",
        html_text(explanation(rows)));
    for (const catalogue_row& row : rows) {
        const cells c = describe_row(row);
        result += fmt::format(
            "<tr id=\"{name}\"><td><span class=\"name\">{name}</span><br><span "
            "class=\"small\">{values}</span><br>"
            "<span class=\"small\">{source}</span></td>"
            "<td><img src=\"{picture}.svg\" alt=\"f and f′ of {name}\" loading=\"lazy\"></td>"
            "<td "
            "class=\"formulas\"><code>{formula}</code><br><br><code>{derivative}</code></"
            "td><td>{kinks}</td>"
            "<td>{steepest}</td><td class=\"number\">{mean}</td><td class=\"number\">{squared}</td>"
            "<td class=\"{class}\">{verdict}</td><td class=\"number\">{per_layer}</td></tr>\n",
            fmt::arg("name", html_text(c.name)), fmt::arg("values", html_text(c.values)),
            fmt::arg("source", html_text(row.entry.source)), fmt::arg("picture", picture_path(row)),
            fmt::arg("formula", html_text(c.formula)),
            fmt::arg("derivative", html_text(c.derivative)), fmt::arg("kinks", html_text(c.kinks)),
            fmt::arg("steepest", html_text(c.steepest)), fmt::arg("mean", html_text(c.mean)),
            fmt::arg("squared", html_text(c.squared_slope)),
            fmt::arg("class", verdict_class(row.found.chain)),
            fmt::arg("verdict", html_text(c.verdict)),
            fmt::arg("per_layer", html_text(c.per_layer)));
    }
    return result + "</table>\n</body>\n</html>\n";
}

}  // namespace chainrule::report
