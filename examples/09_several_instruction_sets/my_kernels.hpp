// SPDX-License-Identifier: BSL-1.0
/// The kernels of this program, as pointers to functions.
#pragma once

#include <span>
#include <string_view>

// [table]
struct my_kernels {
    void (*silu)(std::span<const float> in, std::span<float> out);
    void (*silu_backward)(std::span<const float> in, std::span<const float> grad_out,
                          std::span<float> grad_in);
    std::string_view (*compiled_for)();
};
// [/table]
