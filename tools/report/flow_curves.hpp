// SPDX-License-Identifier: BSL-1.0
/// The curves of the gradient flow that are drawn: edge of chaos, phase diagram, C-map and the gradient
/// norms of random networks. Enough digits for a picture (about 5); tables take theirs from elsewhere.
#pragma once

#include <chainrule/analysis/mean_field.hpp>

#include "analysis.hpp"
#include "network_measurement.hpp"

#include <string>
#include <vector>

namespace chainrule::report {

/// A part of the plane of σ_w² and σ_b².
struct variance_window {
    double weight = 4;      ///< 0 ≤ σ_w² ≤ weight
    double bias_below = 0;  ///< bias_below ≤ σ_b² ≤ bias; below 0 there is no network
    double bias = 1;
};

/// The edge of chaos by ascending length q, 1e-6 ≤ q ≤ 1e6.
struct edge_curve {
    std::vector<edge_point> points;
    variance_window shown;
    bool is_point = false;       ///< the same σ_w² and σ_b² for every q, as for relu
    bool is_admissible = false;  ///< some of it
    std::string remark;  ///< what the picture alone does not say; why it is left out, if empty
};

/// What a random network of these variances does with gradients, q being where length 1 goes.
enum class phase_kind {
    deeply_ordered,  ///< χ₁ < 1/2
    ordered,         ///< χ₁ < 1
    chaotic,         ///< χ₁ ≥ 1
    deeply_chaotic,  ///< χ₁ > 2
    unbounded,       ///< the length grows beyond 1e6
    unsettled,       ///< the length goes nowhere
};

struct phase_region {
    phase_kind kind = phase_kind::ordered;
    struct corner {
        double weight_variance;
        double bias_variance;
    };
    std::vector<corner> outline;
};

struct phase_diagram {
    std::vector<phase_region> regions;  ///< empty: see remark of the edge
    variance_window shown;
};

struct correlation_curve {
    std::vector<double> c;
    std::vector<double> value;  ///< C(c) at q = 1
    double slope = 0;           ///< C′(1)
    std::string remark;         ///< as of edge_curve
};

/// Gradient norms by layer, for one way of drawing weights.
struct network_gradients {
    std::string name;
    initialisation init;
    network_measurement found;
};

struct network_pictures {
    std::vector<network_gradients> series;
    int width = 0;
    int draws = 0;
    std::string remark;
};

struct flow_curves {
    edge_curve edge;
    phase_diagram phases;
    correlation_curve correlation;
    network_pictures networks;
};

/// E f², E f′² and the slope of E f² for lengths q of a logarithmic grid.
class length_table {
public:
    explicit length_table(const detail::analysed_function& f);

    struct row {
        double q = 0;
        double square = 0;        ///< E f²
        double slope_square = 0;  ///< E f′²
        double square_slope = 0;  ///< d/dq E f²
    };
    [[nodiscard]] const std::vector<row>& rows() const { return rows_; }
    /// Between the rows, by their logarithms.
    [[nodiscard]] row at(double q) const;
    /// E f² grows with q: orbits of the length are monotone.
    [[nodiscard]] bool is_increasing() const { return is_increasing_; }

private:
    std::vector<row> rows_;
    bool is_increasing_ = true;
};

phase_kind phase_at(const length_table& table, double weight_variance, double bias_variance);

edge_curve find_edge(const length_table& table, const detail::analysed_function& f);
phase_diagram find_phases(const length_table& table, const edge_curve& edge);
correlation_curve find_correlation_curve(const detail::analysed_function& f);
network_pictures find_network_gradients(const analysis& a, const length_table& table);

/// All of them, with progress on stderr.
flow_curves find_flow_curves(const analysis& a);

}  // namespace chainrule::report
