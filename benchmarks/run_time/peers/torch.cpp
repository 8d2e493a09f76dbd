// SPDX-License-Identifier: BSL-1.0
/// libtorch, eager: the functions of ATen with given outputs, in inference mode, on one thread. Its
/// derivatives of sigmoid and tanh take the saved output, so that forward comes first.
#include "../harness.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>

namespace {

using benchmark::arguments;
using benchmark::mode;

struct tensors {
    at::Tensor x, second, g, out, slope, second_slope, t, u;
    explicit tensors(const arguments& a)
        : x(of(a, a.x)), second(of(a, a.second)), g(of(a, a.grad_out)), out(of(a, a.out)),
          slope(of(a, a.slope)), second_slope(of(a, a.second_slope)), t(of(a, a.scratch)),
          u(of(a, a.more_scratch)) {}
    static at::Tensor of(const arguments& a, const float* p) {
        return at::from_blob(const_cast<float*>(p), {static_cast<std::int64_t>(a.size)},
                             at::kFloat);
    }
};

template<class F>
void add(const char* row, mode what, F f) {
    benchmark::add("libtorch", row, what, [f](const arguments& a) {
        at::set_num_threads(1);
        const c10::InferenceMode guard;
        return benchmark::call([f, a, r = tensors(a)]() mutable {
            const c10::InferenceMode inside;
            f(r, a);
        });
    });
}

/// forward(r, a) and backward(r, a), which may need what forward left in r.out.
template<class Forward, class Backward>
void add_row(const char* row, Forward forward, Backward backward, bool needs_output = false) {
    add(row, mode::forward, forward);
    if (!needs_output) add(row, mode::backward, backward);
    add(row, mode::forward_backward, [=](tensors& r, const arguments& a) {
        forward(r, a);
        backward(r, a);
    });
}

#define CHAINRULE_CALL(...)                                                                        \
    [](tensors& r, const arguments& a) {                                                           \
        (void)a;                                                                                   \
        __VA_ARGS__;                                                                               \
    }

[[maybe_unused]] const bool registered = [] {
    add_row("relu", CHAINRULE_CALL(at::clamp_min_out(r.out, r.x, 0)),
            CHAINRULE_CALL(at::threshold_backward_out(r.slope, r.g, r.x, 0)));
    add_row("leaky_relu", CHAINRULE_CALL(at::leaky_relu_out(r.out, r.x, a.alpha)),
            CHAINRULE_CALL(at::leaky_relu_backward_out(r.slope, r.g, r.x, a.alpha, false)));
    add_row("relu6", CHAINRULE_CALL(at::hardtanh_out(r.out, r.x, 0, 6)),
            CHAINRULE_CALL(at::hardtanh_backward_out(r.slope, r.g, r.x, 0, 6)));
    add("hard_swish", mode::forward, CHAINRULE_CALL(at::hardswish_out(r.out, r.x)));
    add_row("sigmoid", CHAINRULE_CALL(at::sigmoid_out(r.out, r.x)),
            CHAINRULE_CALL(at::sigmoid_backward_out(r.slope, r.g, r.out)), true);
    add_row("tanh", CHAINRULE_CALL(at::tanh_out(r.out, r.x)),
            CHAINRULE_CALL(at::tanh_backward_out(r.slope, r.g, r.out)), true);
    add_row("elu", CHAINRULE_CALL(at::elu_out(r.out, r.x, a.alpha)),
            CHAINRULE_CALL(at::elu_backward_out(r.slope, r.g, a.alpha, 1, 1, false, r.x)));
    add_row("gelu", CHAINRULE_CALL(at::gelu_out(r.out, r.x)),
            CHAINRULE_CALL(at::gelu_backward_out(r.slope, r.g, r.x)));
    add_row("gelu_tanh", CHAINRULE_CALL(at::gelu_out(r.out, r.x, "tanh")),
            CHAINRULE_CALL(at::gelu_backward_out(r.slope, r.g, r.x, "tanh")));
    add_row("silu", CHAINRULE_CALL(at::silu_out(r.out, r.x)),
            CHAINRULE_CALL(at::silu_backward_out(r.slope, r.g, r.x)));
    add("sigmoid_output", mode::backward,
        CHAINRULE_CALL(at::sigmoid_backward_out(r.slope, r.g, r.x)));
    add("tanh_output", mode::backward, CHAINRULE_CALL(at::tanh_backward_out(r.slope, r.g, r.x)));
    add("mish", mode::forward, CHAINRULE_CALL(at::mish_out(r.out, r.x)));
    add_row("softplus", CHAINRULE_CALL(at::softplus_out(r.out, r.x)),
            CHAINRULE_CALL(at::softplus_backward_out(r.slope, r.g, r.x, 1, 20)));
    add("tanh3", mode::forward,
        CHAINRULE_CALL(at::tanh_out(r.t, r.x); at::tanh_out(r.u, r.t); at::tanh_out(r.out, r.u)));
    add("tanh3", mode::forward_backward,
        CHAINRULE_CALL(at::tanh_out(r.t, r.x); at::tanh_out(r.u, r.t); at::tanh_out(r.out, r.u);
                       at::tanh_backward_out(r.slope, r.g, r.out);
                       at::tanh_backward_out(r.slope, r.slope, r.u);
                       at::tanh_backward_out(r.slope, r.slope, r.t)));
    add("swish_gelu", mode::forward,
        CHAINRULE_CALL(at::gelu_out(r.t, r.x); at::silu_out(r.out, r.t)));
    add("swish_gelu", mode::forward_backward,
        CHAINRULE_CALL(at::gelu_out(r.t, r.x); at::silu_out(r.out, r.t);
                       at::silu_backward_out(r.slope, r.g, r.t);
                       at::gelu_backward_out(r.slope, r.slope, r.x)));
    // mish(beta u)/beta + u/10 + residual
    add("custom", mode::forward,
        CHAINRULE_CALL(at::add_out(r.t, r.x, at::scalar_tensor(a.bias));
                       at::mul_out(r.u, r.t, at::scalar_tensor(a.beta)); at::mish_out(r.out, r.u);
                       r.out.mul_(1 / a.beta); r.out.add_(r.t, 0.1); r.out.add_(r.second)));
    add("swiglu", mode::forward, CHAINRULE_CALL(at::silu_out(r.out, r.x); r.out.mul_(r.second)));
    add("swiglu", mode::backward,
        CHAINRULE_CALL(at::silu_out(r.second_slope, r.x); r.second_slope.mul_(r.g);
                       at::mul_out(r.t, r.g, r.second); at::silu_backward_out(r.slope, r.t, r.x)));
    return true;
}();

}  // namespace
