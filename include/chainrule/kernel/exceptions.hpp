// SPDX-License-Identifier: BSL-1.0
/// The exceptions of IEEE 754 as a look at many results at once: the processor notes in a register of its own
/// when an operation was invalid, divided by zero, or overflowed.
#pragma once

#include <chainrule/kernel/instructions.hpp>

#include <cstddef>
#include <limits>

namespace chainrule::detail {
inline namespace CHAINRULE_SIMD_NAMESPACE {

/// Calls with fewer elements are not watched: to read the register costs as much as a look at some hundred.
inline constexpr std::size_t shortest_watched = 512;
/// Where one has been raised already: to put it aside and back takes 200 cycles.
inline constexpr std::size_t shortest_watched_after_one = 4096;
/// After so many groups of batches the register is read.
inline constexpr std::size_t watched_groups = 64;

#if defined(CHAINRULE_SIMD_AVX512) || defined(CHAINRULE_SIMD_AVX2)
inline constexpr bool has_exception_watch = true;

#if defined(CHAINRULE_SIMD_AVX512)
[[nodiscard]] constexpr bool keeps_exceptions() { return true; }
#else
/// Whether an overflow is noted. valgrind, which knows AVX2 but not AVX-512, notes none.
[[nodiscard]] inline bool keeps_exceptions() {
    static const bool result = [] {
        constexpr unsigned overflow = 0x08;
        const unsigned before = __builtin_ia32_stmxcsr();
        __builtin_ia32_ldmxcsr(before & ~overflow);
        volatile float large = std::numeric_limits<float>::max();
        large = large + large;
        const bool is_noted = (__builtin_ia32_stmxcsr() & overflow) != 0;
        __builtin_ia32_ldmxcsr(before);
        return is_noted;
    }();
    return result;
}
#endif

/// Watches for exceptions. Those raised before are put aside, and noted again at the end.
class exception_watch {
    static constexpr unsigned watched = 0x0d;  ///< invalid, division by zero, overflow
    static constexpr int most_failures = 2;

public:
    /// Whether `size` elements are enough.
    [[nodiscard]] CHAINRULE_SIMD_INLINE static bool pays(std::size_t size) {
        return size >= shortest_watched && keeps_exceptions() &&
            (size >= shortest_watched_after_one || (__builtin_ia32_stmxcsr() & watched) == 0);
    }
    CHAINRULE_SIMD_INLINE exception_watch() : before(__builtin_ia32_stmxcsr() & watched) {
        start();
    }
    CHAINRULE_SIMD_INLINE ~exception_watch() {
        asm volatile("" : : : "memory");
        if (before != 0) __builtin_ia32_ldmxcsr(__builtin_ia32_stmxcsr() | before);
    }
    exception_watch(const exception_watch&) = delete;
    exception_watch& operator=(const exception_watch&) = delete;

    /// Where exceptions are common it is quicker to look at the results at once.
    [[nodiscard]] CHAINRULE_SIMD_INLINE bool is_on() const { return failures < most_failures; }
    // What is computed and stored before comes before.
    [[nodiscard]] CHAINRULE_SIMD_INLINE static bool has_seen_one() {
        asm volatile("" : : : "memory");
        return (__builtin_ia32_stmxcsr() & watched) != 0;
    }
    /// After one.
    CHAINRULE_SIMD_INLINE void go_on() {
        before |= __builtin_ia32_stmxcsr() & watched;
        ++failures;
        start();
    }

private:
    CHAINRULE_SIMD_INLINE static void start() {
        const unsigned now = __builtin_ia32_stmxcsr();
        if ((now & watched) != 0) __builtin_ia32_ldmxcsr(now & ~watched);
        asm volatile("" : : : "memory");
    }

    unsigned before;
    int failures = 0;
};
#else
inline constexpr bool has_exception_watch = false;

struct exception_watch {
    [[nodiscard]] static bool pays(std::size_t) { return false; }
    [[nodiscard]] static bool is_on() { return false; }
    [[nodiscard]] static bool has_seen_one() { return false; }
    static void go_on() {}
};
#endif

}  // namespace CHAINRULE_SIMD_NAMESPACE
}  // namespace chainrule::detail
