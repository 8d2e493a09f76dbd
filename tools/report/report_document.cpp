// SPDX-License-Identifier: BSL-1.0
#include "report_document.hpp"

#include "flow_sections.hpp"
#include "numbers.hpp"
#include "plain_code.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace chainrule::report {

namespace {

section formula_section(const formula& f) {
    section s{"Formula", {}};
    const int stages = static_cast<int>(f.stages().size());
    if (stages > 1) {
        std::string whole = "x";
        for (int i = 1; i <= stages; ++i) {
            const std::string name = "f" + subscript(i);
            s.blocks.emplace_back(
                formula_text{name + "(x)", f.stages()[static_cast<std::size_t>(i - 1)]});
            whole = fmt::format("{}({})", name, whole);
        }
        s.blocks.emplace_back(formula_text{"f(x)", whole});
        s.blocks.emplace_back(paragraph{
            stages == 2
                ? "By the chain rule f′(x) = f₂′(f₁(x)) · f₁′(x): the outer slope is taken at "
                  "f₁(x)."
                : "By the chain rule f′(x) is the product of the slopes of all parts, each taken "
                  "at the output of the part before it."});
    } else {
        s.blocks.emplace_back(formula_text{"f(x)", f.stages()[0]});
    }
    std::string values;
    for (const parameter_value& p : f.parameters()) {
        values += fmt::format("{}{} = {}{}", values.empty() ? "" : ", ", p.name,
                              show(p.value.value, 17), p.is_default ? " (its default)" : "");
    }
    if (!values.empty()) s.blocks.emplace_back(paragraph{"with " + values + "."});
    static constexpr const char* labels[] = {"f(x)", "f′(x)", "f″(x)"};
    for (int order = 0; order <= 2; ++order) {
        const std::string text = f.text(order);
        if (order == 0 && stages == 1 && text == f.stages()[0]) continue;
        s.blocks.emplace_back(
            formula_text{labels[order], text.empty() ? "(more than 65536 characters)" : text});
    }
    return s;
}

section kink_section(const analysis& a) {
    section s{"Kinks", {}};
    if (a.kinks.empty()) {
        s.blocks.emplace_back(
            paragraph{a.flow.kinks && a.flow.kinks->is_complete
                          ? "None: value and slope are the same from both sides everywhere."
                          : fmt::format("None: value and slope are the same from both sides "
                                        "everywhere in [-{0}, {0}].",
                                        show(kink_search_limit))});
        return s;
    }
    table t{{"x", "slope on the left", "slope on the right", "what"}, {}};
    constexpr std::size_t most = 24;
    for (const kink& k : nearest_kinks(a.kinks, most)) {
        std::string what = "kink";
        if (k.kind == kink_kind::jump) {
            what = fmt::format("jump from {} to {}", show(k.left_value), show(k.right_value));
        } else if (k.kind == kink_kind::domain_edge) {
            what = fmt::format("edge of the domain, undefined to the {}",
                               std::isnan(k.left_value) ? "left" : "right");
        }
        t.rows.push_back({show(k.at, 12), show(k.left_slope), show(k.right_slope), what});
    }
    s.blocks.emplace_back(std::move(t));
    if (a.kinks.size() > most) {
        s.blocks.emplace_back(
            paragraph{fmt::format("These are the nearest to 0; there are {0} more in [-{1}, {1}].",
                                  a.kinks.size() - most, show(kink_reach(a.kinks)))});
    }
    return s;
}

std::string with_error(const finding<moments_report>& moments, estimate moments_report::*which) {
    std::string text = describe_moment(moments, which);
    if (!moments) return text;
    const estimate& e = (*moments).*which;
    if (std::isfinite(e.value) && !has_not_converged(e))
        text += fmt::format("  (quadrature error < {:.0e})", e.error + 1e-16);
    return text;
}

section number_section(const analysis& a) {
    section s{"Values, slope and means", {}};
    table t;
    t.rows = {
        {"f(0)", show(a.values.at_zero, 9)},
        {"f(-∞)", show(a.values.at_minus_infinity, 9)},
        {"f(∞)", show(a.values.at_infinity, 9)},
        {"sup |f′|", describe_steepest(a.flow)},
        {"mean output E f", with_error(a.flow.moments, &moments_report::mean)},
        {"mean squared slope E f′²",
         with_error(a.flow.moments, &moments_report::slope_second_moment)},
    };
    s.blocks.emplace_back(std::move(t));
    const bool jumps =
        std::ranges::any_of(a.kinks, [](const kink& k) { return k.kind == kink_kind::jump; });
    s.blocks.emplace_back(
        paragraph{fmt::format("E is the mean over x ~ N(0,1). sup |f′| is certified: the digits "
                              "shown are right, or both bounds are given.{}",
                              jumps ? " f jumps: its slope is meant almost everywhere." : "")});
    return s;
}

section chain_section(const analysis& a) {
    const chain_analysis& c = a.chain;
    const std::string n = subscript(c.depth);
    section s{fmt::format("Gradient through {} layers", c.depth), {}};
    table t{{"x₀", fmt::format("∂x{}/∂x₀", n), "per layer (geometric mean)"}, {}};
    auto row = [&](const std::string& name, double log_slope) {
        t.rows.push_back(
            {name, show_exponential(log_slope), show_exponential(log_slope / c.depth)});
    };
    row("N(0,1), root mean square", c.log_rms);
    row("N(0,1), median of the size", c.log_median);
    for (const chain_start& start : c.starts) row(show(start.start), start.log_slope);
    s.blocks.emplace_back(std::move(t));
    std::string notes =
        fmt::format("The chain is xₖ = f(xₖ₋₁), one layer being the whole f, without weights "
                    "in between; slopes are "
                    "multiplied as logarithms, so that none underflows. The root mean square is "
                    "sₖ = √E(∂xₖ/∂x₀)² with x₀ ~ "
                    "N(0,1), the median that of |∂xₖ/∂x₀| over the starts where it is not exactly "
                    "0. Either vanishes if it is "
                    "below {} at depth {}, explodes if it is above {}, else it is preserved.",
                    show(vanishing_below), c.depth, show(exploding_above));
    if (c.dead_share > 0) {
        notes += fmt::format(" From {} of the starts the gradient is exactly 0.",
                             show_share(c.dead_share));
    }
    if (c.undefined_share > 0) {
        notes += fmt::format(
            " From {} of the starts the chain leaves the domain of f; they are left out.",
            show_share(c.undefined_share));
    }
    if (c.uncertainty > 0.01 && std::isfinite(c.log_rms)) {
        notes += fmt::format(
            " With a third of the starts s{} comes out {} different: the chain is rough.", n,
            c.uncertainty > 10 ? "more than ten times" : show_share(c.uncertainty));
    }
    s.blocks.emplace_back(paragraph{notes});
    return s;
}

section speed_section(const analysis& a, const std::string& compiled_with) {
    const throughput& v = *a.speed;
    section s{"Throughput", {}};
    table t{{"float32, ns per element", "fused kernel", "plain loop", "ratio"}, {}};
    auto row = [&](const char* name, double fused, double plain) {
        t.rows.push_back({name, fmt::format("{:.3f}", fused),
                          plain > 0 ? fmt::format("{:.3f}", plain) : "—",
                          plain > 0 ? fmt::format("{:.1f}", plain / fused) : "—"});
    };
    row("value", v.fused_value, v.plain_value);
    row("backward, grad_out·f′", v.fused_backward, v.plain_backward);
    s.blocks.emplace_back(std::move(t));
    std::string note =
        fmt::format("Least of many repetitions over {} elements (first-level cache), one thread. "
                    "The plain loop is the "
                    "formula as written, with std:: functions, in the same file: {}.",
                    throughput_elements, compiled_with);
    if (v.plain_value == 0) {
        note += fmt::format(" There is no plain loop: '{}' has no counterpart in <cmath>.",
                            write_plain_code(*a.subject).why_not);
    }
    s.blocks.emplace_back(paragraph{note});
    return s;
}

section input_section(const input_statistics& i) {
    section s{"On the given input", {}};
    table t;
    t.rows = {
        {"data", i.description},
        {"count", show_count(i.count)},
        {"range of x", fmt::format("{} … {}", show(i.smallest), show(i.largest))},
        {"mean of x", show(i.mean_input, 9)},
        {"standard deviation of x", show(i.deviation_input, 9)},
        {"mean output", show(i.mean_output, 9)},
        {"mean |f′|", show(i.mean_slope_size, 9)},
        {"mean squared slope", show(i.mean_squared_slope, 9)},
        {"dead (f′ = 0)", show_share(i.dead_share)},
        {fmt::format("saturated (|f′| < {})", show(saturated_below)),
         show_share(i.saturated_share)},
    };
    s.blocks.emplace_back(std::move(t));
    if (i.undefined > 0) {
        s.blocks.emplace_back(paragraph{fmt::format(
            "f or f′ is undefined for {} of the numbers, first at x = {}; they are left out of the "
            "means and shares of f and f′.",
            show_count(i.undefined), show(i.undefined_at))});
    }
    return s;
}

}  // namespace

document write_report(const analysis& a, const std::string& compiled_with) {
    document d{describe(*a.subject), {}};
    d.sections.push_back(verdict_section(a));
    d.sections.push_back(formula_section(*a.subject));
    d.sections.push_back({"Pictures",
                          {picture{function_picture, "f with f′ and f″"},
                           picture{chain_picture, "Size of the gradient against depth"}}});
    d.sections.push_back(number_section(a));
    d.sections.push_back(kink_section(a));
    d.sections.push_back(range_section(a));
    d.sections.push_back(saturation_section(a));
    d.sections.push_back(moment_section(a));
    d.sections.push_back(chain_section(a));
    d.sections.push_back(profile_section(a));
    d.sections.push_back(mean_field_section(a));
    d.sections.push_back(network_section(a));
    d.sections.push_back(solve_section(a));
    if (!a.flow.parameter_gradients || !a.flow.parameter_gradients->empty())
        d.sections.push_back(parameter_section(a));
    if (a.input) d.sections.push_back(input_section(*a.input));
    if (a.speed) d.sections.push_back(speed_section(a, compiled_with));
    return d;
}

}  // namespace chainrule::report
