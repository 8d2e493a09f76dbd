// SPDX-License-Identifier: BSL-1.0
/// Expectations under the standard normal distribution: adaptive Gauss–Kronrod panels (15 and 31
/// points, QUADPACK's error estimate) over several integrands at once, in long double. Own code because
/// several integrands share their evaluations, and because Boost's header costs 1.2 s in every file; the
/// nodes are checked against Boost's by the tests.
#pragma once

#include <chainrule/core/elementary.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

namespace chainrule {

/// A number with a bound for its error, estimated by the quadrature that made it.
struct estimate {
    double value = 0;
    double error = 0;
};

namespace detail {

inline constexpr std::array<long double, 16> kronrod_nodes{0.0L,
                                                           0.101142066918717499027L,
                                                           0.201194093997434522301L,
                                                           0.299180007153168812167L,
                                                           0.394151347077563369897L,
                                                           0.485081863640239680694L,
                                                           0.570972172608538847537L,
                                                           0.650996741297416970534L,
                                                           0.724417731360170047416L,
                                                           0.790418501442465932968L,
                                                           0.848206583410427216201L,
                                                           0.897264532344081900883L,
                                                           0.937273392400705904308L,
                                                           0.967739075679139134257L,
                                                           0.987992518020485428490L,
                                                           0.998002298693397060286L};
inline constexpr std::array<long double, 16> kronrod_weights{
    0.101330007014791549017L,  0.100769845523875595045L,  0.0991735987217919593324L,
    0.0966427269836236785052L, 0.0931265981708253212255L, 0.0885644430562117706473L,
    0.0830805028231330210383L, 0.0768496807577203788944L, 0.0698541213187282587095L,
    0.0620095678006706402851L, 0.0534815246909280872654L, 0.0445897513247648766082L,
    0.0353463607913758462220L, 0.0254608473267153201869L, 0.0150079473293161225384L,
    0.00537747987292334898780L};
/// The 15-point Gauss rule uses every second node.
inline constexpr std::array<long double, 8> gauss_weights{
    0.202578241925561272881L,  0.198431485327111576456L, 0.186161000015562211027L,
    0.166269205816993933553L,  0.139570677926154314448L, 0.107159220467171935012L,
    0.0703660474881081247093L, 0.0307532419961172683546L};

struct integral {
    long double value = 0;
    long double error = 0;
    long double magnitude = 0;  ///< of the absolute value

    [[nodiscard]] chainrule::estimate rounded() const {
        const auto v = static_cast<double>(value);
        const long double rounding = 0x1p-53L * (value < 0 ? -value : value);
        return {v, std::isfinite(v) ? static_cast<double>(error + rounding) : 0.0};
    }
};

/// A vector-valued function of one number, by reference.
class integrand {
public:
    template<class F>
    integrand(int components, const F& f)
        : size(components), object(&f), call([](const void* o, long double z, long double* out) {
              (*static_cast<const F*>(o))(z, out);
          }) {}

    void operator()(long double z, long double* out) const { call(object, z, out); }
    int size;  // NOLINT(misc-non-private-member-variables-in-classes)

private:
    const void* object;
    void (*call)(const void*, long double, long double*);
};

inline long double normal_density(long double z) {
    return 0.398942280401432677939946059934L * elementary::exp(-z * z / 2);
}

/// The density at the nodes of a panel that many quadratures share: between integers not far from 0, one or
/// two apart. Null for other panels.
inline const long double* known_densities(long double low, long double high) {
    constexpr int farthest = 16;
    using panel = std::array<long double, 31>;
    static const std::vector<panel> table = [] {
        std::vector<panel> made;
        for (const int width : {1, 2}) {
            for (int from = -farthest; from < farthest; from += width) {
                panel& p = made.emplace_back();
                const long double half = width / 2.0L;
                const long double middle = from + half;
                for (int i = -15; i <= 15; ++i) {
                    const auto n = static_cast<std::size_t>(i < 0 ? -i : i);
                    p[static_cast<std::size_t>(i + 15)] = normal_density(
                        middle + (i < 0 ? -half * kronrod_nodes[n] : half * kronrod_nodes[n]));
                }
            }
        }
        return made;
    }();
    if (!(low >= -farthest && high <= farthest)) return nullptr;
    const int from = static_cast<int>(low) + farthest;
    const bool is_whole = static_cast<long double>(from - farthest) == low;
    if (is_whole && high - low == 1) return table[static_cast<std::size_t>(from)].data();
    if (is_whole && high - low == 2 && from % 2 == 0)
        return table[static_cast<std::size_t>(2 * farthest + from / 2)].data();
    return nullptr;
}

class gaussian_quadrature {
public:
    static constexpr int most_components = 16;

