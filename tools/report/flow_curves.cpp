// SPDX-License-Identifier: BSL-1.0
#include "flow_curves.hpp"

#include "numbers.hpp"
#include "processor_time.hpp"
#include "progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace chainrule::report {

namespace {

constexpr int rows_per_decade = 20;   // 2 and 5 are nearly rows
constexpr int decades_of_length = 6;  ///< on each side of 1

/// What a look is worth that ends in a picture.
constexpr long double look_precision = 1e-9L;
constexpr int look_panels = 400;

edge_point edge_of(const length_table::row& r) {
    edge_point e;
    e.length = r.q;
    e.weight_variance = 1 / r.slope_square;
    e.bias_variance = r.q - e.weight_variance * r.square;
    // Homogeneous f, as relu: only the error of the quadrature.
    if (std::fabs(e.bias_variance) < 1e-7 * r.q) e.bias_variance = 0;
    e.length_slope = e.weight_variance * r.square_slope;
    e.admissible = e.bias_variance >= 0;
    return e;
}

edge_point edge_of(detail::length_map& map, double q) {
    const auto s = map.at(static_cast<long double>(q), look_precision, look_panels);
    return edge_of({q, static_cast<double>(s.square.value),
                    static_cast<double>(s.slope_square.value),
                    static_cast<double>(s.square_slope.value)});
}

bool is_drawable(const edge_point& e) {
    return std::isfinite(e.weight_variance) && std::isfinite(e.bias_variance) &&
        e.weight_variance < 1e12;
}

/// The part of the plane with the lengths up to 2, or the smallest admissible lengths.
variance_window window_of(const edge_curve& edge) {
    constexpr double usual_length = 2;
    const auto first =
        std::ranges::find_if(edge.points, [](const edge_point& e) { return e.admissible; });
    double longest = usual_length;
    double shortest = 0;
    if (first != edge.points.end()) longest = std::max(usual_length, 4 * first->length);
    if (longest > usual_length) shortest = first->length / 4;
    variance_window w{0, 0, 0};
    for (const edge_point& e : edge.points) {
        if (e.length < shortest || e.length > longest) continue;
        w.weight = std::max(w.weight, e.weight_variance);
        w.bias = std::max(w.bias, e.bias_variance);
        w.bias_below = std::min(w.bias_below, e.bias_variance);
    }
    if (edge.is_point || w.weight == 0) {
        return {edge.is_point ? 2 * edge.points[0].weight_variance : 4, 0, 1};
    }
    w.weight *= 1.2;
    if (first == edge.points.end()) {
        w.bias = -0.3 * w.bias_below;
        w.bias_below *= 1.1;
        return w;
    }
    w.bias = w.bias > 0 ? 1.08 * w.bias : 0.5 * -w.bias_below;
    if (w.bias_below < 0) w.bias_below = std::max(1.1 * w.bias_below, -0.6 * w.bias);
    return w;
}

std::string edge_remark(const edge_curve& edge) {
    if (edge.is_point) {
        return fmt::format("Of every length q the edge of chaos is the one point σ_w² = {}, σ_b² = "
                           "{}.",
                           show(edge.points[0].weight_variance, 6),
                           show(edge.points[0].bias_variance));
    }
    if (!edge.is_admissible) {
        return "No network has χ₁ = 1: it would need σ_b² < 0 for every length q from 1e-6 to 1e6.";
    }
    const auto first =
        std::ranges::find_if(edge.points, [](const edge_point& e) { return e.admissible; });
    const auto last = std::ranges::find_if(edge.points.rbegin(), edge.points.rend(),
                                           [](const edge_point& e) { return e.admissible; });
    std::string leaving;
    if (std::ranges::any_of(edge.points, [](const edge_point& e) {
            return e.admissible && e.length_slope > 1 + 1e-6;
        })) {
        leaving = " The orange part is unstable (V′(q) > 1): the length leaves it.";
    }
    if (std::ranges::all_of(edge.points, [](const edge_point& e) { return e.admissible; })) {
        return "There is one for every length q." + leaving;
    }
    std::string result = "Solid where a network exists (σ_b² ≥ 0)";
    const bool from_start = first == edge.points.begin();
    const bool to_end = last == edge.points.rbegin();
    if (from_start && to_end) result += ": for every length q";
    else if (to_end) result += fmt::format(": for lengths q ≥ {}", show(first->length, 4));
    else
        result += fmt::format(": for lengths q between {} and {}", show(first->length, 4),
                              show(last->length, 4));
    return result + "; dashed where σ_b² would be negative." + leaving;
}

struct out_of_time {};

/// Until its end, analyses of this thread are left at Ctrl-C and when the time is over.
class time_limit {
public:
    explicit time_limit(double seconds) {
        end = processor_seconds() + seconds;
        analysis_interruption = [] {
            if (++calls % 256 != 0) return;
            stop_if_interrupted();
            if (processor_seconds() > end) throw out_of_time();
        };
    }
    ~time_limit() { analysis_interruption = nullptr; }
    time_limit(const time_limit&) = delete;
    time_limit& operator=(const time_limit&) = delete;

private:
    static inline thread_local double end = 0;
    static inline thread_local unsigned calls = 0;
};

constexpr double seconds_for_lengths = 4;
constexpr double seconds_for_correlations = 3;
constexpr double seconds_for_ends = 0.5;

}  // namespace

