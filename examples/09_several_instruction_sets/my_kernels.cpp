// SPDX-License-Identifier: BSL-1.0
/// Compiled once for each instruction set (chainrule_add_kernels in CMake).
#include "my_kernels.hpp"

#include <chainrule/chainrule.hpp>
#include <chainrule/kernel/dispatch.hpp>

using namespace chainrule;

// [kernels]
CHAINRULE_KERNELS(my_kernels) {
    return {
        .silu = [](std::span<const float> in,
                   std::span<float> out) { forward(activations::silu, in, out); },
        .silu_backward =
            [](std::span<const float> in, std::span<const float> grad_out,
               std::span<float> grad_in) { backward(activations::silu, in, grad_out, grad_in); },
        .compiled_for = [] { return detail::simd::instruction_set; },
    };
}
// [/kernels]
