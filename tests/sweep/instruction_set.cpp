// SPDX-License-Identifier: BSL-1.0
/// A check of the kernels that needs neither Catch2 nor MPFR, for cross compilers and emulators:
///     aarch64-linux-gnu-g++ -std=c++20 -O2 -static -pthread ... instruction_set.cpp && qemu-aarch64 ./a.out
/// Prints the instruction set and the errors over sampled floats; fails if one is above 4 ULP,
/// or 0.51 with the tag `accurate`, or if a 16-bit range is not converted exactly.
#include <chainrule/activations/exponential_linear.hpp>
#include <chainrule/activations/gaussian.hpp>
#include <chainrule/activations/plus.hpp>
#include <chainrule/activations/sigmoidal.hpp>
#include <chainrule/activations/swish.hpp>
#include <chainrule/chainrule.hpp>

#include "support/kernel_error.hpp"

#include <cstdio>
#include <cstring>

using namespace chainrule;

namespace {

bool all_right = true;

template<class F>
void check(const char* name, F) {
    constexpr std::uint64_t stride = 40961;
    const kernel_error::figures fast = kernel_error::subject<F>::measure(stride, 1);
    const kernel_error::figures exact = kernel_error::subject<F, accurate_tag>::measure(stride, 1);
    std::printf("%-10s %6.3f %6.3f   accurate %6.3f %6.3f\n", name, fast.value.ulp, fast.slope.ulp,
                exact.value.ulp, exact.slope.ulp);
    constexpr double bar = 4;
    all_right = all_right && fast.value.ulp <= bar && fast.slope.ulp <= bar &&
        exact.value.ulp <= 0.51 && exact.slope.ulp <= 0.51 &&
        fast.value.wrong + fast.slope.wrong + exact.value.wrong + exact.slope.wrong == 0;
}

template<class S>
void check_conversion(const char* name) {
    std::vector<S> in(65536);
    for (unsigned i = 0; i < 65536; ++i) {
        const auto bits = static_cast<std::uint16_t>(i);
        std::memcpy(static_cast<void*>(&in[i]), &bits, sizeof bits);
    }
    std::vector<S> out(in.size());
    forward(x * constant<1>, in, out);
    int wrong = 0;
    for (std::size_t i = 0; i < in.size(); ++i) {
        const float v = in[i];
        wrong += v == v ? std::memcmp(&in[i], &out[i], 2) != 0
                        : static_cast<float>(out[i]) == static_cast<float>(out[i]);
    }
    std::printf("%-10s %d of 65536 not converted exactly\n", name, wrong);
    all_right = all_right && wrong == 0;
}

}  // namespace

int main() {
    std::printf("%s, %d bytes, %s\n", detail::simd::instruction_set.data(),
                detail::simd::register_bytes,
                detail::simd::has_fused_multiply_add ? "fma" : "no fma");
    check("sigmoid", sigmoid(x));
    check("tanh", tanh(x));
    check("softplus", softplus(x));
    check("silu", activations::silu);
    check("gelu", activations::gelu);
    check("gelu_tanh", activations::gelu_tanh);
    check("mish", activations::mish);
    check("elu", activations::elu);
    check("softsign", activations::softsign);
    check_conversion<float16>("float16");
    check_conversion<bfloat16>("bfloat16");
    std::puts(all_right ? "all right" : "WRONG");
    return all_right ? 0 : 1;
}