length_table::length_table(const detail::analysed_function& f) {
    detail::length_map map(f);
    for (int i = -rows_per_decade * decades_of_length; i <= rows_per_decade * decades_of_length;
         ++i) {
        const long double q = std::pow(10.0L, static_cast<long double>(i) / rows_per_decade);
        const auto s = map.at(q, look_precision, look_panels);
        rows_.push_back({static_cast<double>(q), static_cast<double>(s.square.value),
                         static_cast<double>(s.slope_square.value),
                         static_cast<double>(s.square_slope.value)});
        // A little below 0 is the quadrature's error, where f is bounded.
        const row& last = rows_.back();
        if (last.square_slope * last.q < -1e-6 * last.square) is_increasing_ = false;
        stop_if_interrupted();
    }
}

length_table::row length_table::at(double q) const {
    const double place = (std::log10(q) + decades_of_length) * static_cast<double>(rows_per_decade);
    const double last = static_cast<double>(rows_.size() - 1);
    const double whole = std::clamp(std::floor(place), 0.0, last - 1);
    const double part = std::clamp(place - whole, 0.0, 1.0);
    const row& a = rows_[static_cast<std::size_t>(whole)];
    const row& b = rows_[static_cast<std::size_t>(whole) + 1];
    const auto between = [&](double low, double high) {
        if (low > 0 && high > 0) return low * std::pow(high / low, part);
        return low + part * (high - low);
    };
    return {q, between(a.square, b.square), between(a.slope_square, b.slope_square),
            a.square_slope + part * (b.square_slope - a.square_slope)};
}

phase_kind phase_at(const length_table& table, double weight_variance, double bias_variance) {
    const auto& rows = table.rows();
    const auto growth = [&](double q) {
        return weight_variance * table.at(q).square + bias_variance - q;
    };
    const auto excess = [&](const length_table::row& r) {
        return weight_variance * r.square + bias_variance - r.q;
    };
    double q = 1;
    if (table.is_increasing()) {
        // The orbit of 1 is monotone: it ends at the next fixed point that way.
        const std::size_t middle = rows.size() / 2;
        const bool up = excess(rows[middle]) > 0;
        std::size_t i = middle;
        while (i > 0 && i + 1 < rows.size() && (excess(rows[i]) > 0) == up) i = up ? i + 1 : i - 1;
        if ((excess(rows[i]) > 0) == up) {
            if (up) return phase_kind::unbounded;
            q = rows[0].q;
        } else {
            double low = rows[up ? i - 1 : i].q;
            double high = rows[up ? i : i + 1].q;
            for (int step = 0; step < 30; ++step) {
                const double between = std::sqrt(low * high);
                ((growth(between) > 0) == up ? (up ? low : high) : (up ? high : low)) = between;
            }
            q = std::sqrt(low * high);
        }
    } else {
        double before = 0;
        for (int step = 0; step < 2000 && std::fabs(q - before) > 1e-9 * q; ++step) {
            before = q;
            q = std::max(growth(q) + q, rows[0].q);
            if (!(q <= rows.back().q)) return phase_kind::unbounded;
        }
        if (std::fabs(q - before) > 1e-6 * q) return phase_kind::unsettled;
    }
    const double chi = weight_variance * table.at(q).slope_square;
    if (!std::isfinite(chi)) return phase_kind::unbounded;
    if (chi < 1) return chi < 0.5 ? phase_kind::deeply_ordered : phase_kind::ordered;
    return chi > 2 ? phase_kind::deeply_chaotic : phase_kind::chaotic;
}

