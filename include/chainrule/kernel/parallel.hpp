// SPDX-License-Identifier: BSL-1.0
/// `parallel` among the bindings of a kernel call: large arrays are shared among threads.
#pragma once

#include <chainrule/kernel/instructions.hpp>

#include <concepts>
#include <cstddef>
#include <type_traits>

#if defined(__unix__) || defined(__APPLE__)
// <thread> costs 0.3 s in every file that includes it, <pthread.h> nothing.
#include <pthread.h>
#include <unistd.h>
#else
#include <thread>
#endif

namespace chainrule {

namespace detail {

struct parallel_policy {
    unsigned thread_count = 0;  ///< 0: one for each processor

    /// parallel(4): at most four threads.
    constexpr parallel_policy operator()(unsigned threads) const {
        return {threads == 0 ? 1 : threads};
    }
};

template<class P>
concept parallel_policy_like = std::same_as<std::remove_cvref_t<P>, parallel_policy>;

/// No thread is started for fewer elements than this for each; starting one takes as long as working on
/// some ten thousand elements.
inline constexpr std::size_t elements_per_thread = std::size_t{1} << 17;

inline namespace CHAINRULE_SIMD_NAMESPACE {

inline unsigned processor_count() {
#if defined(__unix__) || defined(__APPLE__)
    static const long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count > 0 ? static_cast<unsigned>(count) : 1;
#else
    const unsigned count = std::thread::hardware_concurrency();
    return count > 0 ? count : 1;
#endif
}

/// work(0) ... work(count - 1), each on a thread of its own, the last on this one. A thread that cannot be
/// started leaves its share to this one.
template<class Work>
void run_on_threads(unsigned count, const Work& work) {
    constexpr unsigned most = 64;
    if (count > most) count = most;
    struct share {
        const Work* work;
        unsigned index;
#if defined(__unix__) || defined(__APPLE__)
        static void* run(void* mine) {
            const share& s = *static_cast<share*>(mine);
            (*s.work)(s.index);
            return nullptr;
        }
        pthread_t thread;
        bool start() { return pthread_create(&thread, nullptr, &share::run, this) == 0; }
        void join() { pthread_join(thread, nullptr); }
#else
        std::thread thread;
        bool start() {
            try {
                thread = std::thread([this] { (*work)(index); });
                return true;
            } catch (...) {
                return false;
            }
        }
        void join() { thread.join(); }
#endif
        bool started = false;
    };
    share shares[most]{};
    for (unsigned i = 0; i + 1 < count; ++i) {
        shares[i].work = &work;
        shares[i].index = i;
        shares[i].started = shares[i].start();
    }
    if (count > 0) work(count - 1);
    for (unsigned i = 0; i + 1 < count; ++i) {
        if (shares[i].started) shares[i].join();
        else work(i);
    }
}

}  // namespace CHAINRULE_SIMD_NAMESPACE
}  // namespace detail

/// Shares arrays of at least 2 · 131072 elements among threads, one for each processor, `parallel(n)`
/// among n at most (64 at most); shorter arrays start no thread. Results, sums included, are the same bits
/// as without it. Stands anywhere among the bindings: forward(gelu, in, out, parallel).
inline constexpr detail::parallel_policy parallel{};

}  // namespace chainrule
