// SPDX-License-Identifier: BSL-1.0
/// The error of the kernels of a formula in ULP of the true result (2^-149 for subnormal floats).
///
/// Floats: over every k-th finite float, against the same formula run in double batches; or over all of them,
/// against polynomials through values in long double where those fit. What raises a figure is worked out again in
/// long double. Doubles: over samples of all exponents, against the scalar evaluator in long double, which tests/activations holds to
/// the textbook formulas in MPFR; so the double batches are checked, too. Next to a simple root r, where
/// |x - r| <= |r|, an error of 2 eps |x f'| is allowed for instead. `wrong` counts results that are NaN or
/// infinite where the truth is not, or the other way round.
#pragma once

#include <chainrule/chainrule.hpp>

#include "support/polynomial_fit.hpp"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <cstdint>
#include <memory>
#include <mutex>
#include <random>
#include <span>
#include <string>
#include <thread>
#include <vector>

namespace kernel_error {

using namespace chainrule;

constexpr std::size_t block_size = 4096;
using doubles = detail::simd::batch<double, detail::simd::native_lanes<double>>;

/// What is measured of one function.
struct worst {
    double ulp = 0;
    double at = 0;
    std::uint64_t wrong = 0;
    void merge(const worst& other) {
        if (other.ulp > ulp) ulp = other.ulp, at = other.at;
        wrong += other.wrong;
    }
};
struct figures {
    worst value;
    worst slope;
    void merge(const figures& other) { value.merge(other.value), slope.merge(other.slope); }
};

template<class Plan>
struct only_x_is_range {
    static constexpr int position = Plan::symbols::find("x");
    static constexpr bool at(int i) { return i == position; }
};

/// x and the defaults of all parameters.
template<class Plan, std::size_t... I>
void fill_inputs(doubles* inputs, [[maybe_unused]] doubles at, std::index_sequence<I...>) {
    ((inputs[I] =
          [&] {
              if constexpr (only_x_is_range<Plan>::at(static_cast<int>(I))) return at;
              else
                  return doubles(detail::symbol_value<typename Plan::formula, I, float, double>(
                      detail::make_bindings()));
          }()),
     ...);
}

/// The outputs of a plan at one argument in long double, user constants as float has them.
template<class Plan>
std::array<long double, static_cast<std::size_t>(Plan::outputs)> oracle(long double at) {
    std::array<long double, static_cast<std::size_t>(Plan::outputs)> result{};
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        const long double inputs[] = {
            [&] {
                if constexpr (only_x_is_range<Plan>::at(static_cast<int>(I))) return at;
                else
                    return static_cast<long double>(
                        detail::symbol_value<typename Plan::formula, I, float, double>(
                            detail::make_bindings()));
            }()...,
            0.0L};
        detail::interpret<Plan, float, long double>(inputs, result.data());
    }
    (std::make_index_sequence<static_cast<std::size_t>(Plan::inputs)>{});
    return result;
}

/// The outputs of a plan in double at float arguments, user constants as float has them.
template<class Plan>
void reference(const float* at, double* const* to, std::size_t size) {
    for (std::size_t i = 0; i < size; i += doubles::lane_count) {
        doubles results[static_cast<std::size_t>(Plan::outputs)];
        doubles inputs[static_cast<std::size_t>(Plan::inputs) + 1];
        for (doubles& input : inputs) input = doubles(0.0);
        fill_inputs<Plan>(inputs, detail::simd::load_as<doubles>(at + i),
                          std::make_index_sequence<static_cast<std::size_t>(Plan::inputs)>{});
        detail::run_batch<Plan, float>(inputs, results);
        // Floats neither overflow nor underflow here, so a zero is a zero: only NaN is worked out again.
        auto is_missing = is_nan(results[0]);
        for (int k = 1; k < Plan::outputs; ++k) is_missing = is_missing | is_nan(results[k]);
        if (any(is_missing)) detail::repair<Plan, float>(inputs, results, doubles::lane_count);
        for (int k = 0; k < Plan::outputs; ++k) detail::simd::store(to[k] + i, results[k]);
    }
}