edge_curve find_edge(const length_table& table, const detail::analysed_function& f) {
    edge_curve result;
    detail::length_map map(f);
    if (!std::isfinite(table.at(1).square)) {
        result.remark = "The mean square of f is not finite.";
        return result;
    }
    if (map.has_jump(1)) {
        result.remark = "f jumps: its slope has no finite mean square, so χ₁ = 1 has no meaning.";
        return result;
    }
    for (const length_table::row& r : table.rows()) {
        const edge_point e = edge_of(r);
        if (is_drawable(e)) result.points.push_back(e);
    }
    if (result.points.empty()) {
        const double one = table.at(1).slope_square;
        result.remark = one == 0 ? "The mean square of f′ is 0: no σ_w² makes χ₁ = 1."
                                 : "The mean square of f′ is not finite.";
        return result;
    }
    const edge_point start = result.points.front();
    result.is_point = std::ranges::all_of(result.points, [&](const edge_point& e) {
        return std::fabs(e.weight_variance / start.weight_variance - 1) < 1e-6 &&
            e.bias_variance == start.bias_variance;
    });
    result.is_admissible =
        std::ranges::any_of(result.points, [](const edge_point& e) { return e.admissible; });
    // Where the admissible part begins and ends, to a few digits.
    for (std::size_t i = 1; i < result.points.size(); ++i) {
        const bool before = result.points[i - 1].admissible;
        if (before == result.points[i].admissible) continue;
        double low = result.points[i - 1].length;
        double high = result.points[i].length;
        for (int step = 0; step < 16; ++step) {
            const double middle = std::sqrt(low * high);
            (edge_of(map, middle).admissible == before ? low : high) = middle;
        }
        edge_point border = edge_of(map, before ? low : high);
        border.bias_variance = 0;
        result.points.insert(result.points.begin() + static_cast<std::ptrdiff_t>(i), border);
        ++i;
    }
    result.shown = window_of(result);
    result.remark = edge_remark(result);
    return result;
}

phase_diagram find_phases(const length_table& table, const edge_curve& edge) {
    constexpr int rows = 72;
    constexpr int columns = 96;
    phase_diagram result;
    if (edge.points.empty()) return result;
    result.shown = edge.shown;
    result.shown.bias_below = 0;

    /// One row of the diagram: phases from left to right and where each ends.
    struct band {
        double bias = 0;
        std::vector<phase_kind> kinds{};
        std::vector<double> ends{};
    };
    std::vector<band> bands;
    for (int r = 0; r <= rows; ++r) {
        // Dense near 0, where the edge of chaos is steep.
        band here{result.shown.bias * r * r / (rows * rows)};
        const auto kind_at = [&](double weight) { return phase_at(table, weight, here.bias); };
        // Not at 0 itself: no weights, no network.
        double left = 1e-6 * result.shown.weight;
        phase_kind kind = kind_at(left);
        for (int c = 1; c <= columns; ++c) {
            const double right = result.shown.weight * c / columns;
            const phase_kind next = kind_at(right);
            if (next != kind) {
                double low = left;
                double high = right;
                for (int step = 0; step < 14; ++step) {
                    const double middle = (low + high) / 2;
                    (kind_at(middle) == kind ? low : high) = middle;
                }
                here.kinds.push_back(kind);
                here.ends.push_back((low + high) / 2);
                kind = next;
            }
            left = right;
        }
        here.kinds.push_back(kind);
        here.ends.push_back(result.shown.weight);
        // Too narrow to be seen: the phase beside it takes the place.
        for (std::size_t k = here.kinds.size(); k-- > 1;) {
            if (here.ends[k] - here.ends[k - 1] > 0.004 * result.shown.weight) continue;
            here.kinds.erase(here.kinds.begin() + static_cast<std::ptrdiff_t>(k));
            here.ends.erase(here.ends.begin() + static_cast<std::ptrdiff_t>(k) - 1);
        }
        bands.push_back(std::move(here));
        stop_if_interrupted();
    }
    // Rows with the same phases make one region of each; regions meet halfway between rows.
    for (std::size_t first = 0; first < bands.size();) {
        std::size_t last = first;
        while (last + 1 < bands.size() && bands[last + 1].kinds == bands[first].kinds) ++last;
        const double bottom = first == 0 ? 0 : (bands[first - 1].bias + bands[first].bias) / 2;
        const double top = last + 1 == bands.size() ? result.shown.bias
                                                    : (bands[last].bias + bands[last + 1].bias) / 2;
        for (std::size_t k = 0; k < bands[first].kinds.size(); ++k) {
            phase_region region{bands[first].kinds[k], {}};
            const auto corner = [&](std::size_t row, std::size_t end, double bias) {
                region.outline.push_back({end == 0 ? 0 : bands[row].ends[end - 1], bias});
            };
            corner(first, k, bottom);
            corner(first, k + 1, bottom);
            for (std::size_t row = first; row <= last; ++row) corner(row, k + 1, bands[row].bias);
            corner(last, k + 1, top);
            corner(last, k, top);
            for (std::size_t row = last + 1; row-- > first;) corner(row, k, bands[row].bias);
            result.regions.push_back(std::move(region));
        }
        first = last + 1;
    }
    return result;
}

