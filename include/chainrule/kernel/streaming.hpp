// SPDX-License-Identifier: BSL-1.0
/// Results of large arrays go past the caches to memory (non-temporal stores): when, and how.
#pragma once

#include <chainrule/kernel/storage.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__unix__) || defined(__APPLE__)
#include <unistd.h>
#endif

namespace chainrule::detail {
inline namespace CHAINRULE_SIMD_NAMESPACE {

/// From how many bytes on, counted over all arrays of a call, results are streamed: the size of the
/// last-level cache, but 64 MB at most (a large cache is shared by many cores; measured on a server with
/// 300 MB: at 2 MB streaming is 1.5 times slower, from 32 MB on 1.2 to 3 times faster, but results that are
/// read again soon are better kept below). Define CHAINRULE_STREAMING_BYTES, the same in all files, to set
/// it: 0 streams always, SIZE_MAX never.
inline std::size_t streaming_threshold() {
#if defined(CHAINRULE_STREAMING_BYTES)
    return CHAINRULE_STREAMING_BYTES;
#else
    static const std::size_t threshold = [] {
        std::size_t bytes = std::size_t{64} << 20;
#if defined(_SC_LEVEL3_CACHE_SIZE)
        const long cache = sysconf(_SC_LEVEL3_CACHE_SIZE);
        if (cache > 0 && static_cast<std::size_t>(cache) < bytes)
            bytes = static_cast<std::size_t>(cache);
#endif
        return bytes;
    }();
    return threshold;
#endif
}

/// Whether results stay in the caches; known at once for small arrays, as no last-level cache is smaller.
CHAINRULE_SIMD_INLINE bool stays_in_cache(std::size_t bytes) {
#if defined(CHAINRULE_STREAMING_BYTES)
    return bytes < streaming_threshold();
#else
    return bytes < (std::size_t{128} << 10) || bytes < streaming_threshold();
#endif
}

/// Copies past the caches: whole lines by streaming stores, the ends by ordinary ones.
[[gnu::noinline]] inline void stream_bytes(unsigned char* to, const unsigned char* from,
                                           std::size_t size) {
    using V = simd::batch<float, simd::native_lanes<float>>;
    constexpr std::size_t bytes = sizeof(V::lanes);
    const auto misplaced = reinterpret_cast<std::uintptr_t>(to) % bytes;
    std::size_t done = misplaced == 0 ? 0 : bytes - misplaced;
    if (done > size) done = size;
    std::memcpy(to, from, done);
    for (; done + bytes <= size; done += bytes) {
        V line;
        std::memcpy(&line, from + done, bytes);
        store_streaming(reinterpret_cast<float*>(to + done), line);
    }
    std::memcpy(to + done, from + done, size - done);
}

template<class T>
void stream_copy(T* to, const T* from, std::size_t size) {
    stream_bytes(reinterpret_cast<unsigned char*>(to), reinterpret_cast<const unsigned char*>(from),
                 size * sizeof(T));
}

/// to[j] += from[j].
template<class T>
[[gnu::noinline]] void add_to(T* to, const T* from, std::size_t size) {
    using V = working_batch<T>;
    constexpr std::size_t lanes = V::lane_count;
    std::size_t done = 0;
    for (; done + lanes <= size; done += lanes) {
        simd::store_as(to + done, simd::load_as<V>(to + done) + simd::load_as<V>(from + done));
    }
    for (; done < size; ++done) {
        to[done] = static_cast<T>(static_cast<number_of<T>>(to[done]) +
                                  static_cast<number_of<T>>(from[done]));
    }
}

}  // namespace CHAINRULE_SIMD_NAMESPACE
}  // namespace chainrule::detail
