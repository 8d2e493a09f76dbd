// SPDX-License-Identifier: BSL-1.0
/// What a candidate of the benchmark looks like: it registers, per row and mode, a function that gets
/// the arrays once and returns the call to be timed. Knows no peer and no chainrule; peers are compiled
/// with flags of their own, so nothing here computes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace benchmark {

enum class mode { forward, backward, value_derivative, forward_backward, backward_parameters };

/// The arrays of a call, each of `size` floats, a multiple of 64. `second` is the gate of swiglu and the
/// residual of custom.
struct arguments {
    std::size_t size = 0;
    const float* x = nullptr;
    const float* second = nullptr;
    const float* grad_out = nullptr;
    float* out = nullptr;
    float* slope = nullptr;         ///< the derivative (value_derivative) or grad_in (the others)
    float* second_slope = nullptr;  ///< the gradient of `second`
    double* sums = nullptr;         ///< gradients of the parameters: alpha; beta; or beta and bias
    float* scratch = nullptr;       ///< for peers that need several passes
    float* more_scratch = nullptr;
    const float* channels = nullptr;          ///< the slopes of prelu: `channel_count` numbers
    const std::uint16_t* stored_x = nullptr;  ///< x and out of silu_bfloat16 and silu_float16
    std::uint16_t* stored_out = nullptr;
    float alpha = 0;  ///< leaky_relu and elu
    float beta = 0;   ///< swish and custom
    float bias = 0;   ///< custom
};

inline constexpr std::size_t channel_count = 32;
/// How many neighbours share a channel of prelu: in NHWC none, in NCHW the numbers of an image.
inline constexpr std::size_t image_size = 64;

using call = std::function<void()>;
using prepare = std::function<call(const arguments&)>;

struct candidate {
    std::string peer;
    std::string row;
    mode what;
    prepare ready;
};

std::vector<candidate>& candidates();

inline void add(std::string peer, std::string row, mode what, prepare ready) {
    candidates().push_back({std::move(peer), std::move(row), what, std::move(ready)});
}

/// A loop over the arrays that needs no preparation.
inline void add_loop(std::string peer, std::string row, mode what, void (*loop)(const arguments&)) {
    add(std::move(peer), std::move(row), what,
        [loop](const arguments& a) { return call([loop, a] { loop(a); }); });
}

/// Names the rows of one peer: forward("relu", loop), ...
struct peer {
    std::string name;
    void operator()(const char* row, mode what, void (*loop)(const arguments&)) const {
        add_loop(name, row, what, loop);
    }
};

}  // namespace benchmark
