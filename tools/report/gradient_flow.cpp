// SPDX-License-Identifier: BSL-1.0
#include "gradient_flow.hpp"

#include <chainrule/graph/lower.hpp>

#include "document.hpp"
#include "graph_program.hpp"
#include "network_measurement.hpp"
#include "numbers.hpp"
#include "processor_time.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <stdexcept>

namespace chainrule::report {

namespace {

using detail::analysed_function;
using detail::closed_formula;
using detail::graph;
using detail::operand;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr int network_width = 128;
constexpr int network_depth = 32;
constexpr int network_draws = 6;

/// In x alone, numbers in the places of symbols.
closed_formula closed(const rooted_graph& f) { return detail::with_defaults(f.graph, f.root, 0); }

closed_formula derived(const closed_formula& f, int order) {
    return {f.nodes, f.root, f.order + order};
}

analysed_function as_function(const closed_formula& f) { return {f.nodes, f.root, {"x"}, {0.0L}}; }

/// x replaced by the node `input` of `into`; gives the new root.
int place_into(graph& into, const closed_formula& f, int input) {
    std::vector<int> image(static_cast<std::size_t>(f.root) + 1, -1);
    for (int i = 0; i <= f.root; ++i) {
        const detail::node n = f.nodes.at(i);
        int& mine = image[static_cast<std::size_t>(i)];
        if (n.kind == detail::symbol_node) {
            mine = input;
            continue;
        }
        detail::operand_list children;
        for (int k = 0; k < n.count; ++k) {
            const operand c = f.nodes.child(n, k);
            children.push_back({image[static_cast<std::size_t>(c.node)], c.weight});
        }
        mine = into.put(n.kind, n.value, n.residual, children.data(), children.size());
    }
    return image[static_cast<std::size_t>(f.root)];
}

closed_formula repeated(const closed_formula& f, int times) {
    closed_formula result = f;
    for (int i = 1; i < times; ++i) result.root = place_into(result.nodes, f, result.root);
    return result;
}

struct out_of_time {};

/// Runs one part after the other, each with a time limit.
class stop_watch {
public:
    explicit stop_watch(const gradient_flow_request& r) : request(r) {
        current = this;
        analysis_interruption = &look;
    }
    ~stop_watch() {
        analysis_interruption = nullptr;
        current = nullptr;
    }
    stop_watch(const stop_watch&) = delete;
    stop_watch& operator=(const stop_watch&) = delete;

    /// What `part` returns, or why it returned nothing.
    template<class Part>
    auto find(const std::string& name, Part part) -> finding<decltype(part())> {
        using result = finding<decltype(part())>;
        what = name;
        const double started = processor_seconds();
        const double end = begun + request.total_seconds;
        deadline = std::min(started + request.part_seconds, end);
        if (request.progress) request.progress(what);
        if (started >= end)
            return result::none("left out: the rest of the analysis had used up the time");
        try {
            return result(part());
        } catch (const out_of_time&) {
            return result::none(
                fmt::format("given up after {:.1f} s", processor_seconds() - started));
        } catch (const std::invalid_argument& problem) {
            std::string text = problem.what();
            if (text.starts_with("chainrule: ")) text.erase(0, 11);
            return result::none(text);
        }
    }

private:
    const gradient_flow_request&
        request;  // NOLINT(cppcoreguidelines-avoid-const-or-ref-data-members)
    double begun = processor_seconds();
    double deadline = 0;
    std::string what;
    unsigned calls = 0;
    static inline thread_local stop_watch* current = nullptr;

