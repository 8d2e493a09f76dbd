// SPDX-License-Identifier: BSL-1.0
#include "throughput.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <random>
#include <vector>

namespace chainrule::report {

namespace {

using clock = std::chrono::steady_clock;

template<class Work>
double nanoseconds(Work work, int calls) {
    const auto begin = clock::now();
    for (int i = 0; i < calls; ++i) work();
    const std::chrono::duration<double, std::nano> time = clock::now() - begin;
    return time.count() / calls / static_cast<double>(throughput_elements);
}

/// The two in turn, so that both meet the same disturbances.
template<class First, class Second>
void compare(First first, Second second, int milliseconds, double& first_best,
             double& second_best) {
    first();
    second();
    const double once = std::max(nanoseconds(first, 1), nanoseconds(second, 1));
    const int calls = std::max(1, static_cast<int>(5e4 / (once * throughput_elements)));
    first_best = second_best = std::numeric_limits<double>::infinity();
    const auto end = clock::now() + std::chrono::milliseconds(milliseconds);
    for (int repetition = 0; repetition < 20 || clock::now() < end; ++repetition) {
        first_best = std::min(first_best, nanoseconds(first, calls));
        second_best = std::min(second_best, nanoseconds(second, calls));
    }
}

}  // namespace

throughput measure_throughput(const compiled_formula& f, int milliseconds) {
    std::mt19937 random(20'240'229);
    std::normal_distribution<float> normal;
    std::vector<float> in(throughput_elements);
    std::ranges::generate(in, [&] { return normal(random); });
    std::vector<float> value(in.size());
    std::vector<float> grad_in(in.size());
    std::vector<float> grad_out(in.size());
    std::ranges::generate(grad_out, [&] { return normal(random); });

    auto fused_value = [&] { f.value_float(in.data(), value.data(), in.size()); };
    auto plain_value = [&] {
        if (f.plain_value_float != nullptr) f.plain_value_float(in.data(), value.data(), in.size());
    };
    auto fused_backward = [&] {
        f.backward_float(in.data(), grad_out.data(), grad_in.data(), in.size());
    };
    auto plain_backward = [&] {
        if (f.plain_backward_float != nullptr)
            f.plain_backward_float(in.data(), grad_out.data(), grad_in.data(), in.size());
    };
    throughput result;
    compare(fused_value, plain_value, milliseconds, result.fused_value, result.plain_value);
    compare(fused_backward, plain_backward, milliseconds, result.fused_backward,
            result.plain_backward);
    if (f.plain_value_float == nullptr) result.plain_value = result.plain_backward = 0;
    return result;
}

}  // namespace chainrule::report