    /// E f(z), z ~ N(0,1), for every component of f. `breaks`: ascending, where f is not smooth. Of an even f one
    /// side is enough.
    static std::vector<integral> run(const integrand& f, const std::vector<long double>& breaks,
                                     long double tolerance, int most_panels = 0,
                                     bool is_even = false) {
        gaussian_quadrature q(f, tolerance);
        std::vector<long double> ends(breaks);
        for (int i = -12; i <= 12; i += 2) ends.push_back(i);
        std::sort(ends.begin(), ends.end());
        std::vector<panel> waiting;
        for (std::size_t i = 1; i < ends.size(); ++i) {
            if (ends[i - 1] >= (is_even ? 0 : -12) && ends[i] <= 12 && ends[i] > ends[i - 1]) {
                q.add_first(ends[i - 1], ends[i], waiting);
            }
        }
        if (q.is_undefined(waiting)) return q.undefined();
        // What grows towards infinity may have its weight farther out.
        for (const int side : {-1, 1}) {
            if (is_even && side < 0) continue;
            int quiet = 0;
            long double previous[most_components]{};
            bool grows = false;
            for (int at = 12; at < 150 && quiet < 2; at += 2) {
                long double before[most_components];
                for (int j = 0; j < f.size; ++j)
                    before[j] = q.total[static_cast<std::size_t>(j)].magnitude;
                std::vector<long double> inner{static_cast<long double>(at),
                                               static_cast<long double>(at + 2)};
                for (const long double b : breaks) {
                    if (side * b > at && side * b < at + 2) inner.push_back(side * b);
                }
                std::sort(inner.begin(), inner.end());
                for (std::size_t i = 1; i < inner.size(); ++i) {
                    const long double a = side * inner[i - 1];
                    const long double b = side * inner[i];
                    if (a != b) q.add_first(std::min(a, b), std::max(a, b), waiting);
                }
                bool matters = false;
                grows = false;
                for (int j = 0; j < f.size; ++j) {
                    const long double all = q.total[static_cast<std::size_t>(j)].magnitude;
                    const long double more = all - before[j];
                    if (more > 1e-21L * all || !(all == all)) matters = true;
                    q.diverging[j] = more >= previous[j] && more > 1e-18L * all;
                    grows = grows || q.diverging[j];
                    previous[j] = more;
                }
                quiet = matters ? 0 : quiet + 1;
            }
            if (grows && quiet < 2) {
                for (int j = 0; j < f.size; ++j) q.infinite[j] = q.infinite[j] || q.diverging[j];
            }
        }
        if (q.is_undefined(waiting)) return q.undefined();
        q.most_panels =
            most_panels > 0 ? most_panels : 20000 + 200 * static_cast<int>(breaks.size());
        q.refine(waiting);
        std::vector<integral> result(q.total.begin(), q.total.begin() + f.size);
        for (int j = 0; j < f.size; ++j) {
            integral& r = result[static_cast<std::size_t>(j)];
            if (is_even) r = {2 * r.value, 2 * r.error, 2 * r.magnitude};
            if (q.infinite[j]) r.value = r.value < 0 ? -infinity : infinity;
            r.error += 2e-18L * r.magnitude;
        }
        return result;
    }

private:
    static constexpr long double infinity = std::numeric_limits<long double>::infinity();

    struct panel {
        long double low;
        long double high;
        int depth;
        std::array<integral, most_components> parts;
    };

    gaussian_quadrature(const integrand& function, long double relative)
        : f(function), tolerance(relative) {}

    const integrand&
        f;  // NOLINT(cppcoreguidelines-avoid-const-or-ref-data-members): a short-lived worker
    long double tolerance;
    std::array<integral, most_components> total{};
    bool infinite[most_components]{};
    bool diverging[most_components]{};
    int panels = 0;
    int most_panels = 0;

