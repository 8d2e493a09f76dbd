// SPDX-License-Identifier: BSL-1.0
/// `parallel`: the same bits as on one thread, sums included; no thread for small arrays.
#include <chainrule/expr/formula.hpp>
#include <chainrule/kernel/backward.hpp>
#include <chainrule/op/op.hpp>

#include "kernel/arrays.hpp"

#include <atomic>
#include <cstring>

using namespace chainrule;
using namespace chainrule::literals;

namespace {

inline constexpr parameter<"beta"> beta;
inline constexpr parameter<"bias"> bias;

template<class T>
bool same_bits(const std::vector<T>& a, const std::vector<T>& b) {
    if (a.size() != b.size()) return false;
    return a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0;
}

}  // namespace

TEST_CASE("work is done once for each index, also when threads are few") {
    for (unsigned count : {0U, 1U, 2U, 7U, 64U}) {
        std::vector<std::atomic<int>> done(count);
        detail::run_on_threads(count, [&](unsigned i) { ++done[i]; });
        for (const std::atomic<int>& d : done) CHECK(d == 1);
    }
}

TEMPLATE_TEST_CASE("any number of threads gives the same bits", "", float, double) {
    using T = TestType;
    constexpr auto f = x * sigmoid(beta * x) + bias;
    for (std::size_t size : {std::size_t{0}, std::size_t{1000}, std::size_t{600011}}) {
        const std::vector<T> in = arrays::ordinary_values<T>(size);
        std::vector<T> grad_out(size);
        for (std::size_t i = 0; i < size; ++i) grad_out[i] = arrays::ordinary<T>(3 * i + 1);
        const std::vector<T> biases = arrays::ordinary_values<T>(37);
        std::vector<T> out(size);
        std::vector<T> grad_in(size);
        forward(f, in, out, beta = T(1.25), bias = T(0.5));
        const double sum = backward(f, in, grad_out, grad_in, beta = T(1.25), bias = T(0.5))[beta];
        std::vector<T> by_channel(37);
        backward(f, grad_out, x = in, beta = T(1.25), bias = per_channel(biases, 5),
                 grad(bias) = by_channel);
        std::vector<T> by_runs(size);
        forward(f, by_runs, x = in, beta = T(1.25), bias = per_channel(biases, 1003));
        for (unsigned threads : {1U, 2U, 3U, 5U, 16U}) {
            std::vector<T> again(size);
            forward(f, in, again, parallel(threads), beta = T(1.25), bias = T(0.5));
            CHECK(same_bits(out, again));
            const auto g =
                backward(f, in, grad_out, again, beta = T(1.25), parallel(threads), bias = T(0.5));
            CHECK(same_bits(grad_in, again));
            CHECK(std::bit_cast<std::uint64_t>(g[beta]) == std::bit_cast<std::uint64_t>(sum));
            forward(f, again, x = in, parallel(threads), beta = T(1.25),
                    bias = per_channel(biases, 1003));
            CHECK(same_bits(by_runs, again));
            std::vector<T> channels_again(37);
            double named = 0;
            backward(f, grad_out, parallel(threads), x = in, beta = T(1.25),
                     bias = per_channel(biases, 5), grad(bias) = channels_again,
                     grad(beta) = named);
            CHECK(same_bits(by_channel, channels_again));
        }
        std::vector<T> again(size);
        forward(f, in, again, beta = T(1.25), bias = T(0.5), parallel);
        CHECK(same_bits(out, again));
        std::vector<T> slope(size);
        std::vector<T> slope_again(size);
        value_and_derivative(f, in, out, slope, beta = T(1.25), bias = T(0.5));
        value_and_derivative(f, in, again, slope_again, parallel, beta = T(1.25), bias = T(0.5));
        CHECK(same_bits(out, again));
        CHECK(same_bits(slope, slope_again));
    }
}

TEST_CASE("mistakes are found before a thread is started") {
    const std::vector<float> in(300000);
    std::vector<float> out(299999);
    CHECK_THROWS_AS(forward(x * x, in, out, parallel), argument_error);
}
