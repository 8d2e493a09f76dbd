// SPDX-License-Identifier: BSL-1.0
#include "catalogue_scorecard.hpp"

#include <chainrule/graph/lower.hpp>

#include "graph_program.hpp"
#include "numbers.hpp"

#include <fmt/format.h>

#include <cmath>

namespace chainrule::report {

namespace {

/// The gradient of a wide random network without help from the initialisation.
std::string decade(const finding<mean_field_analysis>& found) {
    if (!found) return "not found";
    const mean_field_report& r = found->report;
    if (r.outcome == mean_field_outcome::undefined) return "undefined";
    if (r.chi1 == 0) return "0: all lost";
    if (std::isinf(r.chi1)) return "0: ×∞";
    if (std::isnan(r.chi1)) return "no limit";
    if (std::isinf(r.gradient_decade_depth)) return "∞: kept";
    return fmt::format("{} {}", show(r.gradient_decade_depth, 3), r.chi1 < 1 ? "÷10" : "×10");
}

std::string dead_zone(const finding<saturation_analysis>& found) {
    if (!found) return "not found";
    if (!found->set.has_dead_zone()) return "none";
    return show_share(found->dead_measure);
}

std::string centre(const finding<moments_report>& found) {
    if (!found) return "not found";
    const double mean = found->mean.value;
    if (std::isnan(mean)) return "undefined";
    const bool is_centred = std::abs(mean) <= found->mean.error + 1e-15;
    return is_centred ? "yes" : fmt::format("no: {}", show(mean, 4));
}

std::string smoothness(const finding<function_shape>& shape,
                       const finding<kink_collection>& kinks) {
    if (!shape) return "not found";
    if (shape->smoothness == function_shape::smooth) return "smooth";
    const std::size_t count = kinks ? kinks->size() : 0;
    const std::string many = kinks && !kinks->is_complete ? "endless" : fmt::format("{}", count);
    if (kinks && kinks->has_jump()) return fmt::format("{} jump{}", many, count == 1 ? "" : "s");
    if (count > 0) return fmt::format("C⁰, {} kink{}", many, count == 1 ? "" : "s");
    if (shape->smoothness < 0) return "not everywhere defined";
    return fmt::format("C{}", shape->smoothness == 1 ? "¹" : shape->smoothness == 2 ? "²" : "³");
}

std::string bounds(const finding<value_range>& found) {
    if (!found) return "not found";
    auto end = [](const interval& i) {
        return std::isinf(i.lo) && i.lo == i.hi ? show(i.lo) : show(i.middle(), 4);
    };
    return fmt::format("{} … {}", end(found->inf), end(found->sup));
}

std::string saturates(const finding<function_shape>& shape) {
    if (!shape) return "not found";
    const bool left = shape->slope_at_minus_infinity == 0;
    const bool right = shape->slope_at_infinity == 0;
    return left && right ? "both sides" : left ? "left" : right ? "right" : "no";
}

std::string monotone(const finding<function_shape>& shape) {
    if (!shape) return "not found";
    return shape->is_nondecreasing ? "rises" : shape->is_nonincreasing ? "falls" : "no";
}

std::string cost(const catalogue_row& row, double throughput::*which) {
    return row.found.speed ? fmt::format("{:.2f}", *row.found.speed.*which) : "not measured";
}

}  // namespace

catalogue_extras find_catalogue_extras(const formula& subject) {
    catalogue_extras result;
    const rooted_graph written = subject.as_written();
    const detail::analysed_function function(written.graph, written.root, {"x"}, {0.0L});
    const profile_report p =
        profile(std::vector<layer>(long_chain_depth, layer(function)), chain_start_at);
    result.log_slope = p.log_slope;
    result.first_below = p.first_below(std::log(lost_below));

    rooted_graph f = subject.for_computing();
    std::vector<int> roots{f.root};
    result.value_operations = graph_program(f.graph, roots, subject.parameters()).steps();
    roots.push_back(detail::derive_with_policy(f.graph, roots[0], "x", detail::kink_rule::usual));
    f.graph = detail::simplified(f.graph, roots, detail::for_programs);
    result.slope_operations = graph_program(f.graph, roots, subject.parameters()).steps();
    return result;
}

section catalogue_scorecard(const std::vector<catalogue_row>& rows) {
    table t{{"activation", "50 layers", "per layer", "1000 layers from 0.5",
             "a factor of 10 in layers", "dead zone", "zero-centred", "differentiable", "values",
             "saturates", "monotone", "ns f", "ns backward", "operations"},
            {}};
    for (const catalogue_row& row : rows) {
        const gradient_flow_analysis& flow = row.found.flow;
        const catalogue_extras& extras = row.extras;
        t.rows.push_back(
            {row.entry.name, verdict_words(row.found.chain),
             show_exponential(row.found.chain.log_median / row.found.chain.depth),
             extras.first_below ? fmt::format("{}, lost at {}", show_exponential(extras.log_slope),
                                              *extras.first_below)
                                : show_exponential(extras.log_slope),
             decade(flow.plain), dead_zone(flow.saturation), centre(flow.moments),
             smoothness(flow.shape, flow.kinks), bounds(flow.values), saturates(flow.shape),
             monotone(flow.shape), cost(row, &throughput::fused_value),
             cost(row, &throughput::fused_backward),
             fmt::format("{} / {}", extras.value_operations, extras.slope_operations)});
    }
    const std::string legend = fmt::format(
        "Vanishing and exploding, three ways: “50 layers” is the verdict on the chain "
        "f(f(…f(x₀))), "
        "x₀ ~ N(0,1) (vanishes below {}, explodes above {}; “typically” where the median differs "
        "from "
        "the root mean square), with the factor “per layer” of the median; “1000 layers from 0.5” "
        "is "
        "|∂x₁₀₀₀/∂x₀| of that chain at x₀ = 0.5, and the layer from which it is below {}; “a "
        "factor of "
        "10 in layers” says after how many layers of a wide random network (σ_w² = 1, σ_b² = 0) "
        "the "
        "squared gradient is ten times smaller (÷10) or larger (×10). “Dead zone” is the share of "
        "N(0,1) with f′ = 0 on an interval; “zero-centred” asks whether E f = 0; “saturates” where "
        "f′ "
        "tends to 0 at infinity. “ns” are nanoseconds per float of the fused kernels on one core, "
        "{} "
        "floats in the first-level cache: f, and the backward pass grad_in = grad_out·f′; "
        "“operations” are the steps of the loop for f and of the one for f and f′.",
        show(vanishing_below), show(exploding_above), show(lost_below), throughput_elements);
    return {"Scorecard", {paragraph{legend}, std::move(t)}};
}

}  // namespace chainrule::report