inline double ulp_of(double truth) {
    const int exponent =
        static_cast<int>((std::bit_cast<std::uint64_t>(truth) >> 52) & 0x7ff) - 1023;
    return std::bit_cast<double>(
        static_cast<std::uint64_t>(std::clamp(exponent, -126, 127) - 23 + 1023) << 52);
}

struct block {
    alignas(64) float at[block_size];
    alignas(64) float value[block_size];
    alignas(64) float slope[block_size];
    alignas(64) float other_value[block_size];
    alignas(64) double true_value[block_size];
    alignas(64) double true_slope[block_size];
    alignas(64) double true_curvature[block_size];
    bool has_curvature = false;
};

/// Whether any result of a block is farther from the truth than `ulps`, or not a number.
inline bool is_any_beyond(const float* ours, const double* truth, double ulps) {
    using bits_type = doubles::bits_type;
    for (std::size_t i = 0; i < block_size; i += doubles::lane_count) {
        const doubles t = detail::simd::load<doubles>(truth + i);
        const doubles y = detail::simd::load_as<doubles>(ours + i);
        // 2^exponent, at least that of the smallest normal float.
        const doubles power =
            larger_of(0x1p-126, from_bits(bits(t) & bits_type(0x7ff0000000000000U)));
        if (any(!(absolute(y - t) <= power * (ulps * 0x1p-23)))) return true;
    }
    return false;
}

/// Many roots: a periodic function, for which everything beyond the known ones is near a root.
inline bool is_near_root(double x, const std::vector<double>& roots) {
    return std::any_of(roots.begin(), roots.end(), [&](double r) {
        return std::fabs(x - r) <= std::fabs(r) ||
            (roots.size() > 16 && std::fabs(x) > std::fabs(r));
    });
}

/// Compares one block; `bend` gives the derivative of what is compared, for the neighbourhood of roots, `confirm`
/// the truth at one argument in long double, for what would raise the figure.
template<class Bend, class Confirm>
void compare(const block& b, const float* ours, const double* truth, Bend bend, Confirm confirm,
             const std::vector<double>& roots, worst& result) {
    if (!is_any_beyond(ours, truth, result.ulp)) return;
    for (std::size_t i = 0; i < block_size; ++i) {
        double t = truth[i];
        const double y = static_cast<double>(ours[i]);
        const bool overflows = std::fabs(t) >= 0x1.ffffffp127;
        if (t != t || y != y || overflows || std::isinf(y)) {
            const bool close = overflows && (std::isinf(y) || std::fabs(y) >= 0x1.fffff8p127) &&
                (y > 0) == (t > 0);
            const bool limit =
                std::isinf(y) && std::fabs(t) >= 0x1.fffff8p127 && (y > 0) == (t > 0);
            if (!((t != t && y != y) || close || limit)) ++result.wrong;
            continue;
        }
        double ulp = std::fabs(y - t) / ulp_of(t);
        if (ulp <= result.ulp) continue;
        const double x = static_cast<double>(b.at[i]);
        if (is_near_root(x, roots) && std::fabs(y - t) <= 2 * 0x1p-23 * std::fabs(x * bend()[i]))
            continue;
        const auto confirmed = static_cast<double>(confirm(x));
        if (confirmed == confirmed && confirmed != t) {
            t = confirmed;
            ulp = std::fabs(y - t) / ulp_of(t);
            if (ulp <= result.ulp) continue;
        }
        result.ulp = ulp;
        result.at = x;
    }
}

/// Also to or from 0; but what underflows to 0 has no root there.
inline bool changes_sign(double a, double b) {
    constexpr double small = 1e-100;
    return std::max(std::fabs(a), std::fabs(b)) > small &&
        ((a < 0) != (b < 0) || (a > 0) != (b > 0));
}

