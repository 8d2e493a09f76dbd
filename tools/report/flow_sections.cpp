// SPDX-License-Identifier: BSL-1.0
#include "flow_sections.hpp"

#include "numbers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace chainrule::report {

namespace {

template<class T>
std::string not_found(const finding<T>& f) {
    return "not found: " + f.why_not();
}

std::string show_interval(const interval& i) {
    return fmt::format("{}{}, {}{}", std::isinf(i.lo) ? "(" : "[", show(i.lo), show(i.hi),
                       std::isinf(i.hi) ? ")" : "]");
}

std::string show_intervals(const std::vector<interval>& list) {
    constexpr std::size_t most = 6;
    if (list.empty()) return "none";
    // Those nearest to 0.
    std::vector<interval> nearest = list;
    std::ranges::sort(nearest, {}, [](const interval& i) {
        return i.contains(0) ? 0 : std::min(std::fabs(i.lo), std::fabs(i.hi));
    });
    nearest.resize(std::min(nearest.size(), most));
    std::ranges::sort(nearest, {}, &interval::lo);
    std::string result;
    for (const interval& i : nearest) result += (result.empty() ? "" : ", ") + show_interval(i);
    if (list.size() > most) result += fmt::format(", … ({} in all)", list.size());
    return result;
}

void add_range(table& t, const std::string& name, const finding<value_range>& r) {
    if (!r) {
        t.rows.push_back({name, not_found(r), "", "", ""});
        return;
    }
    t.rows.push_back({name, describe(r->inf), describe_place(r->inf_at, r->inf_how),
                      describe(r->sup), describe_place(r->sup_at, r->sup_how)});
}

std::string smoothness_words(int smoothness) {
    if (smoothness == function_shape::smooth) return "smooth (every derivative is continuous)";
    if (smoothness < 0) return "not continuous";
    if (smoothness == 0) return "C⁰: continuous, its slope is not";
    return fmt::format("C^{}: f and its derivatives up to order {} are continuous", smoothness,
                       smoothness);
}

std::string monotone_words(const function_shape& s) {
    return s.is_nondecreasing && s.is_nonincreasing ? "constant between its jumps"
        : s.is_nondecreasing                        ? "nondecreasing"
        : s.is_nonincreasing                        ? "nonincreasing"
                                                    : "not monotone";
}

std::string phase_words(const mean_field_report& r) {
    switch (r.phase) {
    case phase::ordered:
        return "ordered";
    case phase::chaotic:
        return "chaotic";
    default:
        return "critical";
    }
}

std::string outcome_words(const mean_field_report& r) {
    switch (r.outcome) {
    case mean_field_outcome::fixed_point:
        return fmt::format("q* = {}", show(r.length, 12));
    case mean_field_outcome::zero:
        return "the signal dies out (q* = 0)";
    case mean_field_outcome::diverges:
        return "the signal grows without end";
    case mean_field_outcome::every_length:
        return "every length is kept";
    case mean_field_outcome::marginal:
        return fmt::format("q* = {}, reached slower than exponentially", show(r.length, 12));
    case mean_field_outcome::oscillates:
        return "the length goes round and does not settle";
    default:
        return "undefined: f is undefined for some inputs";
    }
}

std::string fixed_point_words(const mean_field_report& r) {
    if (r.outcome == mean_field_outcome::every_length) return "every q";
    if (r.fixed_points.empty()) return "none but 0";
    std::string result;
    for (std::size_t i = 0; i < std::min<std::size_t>(r.fixed_points.size(), 6); ++i) {
        const length_fixed_point& p = r.fixed_points[i];
        result += fmt::format("{}{} ({}, V′ = {})", i == 0 ? "" : ", ", show(p.length, 9),
                              p.is_stable ? "stable" : "unstable", show(p.slope));
    }
    if (r.fixed_points.size() > 6) result += fmt::format(", … ({} in all)", r.fixed_points.size());
    return result;
}

std::string depth_words(double depth) {
    if (std::isnan(depth)) return "none";
    return std::isinf(depth) ? "∞ (critical)" : show(depth, 9);
}

std::string per_layer(double log_slope) { return show_exponential(log_slope); }

/// Whether the chain has come to rest: the last layers all multiply by the same.
bool settles(const profile_report& p) {
    const std::size_t n = p.layers.size();
    if (n < 10) return false;
    const double last = p.layers.back().log_slope;
    for (std::size_t k = n - n / 10 - 1; k < n; ++k) {
        if (!(std::fabs(p.layers[k].log_slope - last) <= 1e-6 * (1 + std::fabs(last))))
            return false;
    }
    return true;
}

std::string chain_reason(const analysis& a) {
    const gradient_flow_analysis& flow = a.flow;
    const chain_analysis& chain = a.chain;
    const int n = chain.depth;
    if (flow.saturation && flow.saturation->dead_measure >= 0.5) {
        return fmt::format("f′ is 0 on {}, where {} of N(0,1) lies.",
                           show_intervals(flow.saturation->set.dead_zones),
                           show_share(flow.saturation->dead_measure));
    }
    if (flow.lipschitz && flow.lipschitz->hi < 1) {
        return fmt::format(
            "|f′| is at most {} everywhere, so that {} layers leave at most {} of any gradient.",
            describe(*flow.lipschitz), n, show_exponential(n * std::log(flow.lipschitz->hi)));
    }
    const std::string slope =
        flow.lipschitz ? fmt::format(", although sup |f′| = {}", describe(*flow.lipschitz)) : "";
    if (flow.chain && settles(flow.chain->profile)) {
        const profile_report& p = flow.chain->profile;
        const double factor = p.layers.back().log_slope;
        if (std::isinf(p.value))
            return fmt::format(
                "The chain runs off to {}, where every layer multiplies the gradient "
                "by {}{}.",
                show(p.value), per_layer(factor), slope);
        return fmt::format("The chain from {} settles at x = {}, where every further layer "
                           "multiplies the gradient by |f′| = {}{}.",
                           show(flow.chain->start), show(p.value), per_layer(factor), slope);
    }
    if (flow.chain && flow.chain->profile.sign != 0 &&
        std::isfinite(flow.chain->profile.log_slope)) {
        return fmt::format("The chain from {} does not settle; a layer multiplies its gradient by "
                           "{} on average{}.",
                           show(flow.chain->start), per_layer(flow.chain->profile.log_slope / n),
                           slope);
    }
    return "";
}

std::string network_reason(const gradient_flow_analysis& flow) {
    if (!flow.plain) return "";
    const mean_field_report& r = flow.plain->report;
    if (!std::isfinite(r.chi1)) return "";
    std::string result = fmt::format(
        "With random weights between the layers it is χ₁ that decides: σ_w² = 1 gives {}{} ({})",
        show(r.chi1), r.has_jump ? " almost everywhere" : "", phase_words(r));
    if (flow.critical) {
        const mean_field_report& c = flow.critical->report;
        result += fmt::format("; σ_w² = 1/E f′² = {} keeps the gradient of inputs of size 1",
                              show(flow.critical->weight_variance));
        if (std::isfinite(c.chi1)) {
            result += fmt::format(", after which {} with χ₁ = {}", outcome_words(c), show(c.chi1));
        }
    }
    return result + ".";
}

}  // namespace

