// SPDX-License-Identifier: BSL-1.0
/// per_channel(values, inner): one value per channel of a tensor, in inputs and in gradients.
#pragma once

#include <chainrule/kernel/reduction.hpp>
#include <chainrule/kernel/storage.hpp>

#include <cstring>
#include <type_traits>
#include <utility>

namespace chainrule {

namespace detail {

struct channel_values_tag {};

/// `Values` is a reference to the caller's range, or a range held by value.
template<class Values>
struct channel_values : channel_values_tag {
    using range_type = Values;
    Values values;
    std::size_t inner;

    constexpr channel_values(Values v, std::size_t i)
        : values(static_cast<Values&&>(v)), inner(i) {}
};

template<class T>
concept channel_values_like = std::is_base_of_v<channel_values_tag, std::remove_cvref_t<T>>;

/// The channels that an array has: element i belongs to channel (i / inner) % count.
struct channel_layout {
    std::size_t count = 0;  ///< 0: no channels
    std::size_t inner = 1;
    constexpr bool operator==(const channel_layout&) const = default;
};

/// Walks over elements begin ... begin + size in runs of one channel: use(first element, length, channel).
template<class Use>
void for_each_run(channel_layout layout, std::size_t begin, std::size_t size, Use use) {
    std::size_t channel = begin / layout.inner % layout.count;
    std::size_t left = layout.inner - begin % layout.inner;
    for (std::size_t done = 0; done < size;) {
        const std::size_t length = left < size - done ? left : size - done;
        use(done, length, channel);
        done += length;
        left = layout.inner;
        if (++channel == layout.count) channel = 0;
    }
}

/// With inner = 1 the channels follow each other: use(first element, length, first channel).
template<class Use>
void for_each_row(std::size_t channels, std::size_t begin, std::size_t size, Use use) {
    std::size_t channel = begin % channels;
    for (std::size_t done = 0; done < size;) {
        const std::size_t length =
            channels - channel < size - done ? channels - channel : size - done;
        use(done, length, channel);
        done += length;
        channel = 0;
    }
}

inline namespace CHAINRULE_SIMD_NAMESPACE {

/// How far beyond its end expand_channels may write.
template<class T>
inline constexpr std::size_t expansion_margin = std::is_floating_point_v<T>
    ? static_cast<std::size_t>(simd::native_lanes<T>)
    : 0;

/// to[j] = the value of the channel of element begin + j.
template<class T>
[[gnu::noinline]] void expand_channels(const T* values, channel_layout layout, std::size_t begin,
                                       std::size_t size, T* to) {
    // A period that fits several times is written once and then doubled.
    const std::size_t period =
        layout.count <= size / layout.inner ? layout.count * layout.inner : size + 1;
    const std::size_t first = period < size ? period : size;
    if (layout.inner == 1) {
        for_each_row(layout.count, begin, first,
                     [&](std::size_t done, std::size_t length, std::size_t channel) {
                         std::memcpy(to + done, values + channel, length * sizeof(T));
                     });
    } else {
        for_each_run(layout, begin, first,
                     [&](std::size_t done, std::size_t length, std::size_t channel) {
                         const T value = values[channel];
                         if constexpr (expansion_margin < T >> 0) {
                             // The next run overwrites what the last batch has too much.
                             using V = simd::batch<T, simd::native_lanes<T>>;
                             for (std::size_t j = 0; j < length; j += expansion_margin<T>)
                                 store(to + done + j, V(value));
                         } else {
                             for (std::size_t j = 0; j < length; ++j) to[done + j] = value;
                         }
                     });
    }
    for (std::size_t filled = first; filled < size;) {
        const std::size_t length = filled < size - filled ? filled : size - filled;
        std::memcpy(to + filled, to, length * sizeof(T));
        filled += length;
    }
}

/// sums[j] += from[j].
template<class T>
void add_to_sums(const T* from, std::size_t size, double* sums) {
    constexpr int lanes = simd::native_lanes<double>;
    std::size_t j = 0;
    if constexpr (lanes > 1 && std::is_floating_point_v<T>) {
        typedef T narrow __attribute__((vector_size(static_cast<std::size_t>(lanes) * sizeof(T))));
        using wide = simd::batch<double, lanes>;
        for (; j + static_cast<std::size_t>(lanes) <= size; j += static_cast<std::size_t>(lanes)) {
            narrow values;
            std::memcpy(&values, from + j, sizeof(values));
            const wide converted(__builtin_convertvector(values, typename wide::vector_type));
            store(sums + j, simd::load<wide>(sums + j) + converted);
        }
    }
    for (; j < size; ++j) sums[j] += static_cast<double>(from[j]);
}

/// sums[channel of element begin + j] += from[j].
template<class T>
[[gnu::noinline]] void sum_channels(const T* from, channel_layout layout, std::size_t begin,
                                    std::size_t size, double* sums) {
    using V = working_batch<T>;
    constexpr auto lanes = static_cast<std::size_t>(V::lane_count);
    if (layout.inner == 1) {
        for_each_row(layout.count, begin, size,
                     [&](std::size_t done, std::size_t length, std::size_t channel) {
                         add_to_sums(from + done, length, sums + channel);
                     });
        return;
    }
    for_each_run(layout, begin, size,
                 [&](std::size_t done, std::size_t length, std::size_t channel) {
                     lane_sums<typename V::value_type, V::lane_count> run;
                     std::size_t j = 0;
                     while (j + lanes <= length) {
                         V stretch = simd::load_as<V>(from + done + j);
                         j += lanes;
                         for (std::size_t i = 1; i < summed_stretch && j + lanes <= length;
                              ++i, j += lanes) {
                             stretch = stretch + simd::load_as<V>(from + done + j);
                         }
                         run.add(stretch);
                     }
                     double sum = j > 0 ? run.total() : 0;
                     for (; j < length; ++j) sum += static_cast<double>(from[done + j]);
                     sums[channel] += sum;
                 });
}

}  // namespace CHAINRULE_SIMD_NAMESPACE
}  // namespace detail

/// A value for each channel: bias = per_channel(values, inner) in a kernel call. Element i uses
/// values[(i / inner) % size]: inner = 1 for channels-last tensors (NHWC), inner = H·W for channels-first
/// (NCHW). The gradient is grad(bias) = range, or = per_channel(range, inner): one sum per channel.
template<class R>
constexpr auto per_channel(R&& values, std::size_t inner) {
    return detail::channel_values<R>(static_cast<R&&>(values), inner);
}

}  // namespace chainrule
