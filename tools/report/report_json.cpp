// SPDX-License-Identifier: BSL-1.0
#include "report_json.hpp"

#include "numbers.hpp"
#include "plain_code.hpp"

#include <nlohmann/json.hpp>

#include <cmath>
#include <utility>

namespace chainrule::report {

namespace {

using nlohmann::ordered_json;

ordered_json number(double v) {
    if (std::isnan(v)) return nullptr;
    if (std::isinf(v)) return v > 0 ? "inf" : "-inf";
    return v + 0.0;
}

ordered_json missing(const std::string& reason) { return {{"value", nullptr}, {"reason", reason}}; }

ordered_json json(const interval& i) { return ordered_json::array({number(i.lo), number(i.hi)}); }

ordered_json json(const std::vector<interval>& list) {
    ordered_json result = ordered_json::array();
    for (const interval& i : list) result.push_back(json(i));
    return result;
}

ordered_json json(const estimate& e) {
    if (std::isnan(e.value)) return missing("undefined: f is undefined for some inputs");
    if (has_not_converged(e)) return missing("the quadrature does not converge");
    return {{"value", number(e.value)}, {"error", number(e.error)}};
}

const char* word(attainment how) {
    return how == attainment::attained ? "attained"
        : how == attainment::limit     ? "limit"
                                       : "one_sided";
}

ordered_json json(const value_range& r) {
    return {{"inf", json(r.inf)}, {"inf_at", number(r.inf_at)}, {"inf_how", word(r.inf_how)},
            {"sup", json(r.sup)}, {"sup_at", number(r.sup_at)}, {"sup_how", word(r.sup_how)}};
}

ordered_json json(const kink_collection& kinks) {
    ordered_json list = ordered_json::array();
    for (const kink_with_slopes& k : kinks) {
        list.push_back({{"at", number(k.at)},
                        {"left_slope", number(k.left_slope)},
                        {"right_slope", number(k.right_slope)},
                        {"has_jump", k.has_jump}});
    }
    return {{"points", std::move(list)}, {"is_complete", kinks.is_complete}};
}

ordered_json json(const function_shape& s) {
    ordered_json smoothness = "smooth";
    if (s.smoothness != function_shape::smooth) smoothness = s.smoothness;
    return {{"parity",
             s.symmetry == parity::even      ? "even"
                 : s.symmetry == parity::odd ? "odd"
                                             : "none"},
            {"is_nondecreasing", s.is_nondecreasing},
            {"is_nonincreasing", s.is_nonincreasing},
            {"is_convex", s.is_convex},
            {"is_concave", s.is_concave},
            {"smoothness", std::move(smoothness)},
            {"is_bounded_below", s.is_bounded_below},
            {"is_bounded_above", s.is_bounded_above},
            {"slope_at_minus_infinity", number(s.slope_at_minus_infinity)},
            {"slope_at_infinity", number(s.slope_at_infinity)},
            {"slope_variation", json(s.slope_variation)}};
}

ordered_json json(const saturation_analysis& s) {
    return {{"threshold", saturation_threshold},      {"intervals", json(s.set.intervals)},
            {"measure", number(s.measure)},           {"dead_zones", json(s.set.dead_zones)},
            {"dead_measure", number(s.dead_measure)}, {"is_complete", s.set.is_complete}};
}

ordered_json json(const numerical_death& d) {
    ordered_json list = ordered_json::array();
    for (const float x : d.inputs) list.push_back(static_cast<double>(x));
    return {{"inputs", std::move(list)}, {"looked_at", d.looked_at}};
}

ordered_json json(const moments_report& m) {
    return {{"mean", json(m.mean)},
            {"second_moment", json(m.second_moment)},
            {"variance", json(m.variance)},
            {"slope_mean", json(m.slope_mean)},
            {"slope_second_moment", json(m.slope_second_moment)},
            {"curvature_second_moment", json(m.curvature_second_moment)},
            {"log_slope", json(m.log_slope)},
            {"gain", json(m.gain)},
            {"variance_gain", json(m.variance_gain)},
            {"backward_gain", json(m.backward_gain)},
            {"has_kink", m.has_kink},
            {"has_jump", m.has_jump}};
}

const char* word(mean_field_outcome outcome) {
    switch (outcome) {
    case mean_field_outcome::fixed_point:
        return "fixed_point";
    case mean_field_outcome::zero:
        return "zero";
    case mean_field_outcome::diverges:
        return "diverges";
    case mean_field_outcome::every_length:
        return "every_length";
    case mean_field_outcome::marginal:
        return "marginal";
    case mean_field_outcome::oscillates:
        return "oscillates";
    default:
        return "undefined";
    }
}

ordered_json json(const mean_field_analysis& m) {
    const mean_field_report& r = m.report;
    ordered_json points = ordered_json::array();
    for (const length_fixed_point& p : r.fixed_points) {
        points.push_back(
            {{"length", number(p.length)}, {"slope", number(p.slope)}, {"is_stable", p.is_stable}});
    }
    auto with_error = [](double value, double error) -> ordered_json {
        return {{"value", number(value)}, {"error", number(error)}};
    };
    return {{"weight_variance", number(m.weight_variance)},
            {"bias_variance", number(m.bias_variance)},
            {"outcome", word(r.outcome)},
            {"length", with_error(r.length, r.error.length)},
            {"length_slope", with_error(r.length_slope, r.error.length_slope)},
            {"chi1", with_error(r.chi1, r.error.chi1)},
            {"phase",
             r.phase == phase::ordered       ? "ordered"
                 : r.phase == phase::chaotic ? "chaotic"
                                             : "critical"},
            {"depth_scale_length", with_error(r.depth_scale_length, r.error.depth_scale_length)},
            {"depth_scale_correlation",
             with_error(r.depth_scale_correlation, r.error.depth_scale_correlation)},
            {"correlation", number(r.correlation)},
            {"correlation_slope", number(r.correlation_slope)},
            {"gradient_decade_depth", number(r.gradient_decade_depth)},
            {"has_jump", r.has_jump},
            {"fixed_points", std::move(points)}};
}

ordered_json json(const edge_point& e) {
    return {{"length", number(e.length)},
            {"weight_variance", number(e.weight_variance)},
            {"bias_variance", number(e.bias_variance)},
            {"length_slope", number(e.length_slope)},
            {"admissible", e.admissible}};
}

ordered_json json(const std::vector<edge_point>& list) {
    ordered_json result = ordered_json::array();
    for (const edge_point& e : list) result.push_back(json(e));
    return result;
}

ordered_json json(const correlation_analysis& c) {
    ordered_json samples = ordered_json::array();
    for (const correlation_sample& s : c.samples) {
        ordered_json one = json(s.value);
        one["c"] = s.correlation;
        samples.push_back(std::move(one));
    }
    return {{"at_zero", json(c.at_zero)},
            {"slope", json(c.slope)},
            {"curvature", json(c.curvature)},
            {"samples", std::move(samples)}};
}

ordered_json json(const composition_analysis& c) {
    return {{"of", c.of},
            {"layers", c.layers},
            {"slope", json(c.slope)},
            {"product", json(c.product)},
            {"ratio", number(c.ratio())}};
}

ordered_json json(const named_profile& found) {
    const profile_report& p = found.profile;
    ordered_json layers = ordered_json::array();
    for (std::size_t k = 0; k < p.layers.size(); ++k) {
        layers.push_back(
            {{"log_slope", number(p.layers[k].log_slope)},
             {"share", number(p.layers[k].share)},
             {"sign", p.layers[k].sign},
             {"log_slope_so_far", number(static_cast<double>(p.log_slopes_by_depth()[k]))}});
    }
    auto layer_number = [](const std::optional<std::size_t>& layer) -> ordered_json {
        if (!layer) return nullptr;
        return *layer;
    };
    return {{"start", found.start},
            {"sign", p.sign},
            {"log_slope", number(p.log_slope)},
            {"value", number(p.value)},
            {"weakest_layer", p.weakest()},
            {"dead_layer", layer_number(p.dead_layer())},
            {"first_below_1e-6", layer_number(p.first_below(std::log(lost_below)))},
            {"layers", std::move(layers)}};
}

ordered_json json(const network_analysis& n) {
    ordered_json layers = ordered_json::array();
    for (const network_layer& l : n.layers) {
        layers.push_back({{"length", number(l.length)},
                          {"predicted_log_gradient", number(l.predicted)},
                          {"measured_log_gradient", number(l.measured)},
                          {"measured_log_gradient_low", number(l.measured_low)},
                          {"measured_log_gradient_high", number(l.measured_high)}});
    }
    return {{"width", n.width},
            {"draws", n.draws},
            {"weight_variance", number(n.weight_variance)},
            {"bias_variance", number(n.bias_variance)},
            {"layers", std::move(layers)}};
}

ordered_json json(const affine_transformation& t) {
    return {{"scale", number(t.scale)}, {"shift", number(t.shift)}};
}

ordered_json json(const self_normalising_point& p) {
    return {{"mean", number(p.mean)},
            {"variance", number(p.variance)},
            {"spectral_radius", number(p.map.spectral_radius)},
            {"spectral_norm", number(p.map.spectral_norm)},
            {"jacobian",
             ordered_json::array({number(p.map.jacobian[0][0]), number(p.map.jacobian[0][1]),
                                  number(p.map.jacobian[1][0]), number(p.map.jacobian[1][1])})},
            {"residual", number(p.residual)}};
}

ordered_json json(const kernel_shape& k) {
    return {{"input_scale", number(k.input_scale)},
            {"input_shift", number(k.input_shift)},
            {"output_scale", number(k.output_scale)},
            {"output_shift", number(k.output_shift)},
            {"residual", number(k.residual)}};
}

ordered_json json(const std::vector<parameter_gradient>& list) {
    ordered_json result = ordered_json::array();
    for (const parameter_gradient& p : list) {
        ordered_json samples = ordered_json::array();
        for (const parameter_gradient::sample& s : p.samples) {
            samples.push_back({{"x", s.x},
                               {"derivative", number(s.value)},
                               {"mixed_derivative", number(s.slope)}});
        }
        result.push_back({{"parameter", p.name},
                          {"at", number(p.parameter_value)},
                          {"derivative", p.text},
                          {"mixed_derivative", p.slope_text},
                          {"samples", std::move(samples)}});
    }
    return result;
}

template<class T>
ordered_json json(const finding<T>& f) {
    return f ? json(*f) : missing(f.why_not());
}

const char* word(chain_verdict verdict) {
    switch (verdict) {
    case chain_verdict::vanishes:
        return "vanishes";
    case chain_verdict::preserved:
        return "preserved";
    case chain_verdict::explodes:
        return "explodes";
    default:
        return "undefined";
    }
}

ordered_json json(const chain_analysis& c) {
    auto depth = [](const std::optional<int>& at) -> ordered_json {
        if (!at) return nullptr;
        return *at;
    };
    ordered_json levels = ordered_json::array();
    for (const chain_level& l : c.levels) {
        levels.push_back({{"depth", l.depth},
                          {"log_root_mean_square", number(l.log_rms)},
                          {"log_median", number(l.log_median)},
                          {"log_tenth", number(l.log_low)},
                          {"log_ninetieth", number(l.log_high)}});
    }
    ordered_json starts = ordered_json::array();
    for (const chain_start& s : c.starts)
        starts.push_back({{"start", s.start}, {"log_slope", number(s.log_slope)}});
    return {{"depth", c.depth},
            {"verdict", word(c.verdict)},
            {"typical_verdict", word(c.typical_verdict)},
            {"vanishing_below", vanishing_below},
            {"exploding_above", exploding_above},
            {"log_root_mean_square", number(c.log_rms)},
            {"log_median", number(c.log_median)},
            {"root_mean_square_below_1e-6_at", depth(c.lost_at)},
            {"median_below_1e-6_at", depth(c.typically_lost_at)},
            {"dead_share", number(c.dead_share)},
            {"undefined_share", number(c.undefined_share)},
            {"relative_uncertainty", number(c.uncertainty)},
            {"starts", std::move(starts)},
            {"levels", std::move(levels)}};
}

ordered_json json(const input_statistics& i) {
    return {{"description", i.description},
            {"count", i.count},
            {"smallest", number(i.smallest)},
            {"largest", number(i.largest)},
            {"mean_input", number(i.mean_input)},
            {"deviation_input", number(i.deviation_input)},
            {"mean_output", number(i.mean_output)},
            {"mean_slope_size", number(i.mean_slope_size)},
            {"mean_squared_slope", number(i.mean_squared_slope)},
            {"dead_share", number(i.dead_share)},
            {"saturated_share", number(i.saturated_share)},
            {"undefined", i.undefined}};
}

ordered_json json(const throughput& t, const analysis& a, const std::string& compiled_with) {
    auto plain = [&](double nanoseconds) {
        return nanoseconds > 0
            ? ordered_json(nanoseconds)
            : missing(write_plain_code(*a.subject).why_not + " has no counterpart in <cmath>");
    };
    return {{"unit", "ns per float32 element, one thread"},
            {"compiled_with", compiled_with},
            {"fused_value", number(t.fused_value)},
            {"plain_value", plain(t.plain_value)},
            {"fused_backward", number(t.fused_backward)},
            {"plain_backward", plain(t.plain_backward)}};
}

}  // namespace

std::string report_json(const analysis& a, const std::string& compiled_with) {
    const gradient_flow_analysis& flow = a.flow;
    ordered_json formula{{"stages", a.subject->stages()}};
    ordered_json parameters = ordered_json::object();
    for (const parameter_value& p : a.subject->parameters())
        parameters[p.name] = number(p.value.value);
    formula["parameters"] = std::move(parameters);
    formula["f"] = a.subject->text(0);
    formula["first_derivative"] = a.subject->text(1);
    formula["second_derivative"] = a.subject->text(2);

    ordered_json compositions = ordered_json::array();
    for (const finding<composition_analysis>& c : flow.compositions)
        compositions.push_back(json(c));

    const ordered_json result{
        {"title", describe(*a.subject)},
        {"formula", std::move(formula)},
        {"verdict_sentence", verdict_sentence(a.chain)},
        {"values",
         {{"at_zero", number(a.values.at_zero)},
          {"at_minus_infinity", number(a.values.at_minus_infinity)},
          {"at_infinity", number(a.values.at_infinity)}}},
        {"range", json(flow.values)},
        {"slope_range", json(flow.slopes)},
        {"curvature_range", json(flow.curvatures)},
        {"lipschitz", json(flow.lipschitz)},
        {"kinks", json(flow.kinks)},
        {"shape", json(flow.shape)},
        {"saturation", json(flow.saturation)},
        {"numerically_dead", json(flow.numerically_dead)},
        {"moments", json(flow.moments)},
        {"chain", json(a.chain)},
        {"profile", json(flow.chain)},
        {"stages", json(flow.stages)},
        {"compositions", std::move(compositions)},
        {"mean_field", {{"gradient_keeping", json(flow.critical)}, {"unit", json(flow.plain)}}},
        {"edge_of_chaos", json(flow.edge)},
        {"correlation_map", json(flow.correlation)},
        {"network", json(flow.network)},
        {"standardised", json(flow.standardised)},
        {"self_normalising", json(flow.self_normalising)},
        {"half_stable_points", json(flow.half_stable)},
        {"deep_kernel_shaping", json(flow.deep_kernel_shaping)},
        {"tailored_transformation", json(flow.tailored)},
        {"parameter_gradients", json(flow.parameter_gradients)},
        {"input", a.input ? json(*a.input) : missing("no --input was given")},
        {"throughput", a.speed ? json(*a.speed, a, compiled_with) : missing("it was not measured")},
    };
    return result.dump(2) + "\n";
}

}  // namespace chainrule::report