std::vector<std::size_t> evenly_spaced(std::size_t count, std::size_t most) {
    std::vector<std::size_t> result;
    const std::size_t kept = std::min(count, most);
    for (std::size_t i = 0; i < kept; ++i)
        result.push_back(kept == 1 ? 0 : i * (count - 1) / (kept - 1));
    return result;
}

section verdict_section(const analysis& a) {
    std::string text = verdict_sentence(a.chain);
    for (const std::string& reason : {chain_reason(a), network_reason(a.flow)}) {
        if (!reason.empty()) text += " " + reason;
    }
    return {"Verdict", {paragraph{text}}};
}

section range_section(const analysis& a) {
    const gradient_flow_analysis& flow = a.flow;
    section s{"Ranges and shape", {}};
    table t{{"", "infimum", "where", "supremum", "where"}, {}};
    add_range(t, "f", flow.values);
    add_range(t, "f′", flow.slopes);
    add_range(t, "f″", flow.curvatures);
    s.blocks.emplace_back(std::move(t));
    s.blocks.emplace_back(paragraph{"Over all real numbers, away from jumps and kinks themselves; "
                                    "every bound is certified (outward "
                                    "rounded interval arithmetic, branch and bound)."});
    if (!flow.shape) {
        s.blocks.emplace_back(paragraph{"The shape was " + not_found(flow.shape) + "."});
        return s;
    }
    const function_shape& shape = *flow.shape;
    s.blocks.emplace_back(table{
        {},
        {{"symmetry",
          shape.symmetry == parity::even      ? "even"
              : shape.symmetry == parity::odd ? "odd"
                                              : "none"},
         {"monotone", monotone_words(shape)},
         {"convex",
          shape.is_convex && shape.is_concave ? "straight"
              : shape.is_convex               ? "convex"
              : shape.is_concave              ? "concave"
                                              : "neither convex nor concave"},
         {"smoothness", smoothness_words(shape.smoothness)},
         {"slope as x → -∞",
          std::isnan(shape.slope_at_minus_infinity) ? "no limit"
                                                    : show(shape.slope_at_minus_infinity, 12)},
         {"slope as x → ∞",
          std::isnan(shape.slope_at_infinity) ? "no limit" : show(shape.slope_at_infinity, 12)},
         {"total variation of f′", describe(shape.slope_variation)}}});
    return s;
}

