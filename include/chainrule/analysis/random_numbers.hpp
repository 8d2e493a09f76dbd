// SPDX-License-Identifier: BSL-1.0
/// Random numbers for experiments that can be repeated.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <random>
#include <span>

namespace chainrule {

/// Random numbers that depend on the seed alone, not on the standard library.
class random_numbers {
public:
    explicit random_numbers(std::uint64_t seed) : engine(seed) {}
    /// Gives these normal numbers, drawn before, again: for networks that differ in f alone. They must live
    /// as long and be enough.
    explicit random_numbers(std::span<const double> normals) : drawn(normals) {}

    /// Even on [0, 1).
    double uniform() { return static_cast<double>(engine() >> 11) * 0x1p-53; }
    /// N(0, 1), by the method of Box and Muller.
    double normal() {
        if (!drawn.empty()) {
            const double next = drawn.front();
            drawn = drawn.subspan(1);
            return next;
        }
        const double radius = std::sqrt(-2 * std::log(1 - uniform()));
        return radius * std::cos(2 * std::numbers::pi * uniform());
    }
    /// One of 0 ... n - 1.
    std::size_t below(std::size_t n) {
        return static_cast<std::size_t>(uniform() * static_cast<double>(n));
    }

private:
    std::mt19937_64 engine;
    std::span<const double> drawn;
};

}  // namespace chainrule
