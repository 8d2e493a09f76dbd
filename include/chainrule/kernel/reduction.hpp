// SPDX-License-Identifier: BSL-1.0
/// Sums over all elements: lane by lane, two sums of seven floats (or one of eight) in float and the rest
/// in double, then strand by strand in a fixed order. The error is at most 7·2⁻²⁴ of the sum of magnitudes,
/// and the bits are the same for any number of threads.
#pragma once

#include <chainrule/kernel/batch.hpp>

#include <cstddef>
#include <utility>

namespace chainrule::detail {
inline namespace CHAINRULE_SIMD_NAMESPACE {

/// What is added up in float before it goes into a double is rounded no more often than so many floats in a
/// row: conversions of every one would take as long as a simple derivative.
inline constexpr std::size_t summed_stretch = 8;

/// v, but 0 in the lanes from `count` on.
template<class T, int N>
CHAINRULE_SIMD_INLINE simd::batch<T, N> first_lanes(simd::batch<T, N> v, int count) {
    if constexpr (N == 1) {
        return count > 0 ? v : simd::batch<T, N>(T(0));
    } else {
        using mask = simd::mask<T, N>;
        return [&]<std::size_t... I>(std::index_sequence<I...>) {
            using lane = typename mask::lane_type;
            const typename mask::vector_type index = {static_cast<lane>(I)...};
            const typename mask::vector_type counts =
                typename mask::vector_type{} + static_cast<lane>(count);
            return select(mask{index < counts}, v, simd::batch<T, N>(T(0)));
        }
        (std::make_index_sequence<static_cast<std::size_t>(N)>{});
    }
}

/// All lanes together, pair by pair.
template<int N>
CHAINRULE_SIMD_INLINE double sum_of_lanes(simd::batch<double, N> v) {
    double all[static_cast<std::size_t>(N)];
    store(all, v);
    CHAINRULE_UNROLL
    for (int half = N / 2; half > 0; half /= 2) {
        CHAINRULE_UNROLL
        for (int i = 0; i < half; ++i) all[i] += all[i + half];
    }
    return all[0];
}

/// The running sums of the lanes of batch<T, N>, in double.
template<class T, int N>
class lane_sums;

template<int N>
class lane_sums<double, N> {
public:
    /// v is the sum of at most summed_stretch batches.
    CHAINRULE_SIMD_INLINE void add(simd::batch<double, N> v) { lanes += v; }
    CHAINRULE_SIMD_INLINE double total() const { return sum_of_lanes(lanes); }

private:
    simd::batch<double, N> lanes = 0.0;
};

template<>
class lane_sums<float, 1> {
public:
    CHAINRULE_SIMD_INLINE void add(simd::batch<float, 1> v) { sum += static_cast<double>(v.lanes); }
    CHAINRULE_SIMD_INLINE double total() const { return sum; }

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
    CHAINRULE_SIMD_INLINE double total() const { return sum_of_lanes(low + high); }

private:
    static constexpr int half = N / 2;
    using wide = simd::batch<double, half>;
    template<std::size_t... I>
    CHAINRULE_SIMD_INLINE void widen(simd::batch<float, N> v, std::index_sequence<I...>) {
        low += widen(__builtin_shufflevector(v.lanes, v.lanes, static_cast<int>(I)...));
        high += widen(__builtin_shufflevector(v.lanes, v.lanes, static_cast<int>(I) + half...));
    }
    template<class Half>
    CHAINRULE_SIMD_INLINE static wide widen(Half lanes) {
#if defined(CHAINRULE_SIMD_AVX512)
        if constexpr (half == 8) return wide(simd::instruction::widened(lanes));
        else
#endif
            return wide(__builtin_convertvector(lanes, typename wide::vector_type));
    }
    wide low = 0.0;
    wide high = 0.0;
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
