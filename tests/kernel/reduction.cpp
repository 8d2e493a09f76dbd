// SPDX-License-Identifier: BSL-1.0
/// Parameter gradients: how exact the sums are, and that they do not depend on threads or addresses.
#include <chainrule/expr/formula.hpp>
#include <chainrule/kernel/backward.hpp>
#include <chainrule/op/op.hpp>

#include "kernel/arrays.hpp"

using namespace chainrule;
using namespace chainrule::literals;
namespace simd = detail::simd;

namespace {

inline constexpr parameter<"beta"> beta;

/// Σ grad_out · in, each product rounded to T as the kernel does, the sum in long double.
template<class T>
long double exact_sum(std::span<const T> in, std::span<const T> grad_out) {
    long double sum = 0;
    for (std::size_t i = 0; i < in.size(); ++i)
        sum += static_cast<long double>(grad_out[i] * in[i]);
    return sum;
}

}  // namespace

static_assert(detail::strand_length(0, 0) == 4096);
static_assert(detail::strand_length(4096, 0) == 4096);
static_assert(detail::strand_length(std::size_t{1} << 26, 0) == std::size_t{1} << 20);
static_assert(detail::strand_length(1000000, 5000) == 81920);

TEMPLATE_TEST_CASE("lanes are summed in double, also a part of them", "", float, double) {
    using V = simd::batch<TestType, simd::native_lanes<TestType>>;
    TestType values[64];
    for (int i = 0; i < 64; ++i) values[i] = static_cast<TestType>(1 << (i % 16));
    double expected = 0;
    for (int count = 0; count <= V::lane_count; ++count) {
        detail::lane_sums<TestType, V::lane_count> sums;
        sums.add(detail::first_lanes(simd::load<V>(values), count));
        sums.add(detail::first_lanes(simd::load<V>(values), count));
        CHECK(sums.total() == expected);
        if (count < V::lane_count) expected += 2.0 * static_cast<double>(values[count]);
    }
    // Not so in float.
    detail::lane_sums<TestType, V::lane_count> sums;
    sums.add(V(TestType(0x1p40)));
    sums.add(V(TestType(1)));
    CHECK(sums.total() == (0x1p40 + 1) * V::lane_count);
}

TEST_CASE("lanes that do not count do not even as NaN", "") {
    using V = simd::batch<float, simd::native_lanes<float>>;
    const V nan(std::numeric_limits<float>::quiet_NaN());
    for (int lane = 0; lane < V::lane_count; ++lane) {
        CHECK(detail::first_lanes(nan, -3)[lane] == 0);
        CHECK(std::isnan(detail::first_lanes(nan, V::lane_count + 5)[lane]));
        CHECK(std::isnan(detail::first_lanes(nan, 1)[lane]) == (lane == 0));
    }
    // The last three elements: a batch that repeats them, infinite but for those that count.
    const std::vector<float> in(35, -2.0F);
    std::vector<float> grad_out(35, 0.5F);
    grad_out[32] = std::numeric_limits<float>::infinity();
    std::vector<float> grad_in(35);
    const auto slope = select(x > 0_c, x, beta * x);
    CHECK(backward(slope, in, grad_out, grad_in, beta = 1.0F)[beta] ==
          -std::numeric_limits<double>::infinity());
    grad_out[32] = 0.5F;
    CHECK(backward(slope, in, grad_out, grad_in, beta = 1.0F)[beta] == -35.0);
}

TEMPLATE_TEST_CASE("sums of long arrays are exact", "", float, double) {
    // Rounding errors: 16384 numbers in the lanes, 3 such pieces, 64 strands. Of floats eight are added up
    // in float, then 29 bits more are kept.
    const long double bound =
        sizeof(TestType) == 4 ? 7 * 0x1p-24L + 1e-14L : (16384 / 2 + 3 + 64) * 0x1p-53L;
    // All the same (every rounding in the same direction), and all signs.
    const std::size_t size = 3000017;
    std::vector<TestType> in(size, TestType(1) / 3);
    const std::vector<TestType> grad_out(size, TestType(0.7));
    std::vector<TestType> grad_in(size);
    for (int round = 0; round < 2; ++round) {
        long double magnitudes = 0;
        for (TestType v : in) magnitudes += static_cast<long double>(std::abs(v));
        const double sum = backward(beta * x, in, grad_out, grad_in, beta = 1.5)[beta];
        const long double exact = exact_sum<TestType>(in, grad_out);
        CHECK(std::abs(static_cast<long double>(sum) - exact) <= bound * magnitudes);
        in = arrays::ordinary_values<TestType>(size);
    }
}

TEMPLATE_TEST_CASE("sums are the same bits wherever the arrays lie", "", float, double) {
    const std::size_t size = 20011;
    double first = 0;
    for (std::size_t offset = 0; offset < 5; ++offset) {
        arrays::guarded<TestType> in(size, offset);
        arrays::guarded<TestType> grad_out(size, offset / 2);
        arrays::guarded<TestType> grad_in(size, offset / 3);
        for (std::size_t i = 0; i < size; ++i) {
            in[i] = arrays::ordinary<TestType>(i);
            grad_out[i] = arrays::ordinary<TestType>(7 * i + 1);
        }
        const double sum = backward(sigmoid(beta * x), in.span(), grad_out.span(), grad_in.span(),
                                    beta = TestType(0.3))[beta];
        if (offset == 0) first = sum;
        CHECK(std::bit_cast<std::uint64_t>(sum) == std::bit_cast<std::uint64_t>(first));
        CHECK(grad_in.guards_intact());
    }
}