section saturation_section(const analysis& a) {
    const gradient_flow_analysis& flow = a.flow;
    section s{"Saturation and death", {}};
    table t;
    if (flow.saturation) {
        const saturation_analysis& found = *flow.saturation;
        const std::string further = found.set.is_complete ? "" : ", and on further out";
        t.rows.push_back({fmt::format("|f′| < {}", show(saturation_threshold)),
                          show_intervals(found.set.intervals) + further});
        t.rows.push_back({"of N(0,1)", show(found.measure, 12)});
        t.rows.push_back({"dead zones (f′ = 0)", show_intervals(found.set.dead_zones)});
        t.rows.push_back({"of N(0,1)", show(found.dead_measure, 12)});
    } else {
        t.rows.push_back({"saturation", not_found(flow.saturation)});
    }
    if (flow.numerically_dead) {
        const numerical_death& d = *flow.numerically_dead;
        std::string text = "none";
        if (!d.inputs.empty()) {
            text = fmt::format("{}, between {} and {}", show_count(d.inputs.size()),
                               show(static_cast<double>(d.inputs.front())),
                               show(static_cast<double>(d.inputs.back())));
        }
        t.rows.push_back(
            {"numerically dead",
             fmt::format("{} of {} float32 inputs looked at", text, show_count(d.looked_at))});
    } else {
        t.rows.push_back({"numerically dead", not_found(flow.numerically_dead)});
    }
    s.blocks.emplace_back(std::move(t));
    s.blocks.emplace_back(paragraph{"Numerically dead are inputs at which the compiled float32 "
                                    "kernel gives f′ = 0 although f′ is a "
                                    "number float32 has: a gradient that dies by rounding."});
    return s;
}

