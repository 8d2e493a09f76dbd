// SPDX-License-Identifier: BSL-1.0
#include "plot_samples.hpp"

#include "grids.hpp"
#include "run_time_kernel.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace chainrule::report {

namespace {

constexpr double farthest_shown_kink = 16;
constexpr double largest_shown = 8;

/// Grows a range of y by the values that are not extreme.
struct y_range {
    double bottom = 0;
    double top = 0;

    void take(std::vector<double> values, double share_ignored) {
        std::erase_if(values, [](double v) { return !std::isfinite(v); });
        if (values.empty()) return;
        std::ranges::sort(values);
        const auto skipped =
            static_cast<std::size_t>(share_ignored * static_cast<double>(values.size()));
        bottom = std::min(bottom, std::max(values[skipped], -largest_shown));
        top = std::max(top, std::min(values[values.size() - 1 - skipped], largest_shown));
    }
};

std::string number(double v) { return std::isfinite(v) ? fmt::format("{:.7g}", v) : "NaN"; }

}  // namespace

function_samples sample_function(const analysis& a, std::size_t points,
                                 bool with_second_derivative) {
    function_samples result;
    double reach = with_second_derivative ? 6 : 4.5;
    std::vector<double> edges;
    for (const kink& k : a.kinks) {
        if (std::fabs(k.at) > farthest_shown_kink) continue;
        edges.push_back(k.at);
        reach = std::max(reach, std::ceil(1.3 * std::fabs(k.at)));
    }
    // Infinitely many kinks, as round has, would only widen the picture.
    if (edges.size() > 12) reach = 6;
    result.low = -reach;
    result.high = reach;
    std::erase_if(edges, [&](double x) { return std::fabs(x) >= reach; });
    edges.insert(edges.begin(), -reach);
    edges.push_back(reach);

    // Pictures need no more digits of f″ than its formula gives at once.
    const rooted_graph written = a.subject->as_written();
    const detail::analysed_function exact(written.graph, written.root, {"x"}, {0.0L});
    const run_time_kernel doubles(*a.subject);
    std::vector<double> columns[3];
    for (std::size_t e = 0; e + 1 < edges.size(); ++e) {
        const double share = (edges[e + 1] - edges[e]) / (2 * reach);
        const auto here =
            std::max<std::size_t>(8, static_cast<std::size_t>(share * static_cast<double>(points)));
        const double inset = 1e-9 * reach;
        const std::vector<double> xs = even_grid(edges[e] + inset, edges[e + 1] - inset, here);
        std::vector<double> values(xs.size()), slopes(xs.size());
        doubles(xs.data(), values.data(), slopes.data(), xs.size());
        for (std::size_t i = 0; i < xs.size(); ++i) {
            // Where f is undefined, its derivatives have no business in the picture.
            const double undefined = values[i];
            const bool is_defined = !std::isnan(values[i]);
            const double second = is_defined && with_second_derivative
                ? static_cast<double>(exact.with_curvature(static_cast<long double>(xs[i]))[2])
                : undefined;
            const double row[] = {values[i], is_defined ? slopes[i] : undefined, second};
            result.data += fmt::format("{:.10g} {} {} {}\n", xs[i], number(row[0]), number(row[1]),
                                       number(row[2]));
            for (std::size_t c = 0; c < 3; ++c) columns[c].push_back(row[c]);
        }
        result.data += "\n";
    }
    y_range range;
    range.take(columns[0], 0);
    range.take(columns[1], 0.005);
    if (with_second_derivative) range.take(columns[2], 0.02);
    if (range.top - range.bottom < 1e-12) range = {-1, 1};
    const double margin = 0.06 * (range.top - range.bottom);
    result.bottom = range.bottom - margin;
    result.top = range.top + margin;
    return result;
}

}  // namespace chainrule::report
