// SPDX-License-Identifier: BSL-1.0
/// Sums over all elements: lane by lane, eight floats in float and the rest in double, then strand by
/// strand in a fixed order. The error is at most 7·2⁻²⁴ of the sum of magnitudes, and the bits are the same
/// for any number of threads.
#pragma once

#include <chainrule/kernel/batch.hpp>

#include <cstddef>
#include <utility>

namespace chainrule::detail {
inline namespace CHAINRULE_SIMD_NAMESPACE {

/// So many floats are added up in float before the sum goes into a double: conversions of every one would
/// take as long as a simple derivative.
inline constexpr std::size_t summed_stretch = 8;

/// The running sums of the lanes of batch<T, N>, in double.
template<class T, int N>
class lane_sums;

template<int N>
class lane_sums<double, N> {
public:
    /// v is the sum of at most summed_stretch batches.
    CHAINRULE_SIMD_INLINE void add(simd::batch<double, N> v) { lanes += v; }
    /// The first `count` lanes together.
    double total(int count) const {
        double all[static_cast<std::size_t>(N)];
        store(all, lanes);
        double sum = 0;
        for (int i = 0; i < count; ++i) sum += all[i];
        return sum;
    }

private:
    simd::batch<double, N> lanes = 0.0;
};

template<>
class lane_sums<float, 1> {
public:
    CHAINRULE_SIMD_INLINE void add(simd::batch<float, 1> v) { sum += static_cast<double>(v.lanes); }
    double total(int count) const { return count > 0 ? sum : 0; }

private:
    double sum = 0;
};

template<int N>
    requires(N > 1)
class lane_sums<float, N> {
public:
    CHAINRULE_SIMD_INLINE void add(simd::batch<float, N> v) {
        widen(v, std::make_index_sequence<half>{});
    }
    double total(int count) const {
        return low.total(count < half ? count : half) + high.total(count < half ? 0 : count - half);
    }

private:
    static constexpr int half = N / 2;
    template<std::size_t... I>
    CHAINRULE_SIMD_INLINE void widen(simd::batch<float, N> v, std::index_sequence<I...>) {
        using wide = simd::batch<double, half>;
        using lanes = typename wide::vector_type;
        low.add(wide(__builtin_convertvector(
            __builtin_shufflevector(v.lanes, v.lanes, static_cast<int>(I)...), lanes)));
        high.add(wide(__builtin_convertvector(
            __builtin_shufflevector(v.lanes, v.lanes, static_cast<int>(I) + half...), lanes)));
    }
    lane_sums<double, half> low;
    lane_sums<double, half> high;
};

/// Long arrays are summed in at most this many strands, whatever the number of threads.
inline constexpr std::size_t largest_strand_count = 64;
inline constexpr std::size_t shortest_strand = 4096;

/// How many elements a strand has; per-channel sums (`channels` of them in each strand) ask for long ones.
constexpr std::size_t strand_length(std::size_t size, std::size_t channels) {
    std::size_t length = (size + largest_strand_count - 1) / largest_strand_count;
    if (length < 16 * channels) length = 16 * channels;
    return (length + shortest_strand - 1) / shortest_strand * shortest_strand +
        (length == 0 ? shortest_strand : 0);
}

}  // namespace CHAINRULE_SIMD_NAMESPACE
}  // namespace chainrule::detail