section moment_section(const analysis& a) {
    section s{"Moments and gains", {}};
    if (!a.flow.moments) {
        s.blocks.emplace_back(paragraph{"The moments were " + not_found(a.flow.moments) + "."});
        return s;
    }
    const moments_report& m = *a.flow.moments;
    table t{{"over x ~ N(0,1)", "value", "error below"}, {}};
    auto add = [&](const char* name, const estimate& e) {
        const std::string value = describe(e, 12);
        const bool has_error = std::isfinite(e.value) && !has_not_converged(e);
        t.rows.push_back({name, value, has_error ? fmt::format("{:.0e}", e.error + 1e-16) : "—"});
    };
    add("E f", m.mean);
    add("E f²", m.second_moment);
    add("Var f", m.variance);
    add("E f′", m.slope_mean);
    add("E f′²", m.slope_second_moment);
    add("E f″²", m.curvature_second_moment);
    add("E ln|f′|", m.log_slope);
    add("forward gain 1/√(E f²)", m.gain);
    add("variance gain 1/√(Var f)", m.variance_gain);
    add("backward gain 1/√(E f′²)", m.backward_gain);
    s.blocks.emplace_back(std::move(t));
    const bool is_centred = std::fabs(m.mean.value) <= 1e-12 + m.mean.error;
    std::string text = is_centred ? "The output is zero-centred."
        : std::isfinite(m.mean.value) && std::isfinite(m.variance.value) && m.variance.value > 0
        ? fmt::format(
              "The output is not zero-centred: its mean is {} standard deviations away from 0.",
              show(m.mean.value / std::sqrt(m.variance.value), 3))
        : "";
    text +=
        " A weight variance of gain² per input keeps, in turn, the mean square of the signal, its "
        "variance, and the mean square of the gradient; they agree for no activation but the "
        "linear and "
        "those like relu.";
    if (m.has_kink) text += " E f″² is infinite at a kink.";
    if (m.has_jump)
        text += " f jumps: moments of f′ are almost-everywhere values, as distributions they are "
                "infinite.";
    if (m.log_slope.value == -std::numeric_limits<double>::infinity())
        text += " E ln|f′| = -∞: f′ is 0 on an interval.";
    s.blocks.emplace_back(paragraph{text});
    return s;
}

section profile_section(const analysis& a) {
    const gradient_flow_analysis& flow = a.flow;
    section s{"Chain and composition", {}};
    table bounds{{"", "certified sup of the slope", "product of the sups", "ratio"}, {}};
    for (const finding<composition_analysis>& found : flow.compositions) {
        if (!found) {
            bounds.rows.push_back({"a composition", not_found(found), "", ""});
            continue;
        }
        const double ratio = found->ratio();
        bounds.rows.push_back({found->of, describe(found->slope), describe(found->product),
                               std::isfinite(ratio) ? show(ratio, 9) : "—"});
    }
    if (!bounds.rows.empty()) {
        s.blocks.emplace_back(std::move(bounds));
        s.blocks.emplace_back(paragraph{"The sup of the slope of a composition is at most the "
                                        "product of the sups; it is less where the "
                                        "steep places do not meet."});
    }
    auto add_profile = [&](const named_profile& found, const std::string& layers_are,
                           const std::vector<std::string>* names) {
        const profile_report& p = found.profile;
        const std::string sign = p.sign < 0 ? "negative" : p.sign > 0 ? "positive" : "0";
        std::string text =
            fmt::format("From x₀ = {}, {}: ∂x_N/∂x₀ is {}, ln|∂x_N/∂x₀| = {} (size {}), x_N = {}.",
                        show(found.start), layers_are, sign, show(p.log_slope, 12),
                        show_exponential(p.log_slope), show(p.value, 9));
        if (const auto dead = p.dead_layer())
            text += fmt::format(" No gradient comes through layer {}.", *dead);
        else if (p.weakest() > 0)
            text += fmt::format(" The weakest layer is {} (a factor of {}).", p.weakest(),
                                per_layer(p.layers[p.weakest() - 1].log_slope));
        const auto lost = p.first_below(std::log(lost_below));
        text += lost ? fmt::format(" The gradient is first below 1e-6 at layer {}.", *lost)
                     : " It does not fall below 1e-6.";
        s.blocks.emplace_back(paragraph{text});
        table t{{"layer", "|f′|", "share of ln", "|∂xₙ/∂x₀|"}, {}};
        for (const std::size_t k : evenly_spaced(p.layers.size(), 8)) {
            const layer_profile& l = p.layers[k];
            t.rows.push_back({names != nullptr ? (*names)[k] : fmt::format("{}", k + 1),
                              (l.sign < 0 ? "-" : "") + per_layer(l.log_slope), show_share(l.share),
                              show_exponential(static_cast<double>(p.log_slopes_by_depth()[k]))});
        }
        s.blocks.emplace_back(std::move(t));
    };
    if (flow.stages) {
        std::vector<std::string> names;
        for (std::size_t i = 0; i < a.subject->stages().size(); ++i) {
            names.push_back(
                fmt::format("f{}: {}", subscript(static_cast<int>(i) + 1), a.subject->stages()[i]));
        }
        add_profile(*flow.stages, "once through the parts", &names);
    }
    if (flow.chain) {
        add_profile(*flow.chain, fmt::format("{} times f", flow.depth), nullptr);
    } else {
        s.blocks.emplace_back(paragraph{"The chain was " + not_found(flow.chain) + "."});
    }
    return s;
}

