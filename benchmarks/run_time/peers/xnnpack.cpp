// SPDX-License-Identifier: BSL-1.0
/// XNNPACK: its operators, set up once and run without threads. It has forward only.
#include "../harness.hpp"

#include <xnnpack.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <memory>

namespace {

using benchmark::arguments;
using benchmark::mode;

void require(xnn_status status) {
    if (status == xnn_status_success) return;
    std::fprintf(stderr, "chainrule: XNNPACK answers with the status %d\n",
                 static_cast<int>(status));
    std::exit(2);
}

struct operation {
    xnn_operator_t handle = nullptr;
    operation() = default;
    operation(const operation&) = delete;
    operation& operator=(const operation&) = delete;
    ~operation() { xnn_delete_operator(handle); }
};

/// One row of `size` channels would be one call of the kernel on it; XNNPACK joins rows by itself.
constexpr std::size_t channels = 64;

/// create(channels, input stride, output stride, ..., flags, &operator) and setup(operator, batch, in, out).
template<class Create, class Setup>
std::shared_ptr<operation> unary(const arguments& a, Create create, Setup setup, const float* from,
                                 float* to) {
    auto op = std::make_shared<operation>();
    require(create(&op->handle));
    require(setup(op->handle, a.size / channels, from, to, nullptr));
    return op;
}

std::shared_ptr<operation> product(const arguments& a, const float* left, const float* right,
                                   float* to) {
    auto op = std::make_shared<operation>();
    constexpr float infinity = std::numeric_limits<float>::infinity();
    require(xnn_create_multiply_nd_f32(-infinity, infinity, 0, &op->handle));
    const std::size_t shape[] = {a.size};
    require(xnn_setup_multiply_nd_f32(op->handle, 1, shape, 1, shape, left, right, to, nullptr));
    return op;
}

template<class... Operations>
benchmark::call in_turn(Operations... operations) {
    return [=] { (require(xnn_run_operator(operations->handle, nullptr)), ...); };
}

std::shared_ptr<operation> sigmoid(const arguments& a, const float* from, float* to) {
    return unary(
        a,
        [](xnn_operator_t* op) {
            return xnn_create_sigmoid_nc_f32(channels, channels, channels, 0, op);
        },
        xnn_setup_sigmoid_nc_f32, from, to);
}

std::shared_ptr<operation> clamp(const arguments& a, float high) {
    return unary(
        a,
        [high](xnn_operator_t* op) {
            return xnn_create_clamp_nc_f32(channels, channels, channels, 0.0f, high, 0, op);
        },
        xnn_setup_clamp_nc_f32, a.x, a.out);
}

[[maybe_unused]] const bool registered = [] {
    require(xnn_initialize(nullptr));
    auto add = [](const char* row, benchmark::prepare ready) {
        benchmark::add("XNNPACK", row, mode::forward, std::move(ready));
    };
    add("relu", [](const arguments& a) {
        return in_turn(clamp(a, std::numeric_limits<float>::infinity()));
    });
    add("relu6", [](const arguments& a) { return in_turn(clamp(a, 6.0f)); });
    add("leaky_relu", [](const arguments& a) {
        return in_turn(unary(
            a,
            [&](xnn_operator_t* op) {
                return xnn_create_leaky_relu_nc_f32(channels, channels, channels, a.alpha, 0, op);
            },
            xnn_setup_leaky_relu_nc_f32, a.x, a.out));
    });
    add("hard_swish", [](const arguments& a) {
        return in_turn(unary(
            a,
            [](xnn_operator_t* op) {
                return xnn_create_hardswish_nc_f32(channels, channels, channels, 0, op);
            },
            xnn_setup_hardswish_nc_f32, a.x, a.out));
    });
    add("sigmoid", [](const arguments& a) { return in_turn(sigmoid(a, a.x, a.out)); });
    add("elu", [](const arguments& a) {
        return in_turn(unary(
            a,
            [&](xnn_operator_t* op) {
                return xnn_create_elu_nc_f32(channels, channels, channels, a.alpha, 0, op);
            },
            xnn_setup_elu_nc_f32, a.x, a.out));
    });
    add("silu", [](const arguments& a) {
        return in_turn(sigmoid(a, a.x, a.scratch), product(a, a.x, a.scratch, a.out));
    });
    add("swiglu", [](const arguments& a) {
        return in_turn(sigmoid(a, a.x, a.scratch), product(a, a.x, a.scratch, a.scratch),
                       product(a, a.scratch, a.second, a.out));
    });
    return true;
}();

}  // namespace