constexpr bool is_infinity(std::uint32_t n) { return (n & 0x7fffffffU) == 0x7f800000U; }
inline float nth_float(std::uint64_t n) {
    return std::bit_cast<float>(static_cast<std::uint32_t>(n));
}

template<class F, class... Tag>
struct subject {
    using value_and_slope = detail::plan<F, true, detail::kink_rule::usual, "x">;
    using slope_formula = std::remove_const_t<decltype(derivative(F{}))>;
    using slope_and_curvature = detail::plan<slope_formula, true, detail::kink_rule::usual, "x">;

    static void fill(block& b) {
        double* const both[] = {b.true_value, b.true_slope};
        reference<value_and_slope>(b.at, both, block_size);
        b.has_curvature = false;
    }
    static const double* curvature(block& b) {
        if (!b.has_curvature) {
            static thread_local std::vector<double> again(block_size);
            double* const bends[] = {again.data(), b.true_curvature};
            reference<slope_and_curvature>(b.at, bends, block_size);
            b.has_curvature = true;
        }
        return b.true_curvature;
    }

    /// Where value and slope change their sign: halfway between neighbouring floats of a coarse grid.
    static void find_roots(std::vector<double>& of_value, std::vector<double>& of_slope) {
        auto b = std::make_unique<block>();
        for (std::uint64_t sign : {std::uint64_t{0}, std::uint64_t{1} << 31}) {
            double last[3] = {0, NAN, NAN};
            for (std::uint64_t first = 0x30000000; first < 0x50000000; first += block_size << 8) {
                for (std::size_t i = 0; i < block_size; ++i)
                    b->at[i] = nth_float(sign + first + (i << 8));
                fill(*b);
                for (std::size_t i = 0; i < block_size; ++i) {
                    const double x = static_cast<double>(b->at[i]);
                    if (changes_sign(last[1], b->true_value[i]))
                        of_value.push_back((x + last[0]) / 2);
                    if (changes_sign(last[2], b->true_slope[i]))
                        of_slope.push_back((x + last[0]) / 2);
                    last[0] = x, last[1] = b->true_value[i], last[2] = b->true_slope[i];
                }
            }
        }
        for (auto* roots : {&of_value, &of_slope}) {
            std::sort(roots->begin(), roots->end(),
                      [](double u, double v) { return std::fabs(u) < std::fabs(v); });
            if (roots->size() > 64) roots->resize(64);
        }
    }

    /// Over `count` doubles of all exponents and as many where functions bend.
    static figures measure_double(int count) {
        std::vector<double> value_roots;
        std::vector<double> slope_roots;
        find_roots(value_roots, slope_roots);
        std::mt19937_64 random(20261121);
        std::vector<double> at;
        for (int i = 0; i < count; ++i) {
            const auto one = std::bit_cast<double>(random());
            if (std::isfinite(one)) at.push_back(one);
            for (double reach : {0.01, 1.0, 6.0, 40.0, 750.0}) {
                if (i % 5 == 0)
                    at.push_back(reach * (static_cast<double>(random() >> 11) * 0x1p-52 - 1));
            }
        }
        std::vector<double> value(at.size());
        std::vector<double> slope(at.size());
        const F f;
        value_and_derivative(f, at, value, slope);
        figures result;
        constexpr auto first = derivative(F{});
        constexpr auto second = derivative<2>(F{}, x);
        auto look = [](double ours, long double truth, double point,
                       const std::vector<double>& roots, auto bend, worst& w) {
            const auto rounded = static_cast<double>(truth);
            if (ours != ours || truth != truth || std::isinf(ours) || std::isinf(rounded)) {
                w.wrong += !(ours == rounded || (ours != ours && rounded != rounded));
                return;
            }
            const int exponent = std::max(truth == 0 ? -1022 : std::ilogb(truth), -1022);
            const long double error = std::fabs(static_cast<long double>(ours) - truth);
            const auto ulp = static_cast<double>(std::scalbn(error, 52 - exponent));
            if (ulp <= w.ulp) return;
            if (is_near_root(point, roots) &&
                error <= 0x1p-51L * std::fabs(static_cast<long double>(point) * bend()))
                return;
            w.ulp = ulp, w.at = point;
        };
        for (std::size_t i = 0; i < at.size(); ++i) {
            const auto v = static_cast<long double>(at[i]);
            const long double f1 = evaluate(first, x = v);
            look(
                value[i], evaluate(F{}, x = v), at[i], value_roots, [&] { return f1; },
                result.value);
            look(
                slope[i], f1, at[i], slope_roots, [&] { return evaluate(second, x = v); },
                result.slope);
        }
        return result;
    }