section mean_field_section(const analysis& a) {
    const gradient_flow_analysis& flow = a.flow;
    section s{"Wide random networks", {}};
    table t{{"z′ = W f(z) + b", "gradient-keeping weights", "σ_w² = 1"}, {}};
    auto add = [&](const std::string& name, auto words) {
        auto cell = [&](const finding<mean_field_analysis>& found) {
            return found ? words(*found) : std::string("—");
        };
        t.rows.push_back({name, cell(flow.critical), cell(flow.plain)});
    };
    using mf = mean_field_analysis;
    add("σ_w²", [](const mf& m) { return show(m.weight_variance, 12); });
    add("σ_b²", [](const mf& m) { return show(m.bias_variance); });
    add("length from 1", [](const mf& m) { return outcome_words(m.report); });
    add("fixed points", [](const mf& m) { return fixed_point_words(m.report); });
    add("V′(q*)", [](const mf& m) { return show(m.report.length_slope, 9); });
    add("χ₁", [](const mf& m) {
        return show(m.report.chi1, 12) + (m.report.has_jump ? " (almost everywhere)" : "");
    });
    add("phase", [](const mf& m) {
        return std::isnan(m.report.chi1) ? std::string("undefined") : phase_words(m.report);
    });
    add("correlation c*", [](const mf& m) { return show(m.report.correlation, 9); });
    add("depth scale ξ_q", [](const mf& m) { return depth_words(m.report.depth_scale_length); });
    add("depth scale ξ_c",
        [](const mf& m) { return depth_words(m.report.depth_scale_correlation); });
    add("layers per decade of the squared gradient",
        [](const mf& m) { return depth_words(m.report.gradient_decade_depth); });
    s.blocks.emplace_back(std::move(t));
    std::string text =
        "Var W = σ_w²/fan-in, Var b = σ_b². Gradient-keeping: σ_w² = 1/E f′², the square of the "
        "backward gain, which gives χ₁ = 1 for signals of length 1; the length then goes where the "
        "table says, and χ₁ with it.";
    for (const auto* found : {&flow.critical, &flow.plain}) {
        if (!*found)
            text += fmt::format(" {}: {}.",
                                found == &flow.critical ? "Gradient-keeping weights" : "σ_w² = 1",
                                not_found(*found));
    }
    s.blocks.emplace_back(paragraph{text});

    if (flow.edge) {
        table edge{{"q", "σ_w²", "σ_b²", "V′(q)", "admissible"}, {}};
        double first = 0, last = 0;
        std::size_t admissible = 0;
        for (const edge_point& e : *flow.edge) {
            if (!e.admissible) continue;
            if (admissible++ == 0) first = e.length;
            last = e.length;
        }
        for (const std::size_t k : evenly_spaced(flow.edge->size(), 9)) {
            const edge_point& e = (*flow.edge)[k];
            edge.rows.push_back({show(e.length, 4), show(e.weight_variance, 9),
                                 show(e.bias_variance, 9), show(e.length_slope, 6),
                                 e.admissible ? "yes" : "no"});
        }
        s.blocks.emplace_back(paragraph{fmt::format(
            "Edge of chaos, χ₁ = 1 at the fixed length q: σ_w² = 1/E f′(√q z)², σ_b² = q - σ_w² E "
            "f(√q z)². {} "
            "Where V′(q) > 1 the length leaves the point again.",
            admissible == 0
                ? "No q between 1e-4 and 1e4 is admissible (σ_b² ≥ 0, no jumps)."
                : fmt::format(
                      "Of the lengths looked at, those from {} to {} are admissible ({} of {}).",
                      show(first, 4), show(last, 4), admissible, flow.edge->size()))});
        s.blocks.emplace_back(std::move(edge));
    } else {
        s.blocks.emplace_back(paragraph{"The edge of chaos was " + not_found(flow.edge) + "."});
    }

    if (flow.correlation) {
        const correlation_analysis& c = *flow.correlation;
        s.blocks.emplace_back(paragraph{
            fmt::format("C-map at q = 1: C(0) = {}, C′(1) = {}, C″(1) = {}{}.",
                        describe(c.at_zero, 12), describe(c.slope, 12), describe(c.curvature, 12),
                        std::isinf(c.curvature.value) ? " (f has a kink or a jump)" : "")});
        table map{{"c", "C(c)"}, {}};
        for (const correlation_sample& sample : c.samples) {
            const int tenths = static_cast<int>(std::lround(10 * sample.correlation));
            if (tenths % 5 != 0 && tenths != 9) continue;
            map.rows.push_back({show(sample.correlation), describe(sample.value, 12)});
        }
        s.blocks.emplace_back(std::move(map));
    } else {
        s.blocks.emplace_back(paragraph{"The C-map was " + not_found(flow.correlation) + "."});
    }
    return s;
}