    [[nodiscard]] panel measure(long double low, long double high, int depth) {
        ++panels;
        panel result{low, high, depth, {}};
        const long double half = (high - low) / 2;
        const long double middle = low + half;
        long double values[31][most_components];
        const long double* densities = known_densities(low, high);
        for (int i = -15; i <= 15; ++i) {
            const long double node = kronrod_nodes[static_cast<std::size_t>(i < 0 ? -i : i)];
            const long double z = middle + (i < 0 ? -half * node : half * node);
            long double* out = values[i + 15];
            f(z, out);
            const long double density =
                densities != nullptr ? densities[i + 15] : normal_density(z);
            for (int j = 0; j < f.size; ++j) out[j] *= density;
        }
        for (int j = 0; j < f.size; ++j) {
            const long double centre = values[15][j];
            long double kronrod = kronrod_weights[0] * centre;
            long double absolute = kronrod_weights[0] * std::fabs(centre);
            long double gauss = gauss_weights[0] * centre;
            for (int n = 1; n <= 15; ++n) {
                const long double left = values[15 - n][j];
                const long double right = values[15 + n][j];
                const long double both = left + right;
                const long double weight = kronrod_weights[static_cast<std::size_t>(n)];
                kronrod += weight * both;
                absolute += weight * (std::fabs(left) + std::fabs(right));
                if (n % 2 == 0) gauss += gauss_weights[static_cast<std::size_t>(n / 2)] * both;
            }
            long double variation = kronrod_weights[0] * std::fabs(centre - kronrod / 2);
            for (int n = 1; n <= 15; ++n) {
                variation += kronrod_weights[static_cast<std::size_t>(n)] *
                    (std::fabs(values[15 - n][j] - kronrod / 2) +
                     std::fabs(values[15 + n][j] - kronrod / 2));
            }
            integral& part = result.parts[static_cast<std::size_t>(j)];
            part.value = half * kronrod;
            part.magnitude = half * absolute;
            long double error = half * (kronrod > gauss ? kronrod - gauss : gauss - kronrod);
            variation *= half;
            // QUADPACK's estimate: the Kronrod value is far better than its distance from Gauss's.
            if (variation > 0 && error > 0) {
                const long double ratio = 200 * error / variation;
                if (ratio < 1) error = variation * ratio * std::sqrt(ratio);
            }
            part.error = error;
        }
        return result;
    }

    /// Whether one panel makes all integrals NaN, so that no other is worth a look.
    [[nodiscard]] bool is_undefined(const std::vector<panel>& waiting) const {
        return std::any_of(waiting.begin(), waiting.end(), [&](const panel& p) {
            return std::all_of(p.parts.begin(), p.parts.begin() + f.size,
                               [](const integral& part) { return part.value != part.value; });
        });
    }
    [[nodiscard]] std::vector<integral> undefined() const {
        constexpr long double nan = std::numeric_limits<long double>::quiet_NaN();
        return std::vector<integral>(static_cast<std::size_t>(f.size), {nan, nan, nan});
    }

    void add(const panel& p, int sign) {
        for (int j = 0; j < f.size; ++j) {
            integral& t = total[static_cast<std::size_t>(j)];
            const integral& part = p.parts[static_cast<std::size_t>(j)];
            t.value += sign * part.value;
            t.error += sign * part.error;
            t.magnitude += sign * part.magnitude;
        }
    }

    void add_first(long double low, long double high, std::vector<panel>& waiting) {
        waiting.push_back(measure(low, high, 0));
        add(waiting.back(), 1);
    }

    [[nodiscard]] bool is_good(const panel& p) const {
        for (int j = 0; j < f.size; ++j) {
            const integral& part = p.parts[static_cast<std::size_t>(j)];
            if (!std::isfinite(part.error)) continue;
            if (part.error > tolerance * goal[static_cast<std::size_t>(j)]) return false;
        }
        return true;
    }

    std::array<long double, most_components> goal{};

    /// Halves the panels that are not good, all of one size before any smaller ones: what the first panels
    /// missed raises the goal for the rest, and no single bad place uses up all panels.
    void refine(std::vector<panel>& waiting) {
        std::array<integral, most_components> accepted{};
        while (!waiting.empty()) {
            total = accepted;
            for (const panel& p : waiting) add(p, 1);
            for (int j = 0; j < f.size; ++j) {
                const auto k = static_cast<std::size_t>(j);
                goal[k] = std::max(goal[k], total[k].magnitude);
            }
            total = accepted;
            std::vector<panel> halves;
            for (const panel& p : waiting) {
                const long double middle = p.low + (p.high - p.low) / 2;
                if (is_good(p) || p.depth > 80 || panels > most_panels || middle <= p.low ||
                    middle >= p.high) {
                    add(p, 1);
                } else {
                    halves.push_back(measure(p.low, middle, p.depth + 1));
                    halves.push_back(measure(middle, p.high, p.depth + 1));
                }
            }
            accepted = total;
            waiting = std::move(halves);
        }
        total = accepted;
    }
};

}  // namespace detail
}  // namespace chainrule
