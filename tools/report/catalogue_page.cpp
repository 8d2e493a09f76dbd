// SPDX-License-Identifier: BSL-1.0
#include "catalogue_page.hpp"

#include "catalogue_claims.hpp"
#include "catalogue_scorecard.hpp"
#include "numbers.hpp"
#include "report_json.hpp"

#include <fmt/format.h>

#include <cmath>

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
            describe_steepest(a.flow),
            describe_moment(a.flow.moments, &moments_report::mean),
            describe_moment(a.flow.moments, &moments_report::slope_second_moment),
            verdict_words(a.chain),
            show_exponential(a.chain.log_median / a.chain.depth)};
}

std::string explanation(const std::vector<catalogue_row>& rows) {
    return fmt::format("{} activations. E is the mean over x ~ N(0,1); slopes at a kink are given "
                       "as left / right; sup |f′| is certified. The verdict is "
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

std::string picture_path(const catalogue_row& row) {
    return fmt::format("{}/{}", picture_directory, row.entry.name);
}

}  // namespace

document catalogue_summary(const std::vector<catalogue_row>& rows) {
    table t{{"activation", "E f", "E f′²", "sup |f′|", "50 layers", "per layer"}, {}};
    for (const catalogue_row& row : rows) {
        const cells c = describe_row(row);
        t.rows.push_back(
            {c.name, c.mean, c.squared_slope,
             row.found.flow.lipschitz ? describe(*row.found.flow.lipschitz) : "not found",
             c.verdict, c.per_layer});
    }
    return {"The catalogue", {{"Activations", {std::move(t), paragraph{explanation(rows)}}}}};
}

document catalogue_document(const std::vector<catalogue_row>& rows) {
    table all{{"activation", "formula and derivative", "kinks", "sup |f′|", "E f", "E f′²",
               "50 layers", "per layer"},
              {}};
    table sources;
    for (const catalogue_row& row : rows) {
        const cells c = describe_row(row);
        all.rows.push_back({c.values.empty() ? c.name : c.name + "\n" + c.values,
                            fmt::format("`{}`\n`{}`", c.formula, c.derivative), c.kinks, c.steepest,
                            c.mean, c.squared_slope, c.verdict, c.per_layer});
        all.pictures.push_back(picture_path(row));
        sources.rows.push_back({c.name, row.entry.source});
    }
    return {"The activations of chainrule",
            {{"Activations", {paragraph{explanation(rows)}, std::move(all)}},
             catalogue_scorecard(rows),
             catalogue_claims(rows),
             {"Sources", {std::move(sources)}}}};
}

std::string catalogue_json(const std::vector<catalogue_row>& rows,
                           const std::string& compiled_with) {
    std::string result = "[";
    for (const catalogue_row& row : rows) {
        result += fmt::format(
            "{}{{\"name\": \"{}\", \"source\": \"{}\", \"operations\": [{}, {}], "
            "\"log_slope_of_{}_layers\": {},\n\"report\": {}}}",
            result.size() > 1 ? ",\n" : "\n", row.entry.name, row.entry.source,
            row.extras.value_operations, row.extras.slope_operations, long_chain_depth,
            std::isfinite(row.extras.log_slope) ? fmt::format("{:.17g}", row.extras.log_slope)
                : row.extras.log_slope < 0      ? "\"-inf\""
                : row.extras.log_slope > 0      ? "\"inf\""
                                                : "null",
            report_json(row.found, compiled_with));
    }
    return result + "\n]\n";
}

}  // namespace chainrule::report
