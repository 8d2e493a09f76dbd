// SPDX-License-Identifier: BSL-1.0
/// Derivatives of any order from values alone, with an error bound: polynomials through values in long
/// double, in the step that balances truncation against rounding. Machinery of gradient_check.hpp.
///
/// The bound follows from step and precision. A derivative of order n from values f_j at the nodes
/// p + h·t_j is Σ w_j f_j / hⁿ. It is wrong by at most
///   rounding    Σ|w_j| · δ / hⁿ, δ the error of one value: 5 ULP of long double as core/elementary.hpp
///               promises, or what a comparison with the same steps in double predicts if that is more
///               (each step loses the same number of ULP, so δ = |f_double − f_long| · ε_long/ε_double,
///               times 10, because the elementary functions err by 0.5 ULP in double, by 5 in long double)
///   truncation  the larger of: the change of the result when the two outermost nodes are left out; what
///               the polynomial misses at p itself, times Σ|w_j| / hⁿ; times 8, since both are estimates
/// Steps are tried from large to small. A step at which the polynomial misses the value at p by more than
/// 1% of what the values vary is too large for the formula; of the others, the one with the smallest bound
/// among those that the next smaller step confirms wins.
#pragma once

#include <chainrule/verify/kinks.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace chainrule::detail {

/// A value known up to ± error; an infinite error says that nothing is known.
struct estimate {
    long double value = 0;
    long double error = std::numeric_limits<long double>::infinity();
    double step = 0;
    long double spread = 0;  ///< the largest value used, divided by step^order

    /// Whether a polynomial fits at all, in the range of double. Towards an infinite slope it does with no
    /// step.
    [[nodiscard]] bool is_meaningful() const {
        constexpr long double largest = std::numeric_limits<double>::max();
        if (!(std::abs(value) <= largest && error <= largest)) return false;
        return error <= std::abs(value) / 1000 || error <= spread * 1e-6L;
    }
};

/// Weights of the derivatives of order 0 … highest at 0 of the polynomial through values at the nodes
/// (Fornberg 1988): weights[order][node].
inline std::vector<std::vector<long double>> difference_weights(
    const std::vector<long double>& nodes, int highest) {
    const std::size_t count = nodes.size();
    const auto orders = static_cast<std::size_t>(highest) + 1;
    std::vector<std::vector<long double>> weights(orders, std::vector<long double>(count, 0));
    weights[0][0] = 1;
    long double previous_product = 1;
    for (std::size_t i = 1; i < count; ++i) {
        long double product = 1;
        const std::size_t last = std::min(i, orders - 1);
        for (std::size_t j = 0; j < i; ++j) {
            const long double distance = nodes[i] - nodes[j];
            product *= distance;
            if (j + 1 == i) {
                for (std::size_t m = last; m > 0; --m) {
                    weights[m][i] = previous_product / product *
                        (static_cast<long double>(m) * weights[m - 1][i - 1] -
                         nodes[i - 1] * weights[m][i - 1]);
                }
                weights[0][i] = -previous_product / product * nodes[i - 1] * weights[0][i - 1];
            }
            for (std::size_t m = last; m > 0; --m) {
                weights[m][j] =
                    (nodes[i] * weights[m][j] - static_cast<long double>(m) * weights[m - 1][j]) /
                    distance;
            }
            weights[0][j] = nodes[i] * weights[0][j] / distance;
        }
        previous_product = product;
    }
    return weights;
}

/// Where the nodes lie: on both sides of the point, or on one.
enum class nodes_on { both_sides, left, right };

/// Chebyshev nodes in units of the step, from the inside out.
inline std::vector<double> unit_nodes(nodes_on where) {
    std::vector<double> nodes;
    constexpr double pi = 3.14159265358979323846;
    if (where == nodes_on::both_sides) {
        for (int j = 6; j >= 0; --j) {
            const double t = std::cos((2 * j + 1) * pi / 28);
            nodes.push_back(t);
            nodes.push_back(-t);
        }
    } else {
        for (int j = 0; j < 12; ++j) {
            const double t = (1 - std::cos((2 * j + 1) * pi / 24)) / 2;
            nodes.push_back(where == nodes_on::right ? t : -t);
        }
    }
    return nodes;
}

/// One formula seen from one point along one input.
class local_view {
public:
    using signature = std::vector<signed char>;

    local_view(const switching_program& formula, std::vector<double> at, std::size_t moving_input)
        : program(formula.program), inputs(std::move(at)), moving(moving_input),
          wide(program.outputs()), narrow(program.outputs()) {
        point = moving < inputs.size() ? inputs[moving] : 0;
        here = look(point);
        here_signs = signs;
        below_signs = (void(look(next_down(point))), signs);
        above_signs = (void(look(next_up(point))), signs);
        for (std::size_t i = formula.first_pole - 1; i < here_signs.size(); ++i) {
            pole = pole || below_signs[i] != here_signs[i] || above_signs[i] != here_signs[i];
        }
    }

    /// Whether the point is a pole, or right beside one.
    [[nodiscard]] bool is_at_pole() const { return pole; }

    /// Whether a switch changes at the point itself or right beside it.
    [[nodiscard]] bool is_at_switch() const {
        return below_signs != here_signs || above_signs != here_signs;
    }

