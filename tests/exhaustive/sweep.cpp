// SPDX-License-Identifier: BSL-1.0
/// The error of the float kernels of the catalogue over every finite float, value and slope, both tiers:
///     sweep [--entries silu,gelu] [--tier default|accurate|both] [--stride 1] [--threads N] [--out FILE]
/// Stand-alone, so that it can be built statically and run elsewhere. The reference is the same formula
/// run in double batches, whose error is below 1e-8 ULP of float wherever they do not cancel;
/// tests/exhaustive/reference.cpp checks it against MPFR. One line per entry and tier:
///     name tier value_ulp at_x slope_ulp at_x wrong
/// where ULP are those of the true result (2^-149 for subnormal ones), next to a simple root 2 eps |x f'|
/// is allowed for, and `wrong` counts results that are NaN, infinite or finite where the truth is not.
#include <chainrule/chainrule.hpp>

#include "activations/textbook.hpp"

#include <boost/hana/for_each.hpp>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

using namespace chainrule;

namespace {

constexpr std::size_t block_size = 4096;
using doubles = detail::simd::batch<double, detail::simd::native_lanes<double>>;

/// What is measured of one function.
struct worst {
    double ulp = 0;
    float at = 0;
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
    ((inputs[I] = [&] {
         if constexpr (only_x_is_range<Plan>::at(static_cast<int>(I))) return at;
         else return doubles(detail::symbol_value<typename Plan::formula, I, float, double>(detail::make_bindings()));
     }()),
     ...);
}

/// The outputs of a plan in double at float arguments, user constants as float has them.
template<class Plan>
void reference(const float* at, double* const* to, std::size_t size) {
    for (std::size_t i = 0; i < size; i += doubles::lane_count) {
        doubles results[static_cast<std::size_t>(Plan::outputs)];
        doubles inputs[static_cast<std::size_t>(Plan::inputs) + 1];
        fill_inputs<Plan>(inputs, detail::simd::load_as<doubles>(at + i),
                          std::make_index_sequence<static_cast<std::size_t>(Plan::inputs)>{});
        detail::run_checked<Plan, float, only_x_is_range<Plan>>(inputs, results, doubles::lane_count);
        for (int k = 0; k < Plan::outputs; ++k) detail::simd::store(to[k] + i, results[k]);
    }
}

double ulp_of(double truth) {
    const int exponent = static_cast<int>((std::bit_cast<std::uint64_t>(truth) >> 52) & 0x7ff) - 1023;
    return std::bit_cast<double>(static_cast<std::uint64_t>(std::clamp(exponent, -126, 127) - 23 + 1023) << 52);
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
bool is_any_beyond(const float* ours, const double* truth, double ulps) {
    using bits_type = doubles::bits_type;
    for (std::size_t i = 0; i < block_size; i += doubles::lane_count) {
        const doubles t = detail::simd::load<doubles>(truth + i);
        const doubles y = detail::simd::load_as<doubles>(ours + i);
        // 2^exponent, at least that of the smallest normal float.
        const doubles power = larger_of(0x1p-126, from_bits(bits(t) & bits_type(0x7ff0000000000000U)));
        if (any(!(absolute(y - t) <= power * (ulps * 0x1p-23)))) return true;
    }
    return false;
}

/// Compares one block; `bend` gives the derivative of what is compared, for the neighbourhood of roots.
template<class Bend>
void compare(const block& b, const float* ours, const double* truth, Bend bend, const std::vector<double>& roots,
             worst& result) {
    if (!is_any_beyond(ours, truth, result.ulp)) return;
    for (std::size_t i = 0; i < block_size; ++i) {
        const double t = truth[i];
        const double y = static_cast<double>(ours[i]);
        const bool overflows = std::fabs(t) >= 0x1.ffffffp127;
        if (t != t || y != y || overflows || std::isinf(y)) {
            const bool close = overflows && (std::isinf(y) || std::fabs(y) >= 0x1.fffff8p127) && (y > 0) == (t > 0);
            const bool limit = std::isinf(y) && std::fabs(t) >= 0x1.fffff8p127 && (y > 0) == (t > 0);
            if (!((t != t && y != y) || close || limit)) ++result.wrong;
            continue;
        }
        const double ulp = std::fabs(y - t) / ulp_of(t);
        if (ulp <= result.ulp) continue;
        const double x = static_cast<double>(b.at[i]);
        const bool near_root = std::any_of(roots.begin(), roots.end(), [&](double r) {
            return std::fabs(x - r) <= std::fabs(r) || (roots.size() > 16 && std::fabs(x) > std::fabs(r));
        });
        if (near_root && std::fabs(y - t) <= 2 * 0x1p-23 * std::fabs(x * bend()[i])) continue;
        result.ulp = ulp;
        result.at = b.at[i];
    }
}

bool changes_sign(double a, double b) { return a == a && ((a < 0) != (b < 0) || (a > 0) != (b > 0)); }

float nth_float(std::uint64_t n) { return std::bit_cast<float>(static_cast<std::uint32_t>(n)); }

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
                for (std::size_t i = 0; i < block_size; ++i) b->at[i] = nth_float(sign + first + (i << 8));
                fill(*b);
                for (std::size_t i = 0; i < block_size; ++i) {
                    const double x = static_cast<double>(b->at[i]);
                    if (changes_sign(last[1], b->true_value[i])) of_value.push_back((x + last[0]) / 2);
                    if (changes_sign(last[2], b->true_slope[i])) of_slope.push_back((x + last[0]) / 2);
                    last[0] = x, last[1] = b->true_value[i], last[2] = b->true_slope[i];
                }
            }
        }
    }

    static figures measure(std::uint64_t stride, unsigned threads) {
        std::vector<double> value_roots;
        std::vector<double> slope_roots;
        find_roots(value_roots, slope_roots);
        for (auto* roots : {&value_roots, &slope_roots}) {
            std::sort(roots->begin(), roots->end(), [](double u, double v) { return std::fabs(u) < std::fabs(v); });
            if (roots->size() > 64) roots->resize(64);  // periodic functions: beyond, everything is near a root
        }
        const std::uint64_t step = block_size * stride;
        const std::uint64_t half_blocks = (0x7f800000 + step - 1) / step;
        std::atomic<std::uint64_t> next{0};
        figures total;
        std::mutex guard;
        auto work = [&] {
            auto b = std::make_unique<block>();
            figures mine;
            for (std::uint64_t k = next++; k < 2 * half_blocks; k = next++) {
                const std::uint64_t base = k < half_blocks ? k * step : 0x80000000U + (k - half_blocks) * step;
                const std::uint64_t limit = k < half_blocks ? 0x7f800000U : 0xff800000U;
                for (std::size_t i = 0; i < block_size; ++i) {
                    b->at[i] = nth_float(std::min(base + i * stride, limit - 1));
                }
                const std::span<const float> at(b->at);
                const F f;
                forward(f, at, std::span<float>(b->other_value), Tag{}...);
                value_and_derivative(f, at, std::span<float>(b->value), std::span<float>(b->slope), Tag{}...);
                fill(*b);
                const auto slope = [&] { return b->true_slope; };
                const auto bend = [&] { return curvature(*b); };
                compare(*b, b->value, b->true_value, slope, value_roots, mine.value);
                compare(*b, b->other_value, b->true_value, slope, value_roots, mine.value);
                compare(*b, b->slope, b->true_slope, bend, slope_roots, mine.slope);
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

bool is_listed(const std::string& list, const std::string& name) {
    return list == "all" || ("," + list + ",").find("," + name + ",") != std::string::npos;
}

}  // namespace

int main(int count, char** arguments) {
    std::string entries = "all";
    std::string tier = "both";
    std::string out;
    std::uint64_t stride = 1;
    unsigned threads = std::max(1U, std::thread::hardware_concurrency());
    for (int i = 1; i + 1 < count; i += 2) {
        const std::string option = arguments[i];
        const char* value = arguments[i + 1];
        if (option == "--entries") entries = value;
        else if (option == "--tier") tier = value;
        else if (option == "--out") out = value;
        else if (option == "--stride") stride = std::strtoull(value, nullptr, 10);
        else if (option == "--threads") threads = static_cast<unsigned>(std::strtoul(value, nullptr, 10));
        else return std::fprintf(stderr, "unknown option %s\n", option.c_str()), 2;
    }
    std::ofstream file;
    if (!out.empty()) file.open(out);
    std::ostream& to = out.empty() ? std::cout : file;
    auto report = [&](const std::string& name, const char* which, const figures& f) {
        char line[256];
        std::snprintf(line, sizeof line, "%-18s %-8s %10.3f %16.9g %10.3f %16.9g %8llu %8llu", name.c_str(), which,
                      f.value.ulp, static_cast<double>(f.value.at), f.slope.ulp, static_cast<double>(f.slope.at),
                      static_cast<unsigned long long>(f.value.wrong), static_cast<unsigned long long>(f.slope.wrong));
        to << line << std::endl;
    };
    boost::hana::for_each(activations::all, [&](const auto& entry) {
        using entry_type = std::remove_cvref_t<decltype(entry)>;
        constexpr auto f = textbook::with_values<entry_type>();
        using formula = std::remove_const_t<decltype(f)>;
        const std::string name(entry.name);
        if (!is_listed(entries, name)) return;
        if (tier != "accurate") report(name, "default", subject<formula>::measure(stride, threads));
        if (tier != "default") {
            report(name, "accurate", subject<formula, std::remove_const_t<decltype(accurate)>>::measure(stride, threads));
        }
    });
}
