// SPDX-License-Identifier: BSL-1.0
/// Results of large arrays go past the caches to memory (non-temporal stores): when, and how.
#pragma once

#include <chainrule/kernel/batch.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__unix__) || defined(__APPLE__)
#include <unistd.h>
#endif

namespace chainrule::detail {
inline namespace CHAINRULE_SIMD_NAMESPACE {

/// From how many bytes on, counted over all arrays of a call, results are streamed. Define
/// CHAINRULE_STREAMING_BYTES before the first include to set it: 0 streams always, SIZE_MAX never.
inline std::size_t streaming_threshold() {
#if defined(CHAINRULE_STREAMING_BYTES)
    return CHAINRULE_STREAMING_BYTES;
#else
    static const std::size_t threshold = [] {
        std::size_t bytes = std::size_t{32} << 20;
#if defined(_SC_LEVEL3_CACHE_SIZE)
        const long cache = sysconf(_SC_LEVEL3_CACHE_SIZE);
        if (cache > 0) bytes = static_cast<std::size_t>(cache);
#endif
        return bytes;
    }();
    return threshold;
#endif
}

/// Copies past the caches: whole lines by streaming stores, the ends by ordinary ones.
template<class T>
[[gnu::noinline]] void stream_copy(T* to, const T* from, std::size_t size) {
    using V = simd::batch<T, simd::native_lanes<T>>;
    constexpr std::size_t lanes = V::lane_count;
    constexpr std::size_t bytes = lanes * sizeof(T);
    const auto misplaced = reinterpret_cast<std::uintptr_t>(to) % bytes;
    std::size_t done = misplaced == 0 ? 0 : (bytes - misplaced) / sizeof(T);
    if (done > size) done = size;
    std::memcpy(to, from, done * sizeof(T));
    for (; done + lanes <= size; done += lanes) store_streaming(to + done, simd::load<V>(from + done));
    std::memcpy(to + done, from + done, (size - done) * sizeof(T));
}

/// to[j] += from[j].
template<class T>
[[gnu::noinline]] void add_to(T* to, const T* from, std::size_t size) {
    using V = simd::batch<T, simd::native_lanes<T>>;
    constexpr std::size_t lanes = V::lane_count;
    std::size_t done = 0;
    for (; done + lanes <= size; done += lanes) store(to + done, simd::load<V>(to + done) + simd::load<V>(from + done));
    for (; done < size; ++done) to[done] += from[done];
}

}  // namespace CHAINRULE_SIMD_NAMESPACE
}  // namespace chainrule::detail