section network_section(const analysis& a) {
    section s{"A random network, measured", {}};
    if (!a.flow.network) {
        s.blocks.emplace_back(paragraph{"The measurement was " + not_found(a.flow.network) + "."});
        return s;
    }
    const network_analysis& n = *a.flow.network;
    table t{{"layer", "length q", "predicted |∂L/∂u|", "measured", "least", "largest"}, {}};
    double worst = 0;
    for (const network_layer& l : n.layers) {
        const double off = std::fabs(l.measured - l.predicted);
        worst = off <= worst ? worst : off;
    }
    for (const std::size_t k : evenly_spaced(n.layers.size(), 8)) {
        const network_layer& l = n.layers[k];
        t.rows.push_back({fmt::format("{}", k + 1), show(l.length, 4),
                          show_exponential(l.predicted), show_exponential(l.measured),
                          show_exponential(l.measured_low), show_exponential(l.measured_high)});
    }
    s.blocks.emplace_back(paragraph{fmt::format(
        "{} networks of {} layers of {}, normal weights with σ_w² = {}, no biases, inputs and loss "
        "gradient "
        "normal: root mean square of the gradient norm at each layer, beside what mean-field "
        "theory predicts "
        "for infinite width. They differ by a factor of {} at most.",
        n.draws, n.layers.size(), n.width, show(n.weight_variance), show_exponential(worst))});
    s.blocks.emplace_back(std::move(t));
    return s;
}

