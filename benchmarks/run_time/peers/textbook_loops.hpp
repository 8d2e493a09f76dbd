// SPDX-License-Identifier: BSL-1.0
/// The loops that a user writes from the textbook, included by one file per set of compiler flags.
#pragma once

#include "../harness.hpp"

#include <immintrin.h>

#include <bit>
#include <cmath>

namespace {

using benchmark::arguments;
using benchmark::mode;

namespace textbook {

inline float logistic(float x) { return 1.0f / (1.0f + std::exp(-x)); }
inline float softplus_of(float x) {
    return (x > 0 ? x : 0.0f) + std::log1p(std::exp(-std::fabs(x)));
}

struct relu {
    static float value(float x, const arguments&) { return x > 0 ? x : 0.0f; }
    static float slope(float x, const arguments&) { return x > 0 ? 1.0f : 0.0f; }
};
struct leaky_relu {
    static float value(float x, const arguments& a) { return x > 0 ? x : a.alpha * x; }
    static float slope(float x, const arguments& a) { return x > 0 ? 1.0f : a.alpha; }
    static float parameter(float x, const arguments&) { return x > 0 ? 0.0f : x; }
};
struct relu6 {
    static float value(float x, const arguments&) { return std::fmin(std::fmax(x, 0.0f), 6.0f); }
    static float slope(float x, const arguments&) { return x > 0 && x < 6 ? 1.0f : 0.0f; }
};
struct hard_swish {
    static float value(float x, const arguments&) {
        return x * std::fmin(std::fmax(x + 3.0f, 0.0f), 6.0f) / 6.0f;
    }
    static float slope(float x, const arguments&) {
        return x < -3 ? 0.0f : x > 3 ? 1.0f : x / 3.0f + 0.5f;
    }
};
struct sigmoid {
    static float value(float x, const arguments&) { return logistic(x); }
    static float slope(float x, const arguments&) {
        const float s = logistic(x);
        return s * (1.0f - s);
    }
};
struct tanh {
    static float value(float x, const arguments&) { return std::tanh(x); }
    static float slope(float x, const arguments&) {
        const float t = std::tanh(x);
        return 1.0f - t * t;
    }
};
struct sigmoid_output {
    static float slope(float y, const arguments&) { return y * (1.0f - y); }
};
struct tanh_output {
    static float slope(float y, const arguments&) { return 1.0f - y * y; }
};
struct elu {
    static float value(float x, const arguments& a) { return x > 0 ? x : a.alpha * std::expm1(x); }
    static float slope(float x, const arguments& a) { return x > 0 ? 1.0f : a.alpha * std::exp(x); }
    static float parameter(float x, const arguments&) { return x > 0 ? 0.0f : std::expm1(x); }
};
struct gelu {
    static float value(float x, const arguments&) {
        return 0.5f * x * (1.0f + std::erf(x * 0.70710678f));
    }
    static float slope(float x, const arguments&) {
        return 0.5f * (1.0f + std::erf(x * 0.70710678f)) +
            x * 0.39894228f * std::exp(-0.5f * x * x);
    }
};
struct gelu_tanh {
    static float value(float x, const arguments&) {
        return 0.5f * x * (1.0f + std::tanh(0.79788456f * (x + 0.044715f * x * x * x)));
    }
    static float slope(float x, const arguments&) {
        const float t = std::tanh(0.79788456f * (x + 0.044715f * x * x * x));
        return 0.5f * (1.0f + t) +
            0.5f * x * (1.0f - t * t) * 0.79788456f * (1.0f + 3 * 0.044715f * x * x);
    }
};
struct silu {
    static float value(float x, const arguments&) { return x / (1.0f + std::exp(-x)); }
    static float slope(float x, const arguments&) {
        const float s = logistic(x);
        return s + x * s * (1.0f - s);
    }
};
struct swish {
    static float slope(float x, const arguments& a) {
        const float s = logistic(a.beta * x);
        return s + a.beta * x * s * (1.0f - s);
    }
    static float value(float x, const arguments& a) { return x * logistic(a.beta * x); }
    static float parameter(float x, const arguments& a) {
        const float s = logistic(a.beta * x);
        return x * x * s * (1.0f - s);
    }
};
struct mish {
    static float value(float x, const arguments&) { return x * std::tanh(softplus_of(x)); }
    static float slope(float x, const arguments&) {
        const float t = std::tanh(softplus_of(x));
        return t + x * (1.0f - t * t) * logistic(x);
    }
};
struct softplus {
    static float value(float x, const arguments&) { return softplus_of(x); }
    static float slope(float x, const arguments&) { return logistic(x); }
};
struct tanh3 {
    static float value(float x, const arguments&) { return std::tanh(std::tanh(std::tanh(x))); }
    static float slope(float x, const arguments&) {
        const float t = std::tanh(x);
        const float u = std::tanh(t);
        const float v = std::tanh(u);
        return (1.0f - t * t) * (1.0f - u * u) * (1.0f - v * v);
    }
};
struct swish_gelu {
    static float value(float x, const arguments& a) { return silu::value(gelu::value(x, a), a); }
    static float slope(float x, const arguments& a) {
        return silu::slope(gelu::value(x, a), a) * gelu::slope(x, a);
    }
};
struct custom {
    static float value(float u, const arguments& a) {
        return u * std::tanh(softplus_of(a.beta * u)) + 0.1f * u;
    }
    static float slope(float u, const arguments& a) {
        const float t = std::tanh(softplus_of(a.beta * u));
        return t + a.beta * u * (1.0f - t * t) * logistic(a.beta * u) + 0.1f;
    }
    static float parameter(float u, const arguments& a) {
        const float t = std::tanh(softplus_of(a.beta * u));
        return u * u * (1.0f - t * t) * logistic(a.beta * u);
    }
};

// Simplified by hand: tanh(softplus(x)) = n/(n + 2) with n = e^x (e^x + 2), and 1 + tanh as 2 sigmoid.
struct gelu_tanh_simplified {
    static float value(float x, const arguments&) {
        return x / (1.0f + std::exp(-1.5957691f * (x + 0.044715f * x * x * x)));
    }
    static float slope(float x, const arguments&) {
        const float s = logistic(1.5957691f * (x + 0.044715f * x * x * x));
        return s + x * s * (1.0f - s) * 1.5957691f * (1.0f + 3 * 0.044715f * x * x);
    }
};
inline float capped_exp(float x) { return std::exp(x < 20 ? x : 20.0f); }
struct mish_simplified {
    static float value(float x, const arguments&) {
        const float e = capped_exp(x);
        const float n = e * (e + 2);
        return x * n / (n + 2);
    }
    static float slope(float x, const arguments&) {
        const float e = capped_exp(x);
        const float n = e * (e + 2);
        const float d = n + 2;
        return (n * d + 4 * x * e * (e + 1)) / (d * d);
    }
};
struct custom_simplified {
    static float value(float u, const arguments& a) {
        const float e = capped_exp(a.beta * u);
        const float n = e * (e + 2);
        return u * (n / (n + 2)) + 0.1f * u;
    }
    static float slope(float u, const arguments& a) {
        const float e = capped_exp(a.beta * u);
        const float n = e * (e + 2);
        const float d = n + 2;
        return (n * d + 4 * a.beta * u * e * (e + 1)) / (d * d) + 0.1f;
    }
    static float parameter(float u, const arguments& a) {
        const float e = capped_exp(a.beta * u);
        const float d = e * (e + 2) + 2;
        return u * u * 4 * e * (e + 1) / (d * d);
    }
};

// The arguments are copied: a store could change what a reference refers to.
template<class F>
void forward(const arguments& given) {
    const arguments a = given;
    const float* __restrict x = a.x;
    float* __restrict out = a.out;
    for (std::size_t i = 0; i < a.size; ++i) out[i] = F::value(x[i], a);
}
template<class F>
void backward(const arguments& given) {
    const arguments a = given;
    const float* __restrict x = a.x;
    const float* __restrict g = a.grad_out;
    float* __restrict slope = a.slope;
    for (std::size_t i = 0; i < a.size; ++i) slope[i] = g[i] * F::slope(x[i], a);
}
template<class F>
void value_derivative(const arguments& given) {
    const arguments a = given;
    const float* __restrict x = a.x;
    float* __restrict out = a.out;
    float* __restrict slope = a.slope;
    for (std::size_t i = 0; i < a.size; ++i) {
        out[i] = F::value(x[i], a);
        slope[i] = F::slope(x[i], a);
    }
}
template<class F>
void forward_backward(const arguments& given) {
    const arguments a = given;
    const float* __restrict x = a.x;
    const float* __restrict g = a.grad_out;
    float* __restrict out = a.out;
    float* __restrict slope = a.slope;
    for (std::size_t i = 0; i < a.size; ++i) {
        out[i] = F::value(x[i], a);
        slope[i] = g[i] * F::slope(x[i], a);
    }
}
template<class F>
void backward_parameters(const arguments& given) {
    const arguments a = given;
    const float* __restrict x = a.x;
    const float* __restrict g = a.grad_out;
    float* __restrict slope = a.slope;
    float sum = 0;
    for (std::size_t i = 0; i < a.size; ++i) {
        slope[i] = g[i] * F::slope(x[i], a);
        sum += g[i] * F::parameter(x[i], a);
    }
    a.sums[0] = static_cast<double>(sum);
}

template<class F>
void custom_forward(const arguments& given) {
    const arguments a = given;
    const float* __restrict x = a.x;
    const float* __restrict r = a.second;
    float* __restrict out = a.out;
    for (std::size_t i = 0; i < a.size; ++i) out[i] = F::value(x[i] + a.bias, a) + r[i];
}
template<class F>
void custom_backward(const arguments& given) {
    const arguments a = given;
    const float* __restrict x = a.x;
    const float* __restrict g = a.grad_out;
    float* __restrict slope = a.slope;
    for (std::size_t i = 0; i < a.size; ++i) slope[i] = g[i] * F::slope(x[i] + a.bias, a);
}
template<class F>
void custom_value_derivative(const arguments& given) {
    const arguments a = given;
    const float* __restrict x = a.x;
    const float* __restrict r = a.second;
    float* __restrict out = a.out;
    float* __restrict slope = a.slope;
    for (std::size_t i = 0; i < a.size; ++i) {
        out[i] = F::value(x[i] + a.bias, a) + r[i];
        slope[i] = F::slope(x[i] + a.bias, a);
    }
}
template<class F>
void custom_forward_backward(const arguments& given) {
    const arguments a = given;
    const float* __restrict x = a.x;
    const float* __restrict r = a.second;
    const float* __restrict g = a.grad_out;
    float* __restrict out = a.out;
    float* __restrict slope = a.slope;
    for (std::size_t i = 0; i < a.size; ++i) {
        out[i] = F::value(x[i] + a.bias, a) + r[i];
        slope[i] = g[i] * F::slope(x[i] + a.bias, a);
    }
}
template<class F>
void custom_backward_parameters(const arguments& given) {
    const arguments a = given;
    const float* __restrict x = a.x;
    const float* __restrict g = a.grad_out;
    float* __restrict slope = a.slope;
    float beta = 0;
    float bias = 0;
    for (std::size_t i = 0; i < a.size; ++i) {
        const float u = x[i] + a.bias;
        const float d = g[i] * F::slope(u, a);
        slope[i] = d;
        beta += g[i] * F::parameter(u, a);
        bias += d;
    }
    a.sums[0] = static_cast<double>(beta);
    a.sums[1] = static_cast<double>(bias);
}
inline void swiglu_forward(const arguments& given) {
    const arguments a = given;
    const float* __restrict x = a.x;
    const float* __restrict gate = a.second;
    float* __restrict out = a.out;
    for (std::size_t i = 0; i < a.size; ++i) out[i] = silu::value(x[i], a) * gate[i];
}
inline void swiglu_backward(const arguments& given) {
    const arguments a = given;
    const float* __restrict x = a.x;
    const float* __restrict gate = a.second;
    const float* __restrict g = a.grad_out;
    float* __restrict slope = a.slope;
    float* __restrict second_slope = a.second_slope;
    for (std::size_t i = 0; i < a.size; ++i) {
        const float s = logistic(x[i]);
        slope[i] = g[i] * gate[i] * (s + x[i] * s * (1.0f - s));
        second_slope[i] = g[i] * x[i] * s;
    }
}

template<class F>
void add_modes(const benchmark::peer& peer, const char* row) {
    peer(row, mode::forward, forward<F>);
    peer(row, mode::backward, backward<F>);
    peer(row, mode::value_derivative, value_derivative<F>);
    peer(row, mode::forward_backward, forward_backward<F>);
    if constexpr (requires { F::parameter; }) {
        peer(row, mode::backward_parameters, backward_parameters<F>);
    }
}
template<class F>
void add_custom(const benchmark::peer& peer) {
    peer("custom", mode::forward, custom_forward<F>);
    peer("custom", mode::backward, custom_backward<F>);
    peer("custom", mode::value_derivative, custom_value_derivative<F>);
    peer("custom", mode::forward_backward, custom_forward_backward<F>);
    peer("custom", mode::backward_parameters, custom_backward_parameters<F>);
}

/// Images whose numbers of one channel are `Inner` neighbours.
template<std::size_t Inner, class F>
void by_channels(const arguments& given, F f) {
    const arguments a = given;
    for (std::size_t image = 0; image < a.size; image += benchmark::channel_count * Inner) {
        for (std::size_t c = 0; c < benchmark::channel_count; ++c) {
            const float alpha = a.channels[c];
            for (std::size_t i = 0; i < Inner; ++i) f(image + c * Inner + i, alpha);
        }
    }
}
template<std::size_t Inner>
void prelu_forward(const arguments& a) {
    const float* __restrict x = a.x;
    float* __restrict out = a.out;
    by_channels<Inner>(a, [=](std::size_t i, float alpha) {
        const float u = x[i];
        out[i] = u > 0 ? u : alpha * u;
    });
}
template<std::size_t Inner>
void prelu_backward(const arguments& a) {
    const float* __restrict x = a.x;
    const float* __restrict g = a.grad_out;
    float* __restrict slope = a.slope;
    by_channels<Inner>(
        a, [=](std::size_t i, float alpha) { slope[i] = g[i] * (x[i] > 0 ? 1.0f : alpha); });
}

inline void silu_bfloat16(const arguments& a) {
    const std::uint16_t* __restrict x = a.stored_x;
    std::uint16_t* __restrict out = a.stored_out;
    const std::size_t size = a.size;
    for (std::size_t i = 0; i < size; ++i) {
        const float u = std::bit_cast<float>(static_cast<std::uint32_t>(x[i]) << 16);
        const auto bits = std::bit_cast<std::uint32_t>(u * logistic(u));
        out[i] = static_cast<std::uint16_t>((bits + 0x7fffU + ((bits >> 16) & 1U)) >> 16);
    }
}
/// Converted, computed and converted back in pieces that stay in the cache.
inline void silu_float16(const arguments& a) {
    constexpr std::size_t piece = 64;
    for (std::size_t done = 0; done < a.size; done += piece) {
        alignas(64) float u[piece];
        for (std::size_t i = 0; i < piece; i += 8) {
            const auto* from = reinterpret_cast<const __m128i*>(a.stored_x + done + i);
            _mm256_store_ps(u + i, _mm256_cvtph_ps(_mm_loadu_si128(from)));
        }
        for (float& v : u) v *= logistic(v);
        for (std::size_t i = 0; i < piece; i += 8) {
            auto* to = reinterpret_cast<__m128i*>(a.stored_out + done + i);
            _mm_storeu_si128(to, _mm256_cvtps_ph(_mm256_load_ps(u + i), 0));
        }
    }
}

inline void add_all(const benchmark::peer& peer) {
    add_modes<relu>(peer, "relu");
    add_modes<leaky_relu>(peer, "leaky_relu");
    add_modes<relu6>(peer, "relu6");
    add_modes<hard_swish>(peer, "hard_swish");
    add_modes<sigmoid>(peer, "sigmoid");
    add_modes<tanh>(peer, "tanh");
    peer("sigmoid_output", mode::backward, backward<sigmoid_output>);
    peer("tanh_output", mode::backward, backward<tanh_output>);
    add_modes<elu>(peer, "elu");
    add_modes<gelu>(peer, "gelu");
    add_modes<gelu_tanh>(peer, "gelu_tanh");
    add_modes<silu>(peer, "silu");
    peer("swish", mode::backward_parameters, backward_parameters<swish>);
    add_modes<mish>(peer, "mish");
    add_modes<softplus>(peer, "softplus");
    add_modes<tanh3>(peer, "tanh3");
    add_modes<swish_gelu>(peer, "swish_gelu");
    add_custom<custom>(peer);
    peer("swiglu", mode::forward, swiglu_forward);
    peer("swiglu", mode::backward, swiglu_backward);
    peer("prelu_nhwc", mode::forward, prelu_forward<1>);
    peer("prelu_nhwc", mode::backward, prelu_backward<1>);
    peer("prelu_nchw", mode::forward, prelu_forward<benchmark::image_size>);
    peer("prelu_nchw", mode::backward, prelu_backward<benchmark::image_size>);
    peer("silu_bfloat16", mode::forward, silu_bfloat16);
    peer("silu_float16", mode::forward, silu_float16);
}

inline void add_simplified(const benchmark::peer& peer) {
    add_modes<gelu_tanh_simplified>(peer, "gelu_tanh");
    add_modes<mish_simplified>(peer, "mish");
    add_custom<custom_simplified>(peer);
}

}  // namespace textbook
}  // namespace