    static void look() {
        stop_watch& me = *current;
        if (++me.calls % 256 != 0) return;
        if (processor_seconds() > me.deadline) throw out_of_time();
        if (me.calls % 65536 == 0 && me.request.progress) me.request.progress(me.what);
    }
};

/// `Found` cannot be worked out because `missing` could not.
template<class Found, class Missing>
finding<Found> without(const finding<Missing>& missing, const std::string& name) {
    return finding<Found>::none(
        fmt::format("it needs {}, and that is missing: {}", name, missing.why_not()));
}

saturation_analysis saturation_of(const closed_formula& f) {
    saturation_analysis result;
    result.set = detail::saturation_of_formula(f, saturation_threshold);
    result.measure = result.set.measure(0, 1);
    result.dead_measure = result.set.dead_measure(0, 1);
    return result;
}

numerical_death find_numerical_death(const compiled_formula& f, const analysed_function& exact) {
    constexpr int per_binade = 16;
    std::vector<float> in{0.0F};
    for (int exponent = -149; exponent < 128; ++exponent) {
        for (int k = 0; k < per_binade; ++k) {
            const float size =
                std::ldexp(1 + static_cast<float>(k) / static_cast<float>(per_binade), exponent);
            in.push_back(size);
            in.push_back(-size);
        }
    }
    const std::vector<float> ones(in.size(), 1.0F);
    std::vector<float> slope(in.size());
    f.backward_float(in.data(), ones.data(), slope.data(), in.size());
    numerical_death result;
    result.looked_at = in.size();
    for (std::size_t i = 0; i < in.size(); ++i) {
        if (slope[i] != 0) continue;
        const long double there = exact.value_and_slope(static_cast<long double>(in[i]))[1];
        if (std::fabs(there) >= static_cast<long double>(std::numeric_limits<float>::denorm_min()))
            result.inputs.push_back(in[i]);
    }
    std::ranges::sort(result.inputs);
    return result;
}

mean_field_analysis mean_field_of(detail::length_map& map, double weight_variance) {
    return {weight_variance, 0, detail::mean_field_solver(map, weight_variance, 0).run()};
}

std::vector<edge_point> edge_of(detail::length_map& map) {
    constexpr int points = 33;  // four to a decade
    std::vector<edge_point> result;
    for (int i = 0; i < points; ++i)
        result.push_back(detail::edge_of_chaos_at(map, std::pow(10.0L, -4 + i / 4.0L)));
    return result;
}

correlation_analysis correlation_of(const analysed_function& f) {
    const correlation_map_report map(f, 1);
    if (!(map.at_zero.value == map.at_zero.value))
        throw std::invalid_argument("f is undefined for some inputs");
    correlation_analysis result{map.at_zero, map.slope, map.curvature, {}};
    if (map.has_jump) result.slope = result.curvature = {infinity, 0};
    for (int i = -10; i <= 10; ++i) {
        const double c = i / 10.0;
        result.samples.push_back({c, map(c)});
    }
    return result;
}

composition_analysis compose(std::string name, const closed_formula& whole, int layers,
                             const std::vector<interval>& factors) {
    composition_analysis result{std::move(name), layers, {}, {1, 1}};
    result.slope = detail::largest_size(detail::range_of_formula(derived(whole, 1), real_line));
    for (const interval& factor : factors)
        detail::multiply_bound(result.product, factor, layers / static_cast<int>(factors.size()));
    // The product is a bound as well: certified, and at times the better one.
    result.slope.hi = std::min(result.slope.hi, std::max(result.product.hi, result.slope.lo));
    return result;
}

network_analysis measure_critical_network(const formula& subject, double weight_variance, int depth,
                                          const finding<kink_collection>& kinks) {
    std::vector<double> places;
    if (kinks) {
        for (const kink_with_slopes& k : *kinks) places.push_back(k.at);
    }
    const auto [predicted, measured] =
        measure_network(run_time_kernel(subject), critical_initialisation(weight_variance, 0),
                        {network_width, std::min(depth, network_depth), network_draws}, places);
    network_analysis result{network_width, network_draws, weight_variance, 0, {}};
    for (std::size_t l = 0; l < measured.size(); ++l) {
        result.layers.push_back({predicted[l].length, predicted[l].log_gradient,
                                 measured[l].log_gradient, measured[l].log_gradient_low,
                                 measured[l].log_gradient_high});
    }
    return result;
}

parameter_gradient parameter_gradient_of(const formula& subject, const parameter_value& p) {
    parameter_gradient result{p.name,
                              p.value.value,
                              subject.parameter_text(p.name, 0),
                              subject.parameter_text(p.name, 1),
                              {}};
    rooted_graph f = subject.with_symbols();
    std::vector<int> roots{f.root};
    f.graph = detail::simplified(f.graph, roots, detail::for_programs);
    roots[0] = detail::derive_with_policy(f.graph, roots[0], p.name, detail::kink_rule::usual);
    f.graph = detail::simplified(f.graph, roots, detail::for_programs);
    roots.push_back(detail::derive_with_policy(f.graph, roots[0], "x", detail::kink_rule::usual));
    f.graph = detail::simplified(f.graph, roots, detail::for_programs);
    const graph_program program(f.graph, roots, subject.parameters());
    std::vector<long double> values;
    for (const double x : {-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0}) {
        program.run(static_cast<long double>(x), values);
        result.samples.push_back(
            {x, static_cast<double>(values[0]), static_cast<double>(values[1])});
    }
    return result;
}

}  // namespace

double composition_analysis::ratio() const { return slope.middle() / product.middle(); }

gradient_flow_analysis analyse_gradient_flow(const formula& subject,
                                             const compiled_formula* compiled,
                                             const gradient_flow_request& request) {
    gradient_flow_analysis result;
    result.depth = request.depth;
    stop_watch watch(request);
    const closed_formula f = closed(subject.as_written());
    const analysed_function function = as_function(f);
    detail::length_map lengths(function);

    result.kinks = watch.find("kinks", [&] { return detail::kinks_of_formula(f, real_line); });
    result.moments = watch.find("moments", [&] { return detail::moments_of(function, 1); });
    result.slopes = watch.find("range of f′",
                               [&] { return detail::range_of_formula(derived(f, 1), real_line); });
    result.values =
        watch.find("range of f", [&] { return detail::range_of_formula(f, real_line); });
    result.curvatures = watch.find(
        "range of f″", [&] { return detail::range_of_formula(derived(f, 2), real_line); });
    result.lipschitz = result.slopes ? finding<interval>(detail::largest_size(*result.slopes))
                                     : without<interval>(result.slopes, "the range of f′");
    result.shape = watch.find("shape", [&] { return detail::shape_of_formula(f); });
    result.saturation = watch.find("saturation", [&] { return saturation_of(f); });

    const bool has_gain = result.moments && result.moments->slope_second_moment.value > 0 &&
        std::isfinite(result.moments->slope_second_moment.value);
    const double gain_squared = has_gain ? 1 / result.moments->slope_second_moment.value : 0;
    const std::string no_gain = !result.moments
        ? "it needs E f′², and that is missing: " + result.moments.why_not()
        : fmt::format("E f′² = {}, so that no weight variance keeps the gradient",
                      show(result.moments->slope_second_moment.value));
    result.critical = has_gain
        ? watch.find("mean field", [&] { return mean_field_of(lengths, gain_squared); })
        : finding<mean_field_analysis>::none(no_gain);
    result.plain = watch.find("mean field", [&] { return mean_field_of(lengths, 1); });

    const layer one(function);
    result.chain = watch.find("chain", [&] {
        return named_profile{
            chain_start_at,
            profile(std::vector<layer>(static_cast<std::size_t>(request.depth), one),
                    chain_start_at)};
    });
    std::vector<closed_formula> stages;
    std::vector<analysed_function> stage_functions;
    for (std::size_t i = 0; i < subject.stages().size(); ++i) {
        stages.push_back(closed(subject.stage(i)));
        stage_functions.push_back(as_function(stages.back()));
    }
    result.stages = stages.size() < 2
        ? finding<named_profile>::none("the formula is not a composition")
        : watch.find("stages", [&] {
              std::vector<layer> layers;
              for (const analysed_function& s : stage_functions) layers.emplace_back(s);
              return named_profile{chain_start_at, profile(layers, chain_start_at)};
          });

    if (compiled != nullptr) {
        result.numerically_dead = watch.find(
            "numerically dead inputs", [&] { return find_numerical_death(*compiled, function); });
    } else {
        result.numerically_dead = finding<numerical_death>::none("it needs the compiled kernel");
    }
    if (request.networks) {
        if (compiled == nullptr) {
            result.network = finding<network_analysis>::none("it needs the compiled kernel");
        } else if (!has_gain) {
            result.network = finding<network_analysis>::none(no_gain);
        } else {
            result.network = watch.find("random network", [&] {
                return measure_critical_network(subject, gain_squared, request.depth, result.kinks);
            });
        }
    }

    const bool has_kink = result.moments && (result.moments->has_kink || result.moments->has_jump);
    if (request.solves) {
        result.edge = watch.find("edge of chaos", [&] { return edge_of(lengths); });
        result.correlation =
            watch.find("correlation map", [&] { return correlation_of(function); });
        if (result.moments && result.moments->variance.value > 0 &&
            std::isfinite(result.moments->variance.value)) {
            const double scale = result.moments->variance_gain.value;
            const estimate& mean = result.moments->mean;
            // What is no more than its error is the 0 of an odd f.
            result.standardised = affine_transformation{
                scale, std::fabs(mean.value) <= mean.error ? 0 : -scale * mean.value};
        } else {
            result.standardised =
                finding<affine_transformation>::none("Var f is not a positive finite number");
        }
        result.self_normalising = watch.find("self-normalising point", [&] {
            return detail::find_self_normalising_point(function, {0, 1}, 0, 1);
        });
        // Where f(0) = 0 the signal 0 keeps itself: that is no point to normalise at.
        if (result.self_normalising &&
            (!result.self_normalising->converged || !(result.self_normalising->variance > 1e-6))) {
            result.self_normalising =
                finding<self_normalising_point>::none("Newton's method from mean 0 and variance 1 "
                                                      "finds no mean and variance above 0 that "
                                                      "the layer keeps");
        }
        result.half_stable = watch.find("half-stable points",
                                        [&] { return detail::half_stable_points_of(lengths); });
        auto shape = [&](const char* name, auto solve) {
            const finding<kernel_shape> found = watch.find(name, solve);
            return !found || found->converged
                ? found
                : finding<kernel_shape>::none("the four equations have no solution that was found");
        };
        result.deep_kernel_shaping = shape("deep kernel shaping", [&] {
            return detail::deep_kernel_shape_of(function, request.depth, 1.5);
        });
        result.tailored = has_kink
            ? finding<kernel_shape>::none("f has a kink or a jump, so that C″(1) is infinite")
            : shape("tailored transformation",
                    [&] { return detail::tailored_shape_of(function, request.depth, 0.3); });
    }
    if (request.parameters) {
        result.parameter_gradients = watch.find("parameter gradients", [&] {
            std::vector<parameter_gradient> list;
            for (const parameter_value& p : subject.parameters()) {
                if (std::isfinite(p.value.value)) list.push_back(parameter_gradient_of(subject, p));
            }
            return list;
        });
    }
    if (request.compositions) {
        if (stages.size() > 1) {
            result.compositions.push_back(watch.find("composition", [&] {
                std::vector<interval> factors;
                std::string name;
                for (std::size_t i = 0; i < stages.size(); ++i) {
                    factors.push_back(detail::largest_size(
                        detail::range_of_formula(derived(stages[i], 1), real_line)));
                    name = "f" + subscript(static_cast<int>(i) + 1) + (i == 0 ? "" : "∘") + name;
                }
                return compose(name, f, static_cast<int>(stages.size()), factors);
            }));
        }
        for (const int layers : {2, 3, 10}) {
            if (layers > request.depth) break;
            result.compositions.push_back(
                result.lipschitz
                    ? watch.find("composition",
                                 [&] {
                                     return compose(
                                         layers == 2 ? "f∘f" : fmt::format("f^{}", layers),
                                         repeated(f, layers), layers, {*result.lipschitz});
                                 })
                    : without<composition_analysis>(result.lipschitz, "sup |f′|"));
        }
    }
    return result;
}

}  // namespace chainrule::report
