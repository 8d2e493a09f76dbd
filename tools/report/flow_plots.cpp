// SPDX-License-Identifier: BSL-1.0
#include "flow_plots.hpp"

#include "numbers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace chainrule::report {

namespace {

/// Lengths q worth a mark on the curve, few enough not to crowd it.
std::vector<edge_point> marked_points(const edge_curve& edge) {
    std::vector<edge_point> result;
    const variance_window& w = edge.shown;
    const auto place = [&](const edge_point& e) {
        return std::array{e.weight_variance / w.weight,
                          (e.bias_variance - w.bias_below) / (w.bias - w.bias_below)};
    };
    for (const edge_point& e : edge.points) {
        if (e.admissible != edge.is_admissible) continue;
        // 1, 2 and 5 of each decade, as near as the points are.
        const double decade = std::pow(10.0, std::floor(std::log10(e.length) + 1e-6));
        const double digit = e.length / decade;
        if (std::fabs(digit - 1) > 0.01 && std::fabs(digit - 2) > 0.1 && std::fabs(digit - 5) > 0.2)
            continue;
        const auto here = place(e);
        const double foot = w.bias_below < 0 ? 0.03 : 0.09;  // the label is a little lower
        if (here[0] < 0.01 || here[0] > 0.9 || here[1] < foot || here[1] > 0.97) continue;
        if (e.length < 0.01) continue;
        const bool is_free = std::ranges::all_of(result, [&](const edge_point& other) {
            const auto there = place(other);
            return std::hypot(here[0] - there[0], here[1] - there[1]) > 0.1;
        });
        if (is_free) result.push_back(e);
    }
    return result;
}

std::string axes(const variance_window& w, double bottom) {
    return fmt::format("set xrange [0:{}]\nset yrange [{}:{}]\nset xlabel 'weight variance σ_w²'\n"
                       "set ylabel 'bias variance σ_b²'\n",
                       w.weight, bottom, w.bias);
}

std::string rows_of(const std::vector<edge_point>& points, const variance_window& w,
                    bool admissible, bool stable) {
    std::string rows;
    bool open = false;
    for (std::size_t i = 0; i < points.size(); ++i) {
        const edge_point& e = points[i];
        const auto belongs = [&](const edge_point& p) {
            return p.admissible == admissible &&
                (!admissible || (p.length_slope <= 1 + 1e-6) == stable);
        };
        // Joined to the neighbours, so that no gap is seen where the kind changes.
        const bool here = belongs(e);
        const bool neighbour = (i > 0 && belongs(points[i - 1]));
        const bool is_far = e.weight_variance > 3 * w.weight || e.bias_variance > 3 * w.bias ||
            e.bias_variance < 3 * w.bias_below - w.bias;
        if ((here || neighbour) && !is_far) {
            rows += fmt::format("{:.7g} {:.7g}\n", e.weight_variance, e.bias_variance);
            open = true;
        }
        if (open && !here) {
            rows += "\n";
            open = false;
        }
    }
    return rows;
}

block add_edge(plot_script& plots, const std::string& title, const edge_curve& edge) {
    const std::string caption = "Edge of chaos, χ₁ = 1: the variances of weights and biases at "
                                "which gradients keep their size.";
    if (edge.points.empty()) {
        return picture{"", fmt::format("No picture of the edge of chaos: {}", edge.remark)};
    }
    const variance_window& w = edge.shown;
    std::string commands = title + axes(w, w.bias_below);
    if (w.bias_below < 0) {
        commands += fmt::format(
            "set object 1 rectangle from graph 0,first {} to graph 1,first 0 behind fillcolor rgb "
            "{} fillstyle solid noborder\n"
            "set arrow from graph 0,first 0 to graph 1,first 0 nohead back linewidth 0.9 linecolor "
            "rgb {}\n"
            "set label 'σ_b² < 0: no such network' at graph 0.985,first 0 right offset "
            "0,-0.8 textcolor rgb {}\n",
            w.bias_below, "c_shade", "c_quiet", "c_quiet");
    }
    const std::vector<edge_point> marks =
        edge.is_point ? std::vector{edge.points.front()} : marked_points(edge);
    std::string rows;
    for (const edge_point& e : marks) {
        rows += fmt::format("{:.7g} {:.7g}\n", e.weight_variance, e.bias_variance);
        // Beside the point, on the side away from the curve's rise.
        commands += fmt::format(
            "set label '{}' at first {},first {} left offset {} textcolor rgb {}\n",
            edge.is_point ? "every q"
                          : fmt::format("q = {}", show(std::stod(fmt::format("{:.1g}", e.length)))),
            e.weight_variance, e.bias_variance, edge.is_point ? "0.9,0.9" : "1.0,-0.5", "c_quiet");
    }
    std::string curves;
    const auto curve = [&](bool admissible, bool stable, const char* how, std::string_view colour,
                           const char* name) {
        const std::string points = rows_of(edge.points, w, admissible, stable);
        if (points.empty() || edge.is_point) return;
        curves += fmt::format("{} using 1:2 with lines {} linecolor rgb {} title '{}', ",
                              plots.add_block(points), how, colour, name);
    };
    curve(true, true, "linewidth 2.4", "c_first", "χ_1 = 1");
    curve(true, false, "linewidth 2.4", "c_second", "χ_1 = 1, unstable");
    curve(false, true, "linewidth 1.6 dashtype (8,6)", "c_faint", "would need σ_b² < 0");
    if (!rows.empty()) {
        curves += fmt::format("{} using 1:2 with points pointtype 7 pointsize {} linecolor rgb "
                              "c_first {}",
                              plots.add_block(rows), edge.is_point ? "0.9" : "0.55",
                              edge.is_point ? "title 'χ_1 = 1'" : "notitle");
    } else {
        curves.resize(curves.size() - 2);
    }
    plots.add_picture("edge", picture_width, picture_height,
                      commands + key_below + "plot " + curves + "\n");
    return picture{"edge", fmt::format("{} {}", caption, edge.remark)};
}

struct phase_style {
    phase_kind kind;
    std::string_view colour;
    const char* title;
};

constexpr phase_style phase_styles[] = {
    {phase_kind::deeply_ordered, "c_ordered_deep", "χ_1 < ½"},
    {phase_kind::ordered, "c_ordered", "ordered, χ_1 < 1"},
    {phase_kind::chaotic, "c_chaotic", "chaotic, χ_1 > 1"},
    {phase_kind::deeply_chaotic, "c_chaotic_deep", "χ_1 > 2"},
    {phase_kind::unbounded, "c_unbounded", "length unbounded"},
    {phase_kind::unsettled, "c_shade", "length unsettled"},
};

block add_phases(plot_script& plots, const std::string& title, const phase_diagram& phases,
                 const edge_curve& edge) {
    if (phases.regions.empty()) {
        return picture{"", fmt::format("No phase diagram: {}", edge.remark)};
    }
    const variance_window& w = phases.shown;
    std::string commands = title + axes(w, 0) + "unset grid\n";
    std::string curves, keys;
    for (const phase_style& style : phase_styles) {
        std::string rows;
        for (const phase_region& r : phases.regions) {
            if (r.kind != style.kind) continue;
            for (const auto& c : r.outline)
                rows += fmt::format("{:.6g} {:.6g}\n", c.weight_variance, c.bias_variance);
            rows += "\n\n";
        }
        if (rows.empty()) continue;
        curves += fmt::format("{} using 1:2 with filledcurves closed fillcolor rgb {} fillstyle "
                              "solid noborder notitle, ",
                              plots.add_block(rows), style.colour);
        keys += fmt::format(", keyentry with boxes fillcolor rgb {} fillstyle solid noborder title "
                            "'{}'",
                            style.colour, style.title);
    }
    const auto line = [&](bool stable, const char* how, const char* name) {
        const std::string rows = rows_of(edge.points, w, true, stable);
        if (rows.empty() || edge.is_point) return;
        curves += fmt::format("{} using 1:2 with lines {} linecolor rgb c_ink notitle, ",
                              plots.add_block(rows), how);
        keys += fmt::format(", keyentry with lines {} linecolor rgb c_ink title '{}'", how, name);
    };
    line(true, "linewidth 2", "critical, χ_1 = 1");
    line(false, "linewidth 1.2 dashtype (5,4)", "χ_1 = 1, unstable");
    // Where the usual initialisations lie.
    const struct {
        double weight;
        const char* name;
    } usual[] = {{1, "LeCun"}, {2, "He"}};
    std::string places;
    for (const auto& u : usual) {
        const bool is_crowded = w.weight > 12;
        if (u.weight > 0.95 * w.weight || is_crowded) continue;
        places += fmt::format("{} 0\n", u.weight);
        commands += fmt::format("set label '{}' at first {},first 0 left offset 0.7,0.7 front "
                                "textcolor rgb {}\n",
                                u.name, u.weight, "c_ink");
    }
    if (!places.empty()) {
        curves += fmt::format("{} using 1:2 with points pointtype 7 pointsize 0.7 linecolor rgb "
                              "{} notitle, ",
                              plots.add_block(places), "c_ink");
    }
    curves.resize(curves.size() - 2);
    plots.add_picture("phases", picture_width, picture_height,
                      commands + key_below + "plot " + curves + keys + "\n");
    return picture{"phases",
                   "Phase diagram of wide random networks with inputs of length 1: χ₁ is what a "
                   "layer multiplies the squared gradient by, at the length where signals settle. "
                   "Gradients vanish in the ordered phase and explode in the chaotic one. The "
                   "initialisations of LeCun and He (σ_b² = 0) are marked."};
}

block add_correlation(plot_script& plots, const std::string& title,
                      const correlation_curve& curve) {
    if (curve.value.empty()) {
        return picture{"", fmt::format("No picture of the C-map: {}", curve.remark)};
    }
    std::string rows;
    double lowest = 0;
    for (std::size_t i = 0; i < curve.c.size(); ++i) {
        rows += fmt::format("{:.8g} {:.8g}\n", curve.c[i], curve.value[i]);
        lowest = std::min(lowest, curve.value[i]);
    }
    const std::string data = plots.add_block(rows);
    plots.add_picture(
        "correlation", picture_width, picture_height,
        title +
            fmt::format(
                "set xrange [-1:1]\nset yrange [{}:1.04]\nset xtics 0.5\nset ytics 0.5\n"
                "set xlabel 'correlation c of two inputs'\nset ylabel 'of the outputs, C(c)'\n"
                "set xzeroaxis linetype 1 linewidth 0.9 linecolor rgb {axis}\n"
                "set yzeroaxis linetype 1 linewidth 0.9 linecolor rgb {axis}\n{key}"
                "plot [-1:1] x with lines linewidth 1.3 dashtype (8,6) linecolor rgb "
                "{faint} title 'C(c) = c', {data} using 1:2 with lines linewidth 2.4 "
                "linecolor rgb {first} title 'C(c),  C′(1) = {slope}'\n",
                lowest < -0.02 ? -1.04 : -0.52, fmt::arg("axis", "c_quiet"),
                fmt::arg("key", key_below), fmt::arg("faint", "c_faint"), fmt::arg("data", data),
                fmt::arg("first", "c_first"), fmt::arg("slope", show(curve.slope, 5))));
    const std::string meaning = curve.slope > 1
        ? "above 1, a layer drives nearly equal inputs apart"
        : curve.slope < 1 ? "below 1, a layer draws nearly equal inputs together"
                          : "1, nearly equal inputs keep their distance";
    return picture{
        "correlation",
        fmt::format(
            "C-map at q = 1: the correlation of f(u₁) and f(u₂) for normal u₁, u₂ of "
            "variance 1 and correlation c. C′(1) = {}: {}, once the outputs are scaled back "
            "to length 1.",
            show(curve.slope, 6), meaning)};
}

block add_networks(plot_script& plots, const std::string& title, const network_pictures& networks) {
    if (networks.series.empty()) {
        return picture{"", fmt::format("No picture of random networks: {}", networks.remark)};
    }
    constexpr std::string_view colours[] = {"c_first", "c_second", "c_third"};
    std::vector<double> logarithms;
    std::string curves, weights;
    for (std::size_t i = 0; i < networks.series.size(); ++i) {
        const network_gradients& s = networks.series[i];
        std::string rows;
        for (std::size_t l = 0; l < s.found.measured.size(); ++l) {
            logarithms.push_back(s.found.predicted[l].log_gradient);
            logarithms.push_back(s.found.measured[l].log_gradient);
            rows += fmt::format("{} {} {}\n", l + 1, decades(s.found.predicted[l].log_gradient),
                                decades(s.found.measured[l].log_gradient));
        }
        const std::string data = plots.add_block(rows);
        curves += fmt::format(
            "{0} using 1:2 with lines linewidth 1.8 linecolor rgb {1} notitle, {0} using 1:3 with "
            "points pointtype 7 pointsize 0.5 linecolor rgb {1} title '{2}', ",
            data, colours[i % 3], s.name);
        weights += fmt::format("{}{}: σ_w² = {}", weights.empty() ? "" : "; ", s.name,
                               show(s.init.weight_variance, 5));
        if (s.init.bias_variance != 0)
            weights += fmt::format(", σ_b² = {}", show(s.init.bias_variance, 5));
    }
    curves += fmt::format("keyentry with lines linewidth 1.8 linecolor rgb {0} title 'predicted', "
                          "keyentry with points pointtype 7 pointsize 0.5 linecolor rgb {0} title "
                          "'measured'",
                          "c_quiet");
    plots.add_picture(
        "gradients", picture_width, picture_height,
        title +
            fmt::format("set xlabel 'layer l'\nset ylabel 'size of ∂L/∂u_l'\nset xrange "
                        "[0.5:{}]\n{}{}plot {}\n",
                        static_cast<double>(networks.series[0].found.measured.size()) + 0.5,
                        decade_axis(logarithms), key_below, curves));
    return picture{"gradients",
                   fmt::format("Gradient norms by layer in random networks of width {}: root mean "
                               "square of {} networks measured (points), and predicted by "
                               "mean-field theory (lines). The loss gradient enters at the last "
                               "layer. {}{}{}.",
                               networks.width, networks.draws, networks.remark,
                               networks.remark.empty() ? "" : " ", weights)};
}

}  // namespace

std::vector<block> add_flow_pictures(plot_script& plots, const std::string& title,
                                     const flow_curves& curves) {
    return {add_edge(plots, title, curves.edge),
            add_phases(plots, title, curves.phases, curves.edge),
            add_correlation(plots, title, curves.correlation),
            add_networks(plots, title, curves.networks)};
}

}  // namespace chainrule::report