    /// The derivatives of order 0 … highest from nodes on the given sides that lie on one branch of the
    /// formula.
    std::vector<estimate> derivatives(nodes_on where, int highest) {
        const signature& branch = !is_at_switch() ? here_signs
            : where == nodes_on::left             ? below_signs
                                                  : above_signs;
        const auto orders = static_cast<std::size_t>(highest) + 1;
        std::vector<std::vector<estimate>> levels;
        std::vector<estimate> best(orders);
        double step = std::ldexp(1.0, std::max(0, std::ilogb(point == 0 ? 1.0 : point)));
        int worse = 0;
        for (int level = 0; levels.size() < 40 && level < 500 && worse < 4;
             ++level, step /= levels.empty() && level > 16 ? 4096 : 4) {
            std::vector<estimate> result;
            if (!try_step(where, branch, step, highest, result)) {
                if (step < 64 * ulp_of(point)) break;
                continue;
            }
            bool better = levels.empty();
            for (std::size_t n = 1; n < orders && !levels.empty(); ++n) {
                // The step before counts if this one confirms it; one that is contradicted was too large.
                const estimate& before = levels.back()[n];
                if (!(std::abs(before.value - result[n].value) <= before.error + result[n].error)) {
                    best[n] = estimate();
                    better = true;
                } else if (before.error < best[n].error) {
                    better = better || before.error < best[n].error / 2;
                    best[n] = before;
                }
            }
            worse = better ? 0 : worse + 1;
            levels.push_back(result);
            bool enough = levels.size() > 2;
            for (std::size_t n = 1; n < orders; ++n) {
                const double rounded = elementary::narrow<double>(best[n].value);
                enough =
                    enough && best[n].error <= 0.02L * static_cast<long double>(ulp_of(rounded));
            }
            if (enough) break;
        }
        for (estimate& e : best) {
            if (!e.is_meaningful()) e = estimate();
        }
        return best;
    }

    [[nodiscard]] long double value() const { return here; }

private:
    const runtime_program& program;  // NOLINT(cppcoreguidelines-avoid-const-or-ref-data-members)
    std::vector<double> inputs;
    std::size_t moving;
    double point = 0;
    long double here = 0;
    bool pole = false;
    signature here_signs;
    signature below_signs;
    signature above_signs;
    signature signs;  ///< of the last look
    std::vector<long double> wide;
    std::vector<double> narrow;

    long double look(double at) {
        if (moving < inputs.size()) inputs[moving] = at;
        program.run(std::vector<long double>(inputs.begin(), inputs.end()), wide.data());
        signs.clear();
        for (std::size_t i = 1; i < wide.size(); ++i)
            signs.push_back(static_cast<signed char>(sign_of(wide[i])));
        return wide[0];
    }

    static long double absolute_sum(const std::vector<long double>& weights) {
        long double total = 0;
        for (const long double w : weights) total += std::abs(w);
        return total;
    }

    /// False if the step is too large, or too small to keep the nodes apart.
    bool try_step(nodes_on where, const signature& branch, double step, int highest,
                  std::vector<estimate>& result) {
        std::vector<long double> nodes;
        std::vector<long double> values;
        long double largest = 0;
        long double largest_difference = 0;
        for (const double t : unit_nodes(where)) {
            const double at = point + step * t;
            if (!std::isfinite(at)) return false;
            // The node that the sum was rounded to; nodes must stay apart.
            nodes.push_back((static_cast<long double>(at) - static_cast<long double>(point)) /
                            static_cast<long double>(step));
            if (std::abs(nodes.back() - static_cast<long double>(t)) > 0.002L) return false;
            const long double f = look(at);
            if (!std::isfinite(f) || signs != branch) return false;
            values.push_back(f);
            largest = std::max(largest, std::abs(f));
            program.run(inputs, narrow.data());
            const long double difference = std::abs(static_cast<long double>(narrow[0]) - f);
            if (std::isfinite(difference))
                largest_difference = std::max(largest_difference, difference);
        }
        constexpr long double wide_epsilon = std::numeric_limits<long double>::epsilon();
        constexpr long double narrow_epsilon = std::numeric_limits<double>::epsilon();
        const long double noise = std::max(
            5 * wide_epsilon * largest, 10 * largest_difference * (wide_epsilon / narrow_epsilon));

        const auto weights = difference_weights(nodes, highest);
        const auto inner = difference_weights({nodes.begin(), nodes.end() - 2}, highest);
        auto combine = [&](const std::vector<long double>& w) {
            long double sum = 0;
            for (std::size_t j = 0; j < w.size(); ++j) sum += w[j] * values[j];
            return sum;
        };
        const long double value_here = is_at_switch() ? combine(inner[0]) : here;
        const long double missed = std::abs(combine(weights[0]) - value_here);
        const auto [least, most] = std::minmax_element(values.begin(), values.end());
        if (missed > 0.01L * (*most - *least) + absolute_sum(weights[0]) * noise) return false;
        long double power = 1;
        for (std::size_t n = 0; n < weights.size(); ++n, power *= static_cast<long double>(step)) {
            const long double total = absolute_sum(weights[n]);
            estimate e;
            const long double sum = combine(weights[n]);
            e.value = sum / power;
            const long double truncation =
                std::max(std::abs(sum - combine(inner[n])), missed * total);
            e.error = (total * noise + 8 * truncation) / power;
            e.step = step;
            e.spread = largest / power;
            if (!std::isfinite(e.value) || !std::isfinite(e.error)) return false;
            result.push_back(e);
        }
        return true;
    }
};

}  // namespace chainrule::detail