correlation_curve find_correlation_curve(const detail::analysed_function& f) {
    correlation_curve result;
    const correlation_map_report map(f, 1.0);
    result.slope = map.has_jump ? std::numeric_limits<double>::infinity() : map.slope.value;
    if (!std::isfinite(map.at_zero.value)) {
        result.remark = "The mean square of f is not a finite number above 0.";
        return result;
    }
    // Close to ±1 the values cost much more: the picture can do without those.
    constexpr double cheap = 0.985;
    constexpr int steps = 64;
    std::map<double, double> values{{1, 1}};
    for (int i = -steps; i <= steps; ++i) values[cheap * i / steps] = map(cheap * i / steps).value;
    try {
        const time_limit limit(seconds_for_ends);
        for (const double distance : {0.008, 0.002, 0.0}) {
            values[distance - 1] = map(distance - 1).value;
            if (distance > 0) values[1 - distance] = map(1 - distance).value;
        }
    } catch (const out_of_time&) {  // the curve ends a little earlier, or is straight there
    }
    for (const auto& [c, value] : values) {
        result.c.push_back(c);
        result.value.push_back(value);
    }
    return result;
}

network_pictures find_network_gradients(const analysis& a, const length_table& table) {
    network_pictures result;
    result.width = 100;
    result.draws = 8;
    const int depth = std::clamp(a.chain.depth, 2, 50);
    std::vector<double> kinks;
    bool jumps = false;
    for (const kink& k : a.kinks) {
        kinks.push_back(k.at);
        jumps = jumps || k.kind == kink_kind::jump;
    }
    std::vector<std::pair<std::string, initialisation>> ways{
        {"LeCun", lecun_initialisation()},
        {"He", he_initialisation()},
    };
    const edge_point critical = edge_of(table.at(1));
    const bool has_critical = is_drawable(critical) && critical.admissible && !jumps;
    if (has_critical) {
        // He's or LeCun's weights may already be the critical ones, as for relu.
        std::erase_if(ways, [&](const auto& way) {
            return critical.bias_variance == 0 &&
                std::fabs(way.second.weight_variance - critical.weight_variance) < 1e-6;
        });
        ways.insert(ways.begin(),
                    {"critical",
                     critical_initialisation(critical.weight_variance, critical.bias_variance)});
    }
    std::string failed, zero;
    for (const auto& [name, init] : ways) {
        network_gradients series{name, init, {}};
        try {
            series.found = measure_network(run_time_kernel(*a.subject), init,
                                           {result.width, depth, result.draws}, kinks);
        } catch (const argument_error&) {
            failed += (failed.empty() ? "" : " and ") + name;
            continue;
        }
        const auto is_zero = [](const predicted_layer& l) { return std::isinf(l.log_gradient); };
        if (std::ranges::all_of(series.found.predicted, is_zero)) {
            zero += (zero.empty() ? "" : " and ") + name;
            continue;
        }
        result.series.push_back(std::move(series));
        stop_if_interrupted();
    }
    if (!has_critical) {
        result.remark = "No critical initialisation exists at length 1. ";
    }
    if (!zero.empty())
        result.remark += fmt::format("With the weights of {} every gradient is exactly 0. ", zero);
    if (!failed.empty()) {
        result.remark +=
            fmt::format("With the weights of {} the values leave the range of double.", failed);
    }
    while (!result.remark.empty() && result.remark.back() == ' ') result.remark.pop_back();
    return result;
}

flow_curves find_flow_curves(const analysis& a) {
    progress shown("Following signals and gradients");
    const rooted_graph g = a.subject->as_written();
    const detail::analysed_function f(g.graph, g.root, {"x"}, {0.0L});
    flow_curves result;
    const auto say = [&](const std::string& why) {
        result.edge.remark = result.networks.remark = why;
    };
    try {
        const time_limit limit(seconds_for_lengths);
        if (std::isnan(f.value(-1)) || std::isnan(f.value(1)) ||
            std::isnan(detail::length_map(f).at(1, look_precision, look_panels).square.value)) {
            say("f is undefined for some inputs that N(0,1) reaches.");
            result.correlation.remark = result.edge.remark;
            shown.finish("f is undefined for some inputs");
            return result;
        }
        const length_table table(f);
        shown.show_share(0.5);
        result.edge = find_edge(table, f);
        result.phases = find_phases(table, result.edge);
        shown.show_share(0.6);
        result.networks = find_network_gradients(a, table);
    } catch (const out_of_time&) {
        say(fmt::format("given up after {} s.", seconds_for_lengths));
    }
    shown.show_share(0.8);
    try {
        const time_limit limit(seconds_for_correlations);
        result.correlation = find_correlation_curve(f);
    } catch (const out_of_time&) {
        result.correlation.remark = fmt::format("given up after {} s.", seconds_for_correlations);
    }
    shown.finish(fmt::format("done after {:.1f} s", shown.seconds()));
    return result;
}

}  // namespace chainrule::report