    static void measure_block(block& b, const std::vector<double>& value_roots,
                              const std::vector<double>& slope_roots, figures& mine) {
        const std::span<const float> at(b.at);
        const F f;
        forward(f, at, std::span<float>(b.other_value), Tag{}...);
        value_and_derivative(f, at, std::span<float>(b.value), std::span<float>(b.slope), Tag{}...);
        fill(b);
        compare_all(b, value_roots, slope_roots, mine);
    }

    static void compare_all(block& b, const std::vector<double>& value_roots,
                            const std::vector<double>& slope_roots, figures& mine) {
        const auto slope = [&] { return b.true_slope; };
        const auto bend = [&] { return curvature(b); };
        const auto value_at = [](double at) {
            return oracle<value_and_slope>(static_cast<long double>(at))[0];
        };
        const auto slope_at = [](double at) {
            return oracle<value_and_slope>(static_cast<long double>(at))[1];
        };
        compare(b, b.value, b.true_value, slope, value_at, value_roots, mine.value);
        compare(b, b.other_value, b.true_value, slope, value_at, value_roots, mine.value);
        compare(b, b.slope, b.true_slope, bend, slope_at, slope_roots, mine.slope);
    }

    /// Over `blocks` times 4096 floats between two arguments of the same sign.
    static figures measure_between(float low, float high, std::uint32_t blocks) {
        std::vector<double> value_roots;
        std::vector<double> slope_roots;
        find_roots(value_roots, slope_roots);
        const auto b = std::make_unique<block>();
        const auto from = std::bit_cast<std::uint32_t>(low < 0 ? high : low);
        const auto to = std::bit_cast<std::uint32_t>(low < 0 ? low : high);
        const double step = static_cast<double>(to - from) / (blocks * double{block_size} - 1);
        figures result;
        for (std::uint32_t k = 0; k < blocks; ++k) {
            for (std::size_t i = 0; i < block_size; ++i) {
                const double n = step * static_cast<double>(k * block_size + i);
                b->at[i] = nth_float(from + static_cast<std::uint32_t>(n));
            }
            measure_block(*b, value_roots, slope_roots, result);
        }
        return result;
    }

    /// Value and slope over an interval of floats as polynomials.
    struct interval {
        double middle = 0;
        double scale = 0;
        polynomial_fit value;
        polynomial_fit slope;

        /// For `count` floats from number `first` on, all of one power of two; false if they cannot be fitted.
        bool fit(std::uint32_t first, std::uint32_t count) {
            const auto low = static_cast<double>(nth_float(first));
            const double gap = static_cast<double>(nth_float(first + 1)) - low;
            middle = low + gap * (count / 2);
            scale = 1 / (gap * (count / 2));
            static const polynomial_fit::basis table;
            std::array<long double, polynomial_fit::size> values[2];
            std::array<long double, polynomial_fit::probes> between[2];
            auto at = [&](long double t) {
                return oracle<value_and_slope>(static_cast<long double>(middle) +
                                               t / static_cast<long double>(scale));
            };
            for (std::size_t i = 0; i < polynomial_fit::size; ++i) {
                const auto both = at(table.nodes[i]);
                values[0][i] = both[0], values[1][i] = both[1];
            }
            for (std::size_t i = 0; i < polynomial_fit::probes; ++i) {
                const auto both = at(static_cast<long double>(polynomial_fit::probe_at[i]));
                between[0][i] = both[0], between[1][i] = both[1];
            }
            return value.fit(values[0], between[0]) && slope.fit(values[1], between[1]);
        }

