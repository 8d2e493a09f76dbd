// SPDX-License-Identifier: BSL-1.0
/// Everything that the library's analyses find out about one formula: what `chainrule report` shows.
#pragma once

#include <chainrule/analysis/composition_bound.hpp>
#include <chainrule/analysis/mean_field.hpp>
#include <chainrule/analysis/profile.hpp>
#include <chainrule/analysis/saturation.hpp>
#include <chainrule/analysis/shape.hpp>
#include <chainrule/analysis/solve.hpp>

#include "compiled_formula.hpp"
#include "formula.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace chainrule::report {

inline constexpr double saturation_threshold = 1e-3;
inline constexpr double chain_start_at = 0.5;

/// What was found, or one sentence that says why nothing was.
template<class T>
class finding {
public:
    finding() = default;
    finding(T found) : result(std::move(found)) {}  // NOLINT(google-explicit-constructor)

    static finding none(std::string why) {
        finding nothing;
        nothing.reason = std::move(why);
        return nothing;
    }

    explicit operator bool() const { return result.has_value(); }
    const T& operator*() const { return *result; }
    const T* operator->() const { return &*result; }
    /// Empty if something was found.
    [[nodiscard]] const std::string& why_not() const { return reason; }

private:
    std::optional<T> result;
    std::string reason = "not asked for";
};

struct saturation_analysis {
    saturation_set set;
    double measure = 0;       ///< P(|f′| < saturation_threshold), x ~ N(0,1)
    double dead_measure = 0;  ///< P(x in a dead zone)
};

/// float32 inputs at which the compiled kernel gives f′ = 0 although f′ is a number float has.
struct numerical_death {
    std::vector<float> inputs;
    std::size_t looked_at = 0;
};

/// A wide random network with this initialisation.
struct mean_field_analysis {
    double weight_variance = 1;  ///< σ_w²
    double bias_variance = 0;    ///< σ_b²
    mean_field_report report;
};

struct correlation_sample {
    double correlation = 0;  ///< c
    estimate value;          ///< C(c)
};

/// At q = 1.
struct correlation_analysis {
    estimate at_zero;    ///< C(0)
    estimate slope;      ///< C′(1); infinite if f jumps
    estimate curvature;  ///< C″(1); infinite if f has a kink
    std::vector<correlation_sample> samples;
};

/// Certified sup |(f_n ∘ … ∘ f_1)′| beside the product of the sups.
struct composition_analysis {
    std::string of;  ///< "f∘f", "f₂∘f₁", "f^10"
    int layers = 2;
    interval slope;
    interval product;
    /// slope / product; NaN where the product is infinite or 0.
    [[nodiscard]] double ratio() const;
};

struct named_profile {
    double start = 0;
    profile_report profile;
};

/// One layer of a random network; natural logarithms of |∂L/∂u_l|, root mean square.
struct network_layer {
    double length = 0;  ///< predicted q_l
    double predicted = 0;
    double measured = 0;
    double measured_low = 0;
    double measured_high = 0;
};

struct network_analysis {
    int width = 0;
    int draws = 0;
    double weight_variance = 1;
    double bias_variance = 0;
    std::vector<network_layer> layers;
};

struct parameter_gradient {
    std::string name;
    double parameter_value = 0;
    std::string text;        ///< ∂f/∂name
    std::string slope_text;  ///< ∂²f/∂x∂name
    struct sample {
        double x = 0;
        double value = 0;  ///< ∂f/∂name
        double slope = 0;  ///< ∂²f/∂x∂name
    };
    std::vector<sample> samples;
};

struct gradient_flow_analysis {
    int depth = 50;
    // 1
    finding<value_range> values;      ///< of f
    finding<value_range> slopes;      ///< of f′
    finding<value_range> curvatures;  ///< of f″
    finding<interval> lipschitz;      ///< sup |f′|
    // 2
    finding<kink_collection> kinks;
    finding<function_shape> shape;
    // 3
    finding<saturation_analysis> saturation;
    // 4, 5, 11
    finding<moments_report> moments;  ///< under N(0, 1)
    // 6, 7, 8
    finding<mean_field_analysis> critical;  ///< σ_w² = 1/E f′², σ_b² = 0
    finding<mean_field_analysis> plain;     ///< σ_w² = 1, σ_b² = 0
    // 9
    finding<std::vector<edge_point>> edge;  ///< by ascending q
    // 10
    finding<correlation_analysis> correlation;
    // 12
    std::vector<finding<composition_analysis>> compositions;
    // 13
    finding<named_profile> chain;   ///< `depth` times f, from chain_start_at
    finding<named_profile> stages;  ///< the stages of a composed formula, once
    // 14
    finding<network_analysis> network;
    // 15
    finding<affine_transformation> standardised;
    finding<self_normalising_point> self_normalising;
    finding<std::vector<edge_point>> half_stable;
    finding<kernel_shape> deep_kernel_shaping;
    finding<kernel_shape> tailored;
    // 16
    finding<std::vector<parameter_gradient>> parameter_gradients;
    // 17
    finding<numerical_death> numerically_dead;
};

/// What to look for. A scorecard row needs less than a report.
struct gradient_flow_request {
    int depth = 50;
    bool compositions = true;  ///< 12
    bool networks = true;      ///< 14
    bool solves = true;        ///< 9, 10, 15
    bool parameters = true;    ///< 16
    /// At most, for one finding and for all, in seconds of processor time of the calling thread, so that
    /// a busy machine gives the same answers.
    double part_seconds = 4;
    double total_seconds = 16;
    /// Called before each part with its name, and every so often in between; may throw to stop.
    std::function<void(const std::string& part)> progress;
};

/// `compiled` may be null: what needs the compiled kernel (3 numerically dead, 14) is then said to be missing.
gradient_flow_analysis analyse_gradient_flow(const formula& subject,
                                             const compiled_formula* compiled,
                                             const gradient_flow_request& request);

}  // namespace chainrule::report
