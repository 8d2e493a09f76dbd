// SPDX-License-Identifier: BSL-1.0
/// What the tests of kernels share: arrays with guards around them, inputs, and how results are compared.
#pragma once

#include <chainrule/verify/ulp.hpp>

#include "support/catch.hpp"

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

namespace arrays {

template<class T>
using bits_of = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;

/// A NaN that no computation makes.
template<class T>
T canary() {
    return std::bit_cast<T>(
        static_cast<bits_of<T>>(sizeof(T) == 4 ? 0x7fc0beefULL : 0x7ff800c0ffee0123ULL));
}

/// `size` elements with guards before and behind them, `offset` elements off a 64-byte boundary.
template<class T>
class guarded {
public:
    explicit guarded(std::size_t size, std::size_t offset = 0)
        : storage_(size + 2 * guard + 64, canary<T>()), size_(size) {
        const auto address = reinterpret_cast<std::uintptr_t>(storage_.data() + guard);
        begin_ = guard + (64 - address % 64) % 64 / sizeof(T) + offset;
    }
    guarded(const guarded&) = delete;
    guarded& operator=(const guarded&) = delete;

    [[nodiscard]] std::span<T> span() { return {storage_.data() + begin_, size_}; }
    [[nodiscard]] T& operator[](std::size_t i) { return storage_[begin_ + i]; }

    /// Whether everything around the elements is as it was.
    [[nodiscard]] bool guards_intact() const {
        for (std::size_t i = 0; i < storage_.size(); ++i) {
            if ((i < begin_ || i >= begin_ + size_) && !is_canary(storage_[i])) return false;
        }
        return true;
    }
    /// Whether nothing at all was written.
    [[nodiscard]] bool untouched() const {
        for (const T& v : storage_) {
            if (!is_canary(v)) return false;
        }
        return true;
    }

private:
    static constexpr std::size_t guard = 32;
    static bool is_canary(T v) {
        return std::bit_cast<bits_of<T>>(v) == std::bit_cast<bits_of<T>>(canary<T>());
    }

    std::vector<T> storage_;
    std::size_t size_;
    std::size_t begin_;
};

/// Numbers between about −9 and 9 without a pattern, all different.
template<class T>
T ordinary(std::size_t i) {
    return static_cast<T>(9 * std::sin(0.7 + 1.618033988749895 * static_cast<double>(i)));
}

template<class T>
std::vector<T> ordinary_values(std::size_t size) {
    std::vector<T> result(size);
    for (std::size_t i = 0; i < size; ++i) result[i] = ordinary<T>(i);
    return result;
}

/// Zeros, subnormals, the ends of the number range, infinities, NaN.
template<class T>
std::vector<T> special_values() {
    using limits = std::numeric_limits<T>;
    return {T(0),
            -T(0),
            limits::denorm_min(),
            -limits::denorm_min(),
            limits::min() / 2,
            limits::min(),
            -limits::min(),
            limits::max(),
            -limits::max(),
            limits::infinity(),
            -limits::infinity(),
            limits::quiet_NaN(),
            T(1e-5),
            T(-80),
            T(80),
            T(-1000),
            T(1000)};
}

/// Both NaN, the same infinity, both zero, or a few representable numbers apart.
template<class T>
bool agree(T result, T expected, std::uint64_t ulps) {
    return chainrule::ulp_distance(result, expected) <= ulps;
}

}  // namespace arrays