        /// Whether no result of a block is farther from the polynomials than the figures.
        [[nodiscard]] bool is_met_by(const block& b, const figures& known) const {
            // The accurate tier is everywhere near 1/2.
            auto bound = [](double ulp) {
                return doubles((ulp > 0.49 ? std::max(ulp, 0.5) : ulp) * 0x1p-23 + 0x1p-38);
            };
            const doubles value_bound = bound(known.value.ulp);
            const doubles slope_bound = bound(known.slope.ulp);
            using bits_type = doubles::bits_type;
            auto is_beyond = [](doubles y, doubles t, doubles bound_of) {
                const doubles power =
                    larger_of(0x1p-126, from_bits(bits(t) & bits_type(0x7ff0000000000000U)));
                return !((absolute(y - t) <= power * bound_of) | (y == t) |
                         (is_nan(y) & is_nan(t)));
            };
            for (std::size_t i = 0; i < block_size; i += doubles::lane_count) {
                const doubles t = (detail::simd::load_as<doubles>(b.at + i) - middle) * scale;
                const doubles f = value.at(t);
                const doubles s = slope.at(t);
                const auto beyond =
                    is_beyond(detail::simd::load_as<doubles>(b.value + i), f, value_bound) |
                    is_beyond(detail::simd::load_as<doubles>(b.other_value + i), f, value_bound) |
                    is_beyond(detail::simd::load_as<doubles>(b.slope + i), s, slope_bound);
                if (any(beyond)) return false;
            }
            return true;
        }
        void fill_truth(block& b) const {
            for (std::size_t i = 0; i < block_size; ++i) {
                const double t = (static_cast<double>(b.at[i]) - middle) * scale;
                b.true_value[i] = value.at(t);
                b.true_slope[i] = slope.at(t);
            }
            b.has_curvature = false;
        }
    };

    static constexpr std::uint32_t longest_interval = 1U << 17;
    static constexpr std::uint32_t shorter_interval = 1U << 14;

    /// What is measured over all floats, by intervals.
    struct whole_sweep {
        std::vector<double> value_roots;
        std::vector<double> slope_roots;
        std::unique_ptr<block> b = std::make_unique<block>();
        figures mine;

