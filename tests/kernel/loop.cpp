// SPDX-License-Identifier: BSL-1.0
/// The loop itself: the scalar policy batch<T, 1> against the registers of this machine, and which
/// instruction set the file was compiled for.
#include <chainrule/activations/gaussian.hpp>
#include <chainrule/activations/rectifiers.hpp>
#include <chainrule/activations/swish.hpp>
#include <chainrule/expr/formula.hpp>
#include <chainrule/kernel/call.hpp>
#include <chainrule/op/op.hpp>

#include "kernel/arrays.hpp"

#include <algorithm>

using namespace chainrule;
using namespace chainrule::literals;
using detail::kink_rule;
using detail::sink;
namespace simd = detail::simd;

namespace {

inline constexpr parameter<"beta"> beta;

/// Input 0 is an array, all others are numbers.
struct first_is_range {
    static constexpr bool at(int i) { return i == 0; }
    static constexpr bool has_channels = false;
};

template<class T>
struct results {
    std::vector<T> value;
    std::vector<T> slope;
    double sum = 0;
};

/// Value, grad_out · slope, and Σ grad_out · ∂f/∂beta, with batches of type V.
template<class V, class F, class T>
results<T> run_with(F, const std::vector<T>& in, const std::vector<T>& grad_out, T beta_value) {
    using plan = detail::plan<F, true, kink_rule::usual, "x", "beta">;
    results<T> out{std::vector<T>(in.size()), std::vector<T>(in.size())};
    const detail::input_source<T> inputs[] = {{in.data(), 0}, {nullptr, beta_value}};
    const detail::output_target<T> outputs[] = {
        {out.value.data(), nullptr}, {out.slope.data(), nullptr}, {nullptr, &out.sum}};
    detail::run_loop<plan, T, V, first_is_range, sink::store, sink::store_times_gradient,
                     sink::reduce_times_gradient>(inputs, outputs, grad_out.data(), in.size());
    return out;
}

template<class T, class F>
void check_policies_agree(F f, std::uint64_t ulps) {
    using native = detail::native_batch<T>;
    std::vector<T> in = arrays::ordinary_values<T>(101);
    const std::vector<T> special = arrays::special_values<T>();
    for (std::size_t i = 0; i + 6 < special.size(); ++i) in[5 * i] = special[i];
    std::vector<T> grad_out(in.size());
    for (std::size_t i = 0; i < in.size(); ++i)
        grad_out[i] = T(0.5) + arrays::ordinary<T>(3 * i) / 32;
    for (std::size_t size :
         {std::size_t{0}, std::size_t{1}, std::size_t{7}, std::size_t{64}, std::size_t{101}}) {
        const std::vector<T> some(in.begin(), in.begin() + static_cast<std::ptrdiff_t>(size));
        const auto wide = run_with<native>(f, some, grad_out, T(1.25));
        const auto scalar = run_with<simd::batch<T, 1>>(f, some, grad_out, T(1.25));
        for (std::size_t i = 0; i < size; ++i) {
            INFO("x = " << in[i] << ": " << wide.value[i] << " " << scalar.value[i] << ", slope "
                        << wide.slope[i] << " " << scalar.slope[i]);
            CHECK(arrays::agree(wide.value[i], scalar.value[i], ulps));
            // The last formula's slope has a root at −0.88: each is within 2ε·|x f″|, x f″ about 1.
            const bool near_root = ulps > 0 && std::abs(wide.slope[i]) < T(0.02) &&
                std::abs(wide.slope[i] - scalar.slope[i]) <= 4 * std::numeric_limits<T>::epsilon();
            CHECK((near_root || arrays::agree(wide.slope[i], scalar.slope[i], ulps)));
        }
        if (wide.sum == wide.sum || scalar.sum == scalar.sum) {
            CHECK(std::abs(wide.sum - scalar.sum) <= 1e-6 * std::abs(scalar.sum));
        } else {
            SUCCEED("a NaN among the inputs makes the sum NaN");
        }
    }
}

}  // namespace

static_assert(simd::batch<float, 1>::lane_count == 1);
static_assert(detail::native_batch<float>::lane_count * static_cast<int>(sizeof(float)) ==
              std::max(simd::register_bytes, 4));
static_assert(detail::native_batch<double>::lane_count * static_cast<int>(sizeof(double)) ==
              std::max(simd::register_bytes, 8));

TEST_CASE("this file is compiled for the instruction set that the preset asks for") {
#if defined(CHAINRULE_EXPECTED_INSTRUCTION_SET)
    CHECK(simd::instruction_set == CHAINRULE_EXPECTED_INSTRUCTION_SET);
#endif
    // What the compiler was told is what the kernels use.
#if defined(__AVX512F__) && defined(__AVX512DQ__)
    CHECK(simd::instruction_set == "avx512");
    CHECK(simd::register_bytes == 64);
#elif defined(__AVX2__) && defined(__FMA__)
    CHECK(simd::instruction_set == "avx2");
    CHECK(simd::register_bytes == 32);
#elif defined(__SSE2__)
    CHECK(simd::instruction_set == "sse2");
    CHECK(simd::register_bytes == 16);
#elif defined(__aarch64__)
    CHECK(simd::instruction_set == "neon");
    CHECK(simd::register_bytes == 16);
#else
    CHECK((simd::instruction_set == "neon" || simd::instruction_set == "generic"));
#endif
}

TEMPLATE_TEST_CASE("the scalar policy and the registers of this machine agree", "", float, double) {
    // The same bits, but where the registers have an exponential of their own: two results of which each
    // is within 4 ULP.
    constexpr bool has_own_exp =
        simd::has_exp_table<TestType, detail::native_batch<TestType>::lane_count>;
    constexpr std::uint64_t ulps = has_own_exp ? 8 : 0;
    check_policies_agree<TestType>(x * sigmoid(beta * x), ulps);
    check_policies_agree<TestType>(x * normal_cdf(beta * x), 0);
    check_policies_agree<TestType>(max(x, beta * x / (1_c + abs(x))), 0);
    check_policies_agree<TestType>(tanh(x * softplus(beta * x)), ulps);
}

TEST_CASE("sums are made in double but for stretches of eight, of the elements of the tail only") {
    // 2^24 + 1 + 1 + ... would stand still in float; the first is alone in its stretch.
    std::vector<float> in(100003, 1.0F);
    for (std::size_t i = 0; i < 2048; ++i) in[i] = 0.0F;
    in[0] = 0x1p24F;
    const std::vector<float> grad_out(in.size(), 1.0F);
    CHECK(run_with<detail::native_batch<float>>(x * beta, in, grad_out, 1.0F).sum ==
          0x1p24 + 97955);
    CHECK(run_with<simd::batch<float, 1>>(x * beta, in, grad_out, 1.0F).sum == 0x1p24 + 97955);
}
