// SPDX-License-Identifier: BSL-1.0
/// Runs one loop once, under callgrind: instructions KERNEL SIZE, or compares ours with those by hand:
/// instructions check.
#include "kernels.hpp"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <new>
#include <string_view>
#include <utility>

namespace {

/// Only the arrays are made: what is taken off the counts of the others.
void nothing(const counted::arrays&) {}

constexpr std::pair<std::string_view, void (*)(const counted::arrays&)> loops[] = {
    {"ours.relu", counted::ours::relu},
    {"by_hand.relu", counted::by_hand::relu},
    {"ours.sigmoid", counted::ours::sigmoid},
    {"by_hand.sigmoid", counted::by_hand::sigmoid},
    {"ours.silu", counted::ours::silu},
    {"by_hand.silu", counted::by_hand::silu},
    {"nothing", nothing},
};

float* make_array(std::size_t size) {
    auto* p = static_cast<float*>(std::aligned_alloc(64, size * sizeof(float)));
    if (p == nullptr) std::exit(2);
    for (std::size_t i = 0; i < size; ++i) {
        p[i] = static_cast<float>(static_cast<int>(i % 2001) - 1000) * 0.01f;
    }
    return p;
}

counted::arrays make_arrays(std::size_t size) {
    return {make_array(size), make_array(size), make_array(size), size};
}

/// The loops by hand compute the same: within 8 units in the last place, or it is not a comparison.
int check() {
    constexpr std::size_t size = 4096;
    int wrong = 0;
    for (std::size_t k = 0; k + 1 < std::size(loops); k += 2) {
        const counted::arrays ours = make_arrays(size);
        const counted::arrays by_hand = make_arrays(size);
        loops[k].second(ours);
        loops[k + 1].second(by_hand);
        for (std::size_t i = 0; i < size; ++i) {
            auto differ = [&](float a, float b) {
                return std::fabs(a - b) > 8 * 1.2e-7f * std::fabs(b) + 2e-7f;
            };
            wrong += differ(ours.value[i], by_hand.value[i]) ? 1 : 0;
            wrong += differ(ours.slope[i], by_hand.slope[i]) ? 1 : 0;
        }
    }
    std::printf("%d results differ\n", wrong);
    return wrong == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    const std::string_view name = argc > 1 ? argv[1] : "";
    if (name == "check") return check();
    for (const auto& [loop, run] : loops) {
        if (argc < 3 || name != loop) continue;
        run(make_arrays(static_cast<std::size_t>(std::atol(argv[2]))));
        return 0;
    }
    std::fprintf(stderr, "usage: instructions check | KERNEL SIZE\n");
    return 2;
}