        void run_kernels() {
            const std::span<const float> at(b->at);
            const F f;
            forward(f, at, std::span<float>(b->other_value), Tag{}...);
            value_and_derivative(f, at, std::span<float>(b->value), std::span<float>(b->slope),
                                 Tag{}...);
        }
        void look_at(std::uint32_t first, std::uint32_t count, const interval* truth) {
            for (std::uint32_t n = first; n < first + count; n += block_size) {
                for (std::uint32_t i = 0; i < block_size; ++i) b->at[i] = nth_float(n + i);
                if (truth == nullptr) {
                    measure_block(*b, value_roots, slope_roots, mine);
                    continue;
                }
                run_kernels();
                if (truth->is_met_by(*b, mine)) continue;
                truth->fill_truth(*b);
                compare_all(*b, value_roots, slope_roots, mine);
            }
        }
        void look_at_interval(std::uint32_t first) {
            interval truth;
            if (truth.fit(first, longest_interval)) return look_at(first, longest_interval, &truth);
            for (std::uint32_t n = first; n < first + longest_interval; n += shorter_interval)
                look_at(n, shorter_interval, truth.fit(n, shorter_interval) ? &truth : nullptr);
        }
        /// Whether neither value nor slope is defined anywhere: domains are no shorter than an interval.
        [[nodiscard]] static bool is_undefined(std::uint32_t first) {
            for (const std::uint32_t n : {0U, longest_interval / 2, longest_interval - 1}) {
                const auto truth =
                    oracle<value_and_slope>(static_cast<long double>(nth_float(first + n)));
                if (truth[0] == truth[0] || truth[1] == truth[1]) return false;
            }
            return true;
        }
        /// NaN gives what it gives in long double, as what is outside the domain does.
        void look_at_nan(std::uint32_t first) {
            const auto truth =
                oracle<value_and_slope>(std::numeric_limits<long double>::quiet_NaN());
            for (std::uint32_t n = first; n < first + longest_interval; n += block_size) {
                for (std::uint32_t i = 0; i < block_size; ++i)
                    b->at[i] = nth_float(is_infinity(n + i) ? n + i + 1 : n + i);
                run_kernels();
                for (std::size_t i = 0; i < block_size; ++i) {
                    mine.value.wrong += (b->value[i] != b->value[i]) != (truth[0] != truth[0]);
                    mine.value.wrong +=
                        (b->other_value[i] != b->other_value[i]) != (truth[0] != truth[0]);
                    mine.slope.wrong += (b->slope[i] != b->slope[i]) != (truth[1] != truth[1]);
                }
            }
        }
    };

    /// Over every float: NaN must stay NaN, the others are compared with polynomials through values in long double
    /// where those fit, with the formula in double batches elsewhere (roots, kinks, oscillations).
    static figures measure_all(unsigned threads) {
        std::atomic<std::uint32_t> next{0};
        figures total;
        std::mutex guard;
        auto work = [&] {
            whole_sweep sweep;
            find_roots(sweep.value_roots, sweep.slope_roots);
            constexpr std::uint32_t intervals = 1U << 15;
            // In an order that jumps about: the figures soon come near to what they will be.
            for (std::uint32_t k = next++; k < intervals; k = next++) {
                const std::uint32_t first = (k * 10007U % intervals) * longest_interval;
                const bool is_nan = (first & 0x7fffffffU) >= 0x7f800000U;
                if (is_nan || sweep.is_undefined(first)) sweep.look_at_nan(first);
                else sweep.look_at_interval(first);
            }
            const std::lock_guard lock(guard);
            total.merge(sweep.mine);
        };
        std::vector<std::thread> workers;
        for (unsigned t = 1; t < threads; ++t) workers.emplace_back(work);
        work();
        for (std::thread& t : workers) t.join();
        return total;
    }

    /// Over every stride-th float from number `first` on.
    static figures measure(std::uint64_t stride, unsigned threads, std::uint64_t first = 0) {
        std::vector<double> value_roots;
        std::vector<double> slope_roots;
        find_roots(value_roots, slope_roots);
        const std::uint64_t step = block_size * stride;
        const std::uint64_t half_blocks = (0x7f800000 + step - 1) / step;
        std::atomic<std::uint64_t> next{0};
        figures total;
        std::mutex guard;
        auto work = [&] {
            auto b = std::make_unique<block>();
            figures mine;
            for (std::uint64_t k = next++; k < 2 * half_blocks; k = next++) {
                const std::uint64_t base =
                    first + (k < half_blocks ? k * step : 0x80000000U + (k - half_blocks) * step);
                const std::uint64_t limit = k < half_blocks ? 0x7f800000U : 0xff800000U;
                for (std::size_t i = 0; i < block_size; ++i) {
                    b->at[i] = nth_float(std::min(base + i * stride, limit - 1));
                }
                measure_block(*b, value_roots, slope_roots, mine);
            }
            const std::lock_guard lock(guard);
            total.merge(mine);
        };
        std::vector<std::thread> workers;
        for (unsigned t = 1; t < threads; ++t) workers.emplace_back(work);
        work();
        for (std::thread& t : workers) t.join();
        return total;
    }
};

}  // namespace kernel_error