section solve_section(const analysis& a) {
    const gradient_flow_analysis& flow = a.flow;
    section s{"Made to order", {}};
    table t;
    if (flow.standardised) {
        t.rows.push_back({"a·f + b with mean 0, second moment 1",
                          fmt::format("a = {}, b = {}", show(flow.standardised->scale, 12),
                                      show(flow.standardised->shift, 12))});
    } else {
        t.rows.push_back({"a·f + b with mean 0, second moment 1", not_found(flow.standardised)});
    }
    if (flow.self_normalising) {
        const self_normalising_point& p = *flow.self_normalising;
        t.rows.push_back(
            {"self-normalising point",
             fmt::format("mean {}, variance {}; spectral radius of the moment map {} ({})",
                         show(std::fabs(p.mean) < 1e-15 ? 0 : p.mean, 12), show(p.variance, 12),
                         show(p.map.spectral_radius, 6),
                         p.map.spectral_radius < 1 ? "it attracts" : "it does not attract")});
    } else {
        t.rows.push_back({"self-normalising point", not_found(flow.self_normalising)});
    }
    if (!flow.half_stable) {
        t.rows.push_back({"half-stable points", not_found(flow.half_stable)});
    } else if (flow.half_stable->empty()) {
        t.rows.push_back(
            {"half-stable points",
             "none with 1e-6 ≤ q ≤ 1e6 (where V′ = χ₁ = 1 for every q, none stands out)"});
    } else {
        for (const edge_point& e : *flow.half_stable) {
            t.rows.push_back({"half-stable point",
                              fmt::format("q = {}, σ_w² = {}, σ_b² = {}", show(e.length, 12),
                                          show(e.weight_variance, 12), show(e.bias_variance, 12))});
        }
    }
    auto add_shape = [&](const std::string& name, const finding<kernel_shape>& found) {
        t.rows.push_back(
            {name,
             found ? fmt::format("α = {}, β = {}, γ = {}, δ = {} (residual {:.0e})",
                                 show(found->input_scale, 12), show(found->input_shift, 12),
                                 show(found->output_scale, 12), show(found->output_shift, 12),
                                 found->residual)
                   : not_found(found)});
    };
    add_shape(fmt::format("deep kernel shaping, depth {}", flow.depth), flow.deep_kernel_shaping);
    add_shape(fmt::format("tailored transformation, depth {}", flow.depth), flow.tailored);
    s.blocks.emplace_back(std::move(t));
    s.blocks.emplace_back(paragraph{"The last two give γ·(f(α·x + β) + δ) (Martens et al. 2021, ζ "
                                    "= 1.5; Zhang, Botev, Martens 2022, τ = "
                                    "0.3). A self-normalising point is a mean and a variance that "
                                    "a layer with Σw = 0, Σw² = 1 keeps. A "
                                    "half-stable point is where V′ = χ₁ = 1."});
    return s;
}

section parameter_section(const analysis& a) {
    section s{"Gradients by parameters", {}};
    const auto& found = a.flow.parameter_gradients;
    if (!found) {
        s.blocks.emplace_back(paragraph{"They were " + not_found(found) + "."});
        return s;
    }
    for (const parameter_gradient& p : *found) {
        auto shown = [](const std::string& text) {
            return text.empty() ? "(more than 65536 characters)" : text;
        };
        s.blocks.emplace_back(formula_text{fmt::format("∂f/∂{}", p.name), shown(p.text)});
        s.blocks.emplace_back(formula_text{fmt::format("∂²f/∂x∂{}", p.name), shown(p.slope_text)});
        table t{{"x", fmt::format("∂f/∂{}", p.name), fmt::format("∂²f/∂x∂{}", p.name)}, {}};
        for (const parameter_gradient::sample& at : p.samples)
            t.rows.push_back({show(at.x), show(at.value, 12), show(at.slope, 12)});
        s.blocks.emplace_back(std::move(t));
    }
    return s;
}

}  // namespace chainrule::report
