// SPDX-License-Identifier: BSL-1.0
/// oneDNN: eltwise primitives, created once and executed; compositions as one primitive after the other.
#include "../harness.hpp"

#include <memory>
#include <oneapi/dnnl/dnnl.hpp>

namespace {

using benchmark::arguments;
using benchmark::mode;
using dnnl::algorithm;

struct state {
    dnnl::engine engine{dnnl::engine::kind::cpu, 0};
    dnnl::stream stream{engine};
};

state& shared() {
    static state s;
    return s;
}

dnnl::memory::desc vector_of(const arguments& a) {
    return {{static_cast<dnnl::memory::dim>(a.size)},
            dnnl::memory::data_type::f32,
            dnnl::memory::format_tag::a};
}

dnnl::memory memory_of(const arguments& a, const float* p) {
    return {vector_of(a), shared().engine, const_cast<float*>(p)};
}

struct step {
    dnnl::primitive run;
    std::unordered_map<int, dnnl::memory> memories;
};

/// Primitives one after the other.
struct chain {
    std::vector<step> steps;
    void execute() {
        for (step& s : steps) s.run.execute(shared().stream, s.memories);
        shared().stream.wait();
    }
};

dnnl::eltwise_forward::primitive_desc forward_of(const arguments& a, algorithm kind, float alpha,
                                                 float beta) {
    return {{dnnl::prop_kind::forward_training, kind, vector_of(a), alpha, beta}, shared().engine};
}

step eltwise(const arguments& a, algorithm kind, float alpha, float beta, const float* from,
             float* to) {
    return {dnnl::eltwise_forward(forward_of(a, kind, alpha, beta)),
            {{DNNL_ARG_SRC, memory_of(a, from)}, {DNNL_ARG_DST, memory_of(a, to)}}};
}

step eltwise_backward(const arguments& a, algorithm kind, float alpha, float beta,
                      const float* from, const float* grad_out, float* grad_in,
                      int what_from = DNNL_ARG_SRC) {
    const dnnl::eltwise_backward::desc what(kind, vector_of(a), vector_of(a), alpha, beta);
    const dnnl::eltwise_backward::primitive_desc desc(what, shared().engine,
                                                      forward_of(a, kind, alpha, beta));
    return {dnnl::eltwise_backward(desc),
            {{what_from, memory_of(a, from)},
             {DNNL_ARG_DIFF_DST, memory_of(a, grad_out)},
             {DNNL_ARG_DIFF_SRC, memory_of(a, grad_in)}}};
}

step binary(const arguments& a, algorithm kind, const float* left, const float* right, float* to) {
    const dnnl::binary::primitive_desc desc({kind, vector_of(a), vector_of(a), vector_of(a)},
                                            shared().engine);
    return {dnnl::binary(desc),
            {{DNNL_ARG_SRC_0, memory_of(a, left)},
             {DNNL_ARG_SRC_1, memory_of(a, right)},
             {DNNL_ARG_DST, memory_of(a, to)}}};
}

template<class... Steps>
benchmark::call in_turn(Steps... steps) {
    auto all = std::make_shared<chain>();
    (all->steps.push_back(std::move(steps)), ...);
    return [all] { all->execute(); };
}

void add(const char* row, mode what, benchmark::prepare ready) {
    benchmark::add("oneDNN", row, what, std::move(ready));
}

struct kind {
    algorithm name;
    float alpha = 0;
    float beta = 0;
    bool takes_alpha = false;
    float slope(const arguments& a) const { return takes_alpha ? a.alpha : alpha; }
};

void add_row(const char* row, kind k) {
    add(row, mode::forward, [k](const arguments& a) {
        return in_turn(eltwise(a, k.name, k.slope(a), k.beta, a.x, a.out));
    });
    add(row, mode::backward, [k](const arguments& a) {
        return in_turn(eltwise_backward(a, k.name, k.slope(a), k.beta, a.x, a.grad_out, a.slope));
    });
    add(row, mode::forward_backward, [k](const arguments& a) {
        return in_turn(eltwise(a, k.name, k.slope(a), k.beta, a.x, a.out),
                       eltwise_backward(a, k.name, k.slope(a), k.beta, a.x, a.grad_out, a.slope));
    });
}

[[maybe_unused]] const bool registered = [] {
    add_row("relu", {algorithm::eltwise_relu});
    add_row("leaky_relu", {algorithm::eltwise_relu, 0, 0, true});
    add_row("relu6", {algorithm::eltwise_clip, 0, 6});
    add_row("hard_swish", {algorithm::eltwise_hardswish});
    add_row("sigmoid", {algorithm::eltwise_logistic});
    add_row("tanh", {algorithm::eltwise_tanh});
    add_row("elu", {algorithm::eltwise_elu, 0, 0, true});
    add_row("gelu", {algorithm::eltwise_gelu_erf});
    add_row("gelu_tanh", {algorithm::eltwise_gelu_tanh});
    add_row("silu", {algorithm::eltwise_swish, 1});
    add_row("mish", {algorithm::eltwise_mish});
    add_row("softplus", {algorithm::eltwise_soft_relu});

    add("sigmoid_output", mode::backward, [](const arguments& a) {
        return in_turn(eltwise_backward(a, algorithm::eltwise_logistic_use_dst_for_bwd, 0, 0, a.x,
                                        a.grad_out, a.slope, DNNL_ARG_DST));
    });
    add("tanh_output", mode::backward, [](const arguments& a) {
        return in_turn(eltwise_backward(a, algorithm::eltwise_tanh_use_dst_for_bwd, 0, 0, a.x,
                                        a.grad_out, a.slope, DNNL_ARG_DST));
    });
    const algorithm t = algorithm::eltwise_tanh;
    add("tanh3", mode::forward, [t](const arguments& a) {
        return in_turn(eltwise(a, t, 0, 0, a.x, a.scratch),
                       eltwise(a, t, 0, 0, a.scratch, a.more_scratch),
                       eltwise(a, t, 0, 0, a.more_scratch, a.out));
    });
    add("tanh3", mode::forward_backward, [t](const arguments& a) {
        return in_turn(eltwise(a, t, 0, 0, a.x, a.scratch),
                       eltwise(a, t, 0, 0, a.scratch, a.more_scratch),
                       eltwise(a, t, 0, 0, a.more_scratch, a.out),
                       eltwise_backward(a, t, 0, 0, a.more_scratch, a.grad_out, a.slope),
                       eltwise_backward(a, t, 0, 0, a.scratch, a.slope, a.slope),
                       eltwise_backward(a, t, 0, 0, a.x, a.slope, a.slope));
    });
    const algorithm g = algorithm::eltwise_gelu_erf;
    const algorithm s = algorithm::eltwise_swish;
    add("swish_gelu", mode::forward, [g, s](const arguments& a) {
        return in_turn(eltwise(a, g, 0, 0, a.x, a.scratch), eltwise(a, s, 1, 0, a.scratch, a.out));
    });
    add("swish_gelu", mode::backward, [g, s](const arguments& a) {
        return in_turn(eltwise(a, g, 0, 0, a.x, a.scratch),
                       eltwise_backward(a, s, 1, 0, a.scratch, a.grad_out, a.slope),
                       eltwise_backward(a, g, 0, 0, a.x, a.slope, a.slope));
    });
    add("swish_gelu", mode::forward_backward, [g, s](const arguments& a) {
        return in_turn(eltwise(a, g, 0, 0, a.x, a.scratch), eltwise(a, s, 1, 0, a.scratch, a.out),
                       eltwise_backward(a, s, 1, 0, a.scratch, a.grad_out, a.slope),
                       eltwise_backward(a, g, 0, 0, a.x, a.slope, a.slope));
    });
    // custom with u = x + bias and v = beta u: mish(v)/beta + u/10 + residual.
    add("custom", mode::forward, [](const arguments& a) {
        const algorithm linear = algorithm::eltwise_linear;
        return in_turn(eltwise(a, linear, a.beta, a.beta * a.bias, a.x, a.scratch),
                       eltwise(a, algorithm::eltwise_mish, 0, 0, a.scratch, a.more_scratch),
                       eltwise(a, linear, 1 / a.beta, 0, a.more_scratch, a.more_scratch),
                       eltwise(a, linear, 0.1f, 0.1f * a.bias, a.x, a.scratch),
                       binary(a, algorithm::binary_add, a.more_scratch, a.scratch, a.out),
                       binary(a, algorithm::binary_add, a.out, a.second, a.out));
    });
    add("custom", mode::backward, [](const arguments& a) {
        const algorithm linear = algorithm::eltwise_linear;
        return in_turn(
            eltwise(a, linear, a.beta, a.beta * a.bias, a.x, a.scratch),
            eltwise_backward(a, algorithm::eltwise_mish, 0, 0, a.scratch, a.grad_out, a.slope),
            eltwise(a, linear, 0.1f, 0, a.grad_out, a.scratch),
            binary(a, algorithm::binary_add, a.slope, a.scratch, a.slope));
    });
    add("swiglu", mode::forward, [s](const arguments& a) {
        return in_turn(eltwise(a, s, 1, 0, a.x, a.scratch),
                       binary(a, algorithm::binary_mul, a.scratch, a.second, a.out));
    });
    add("swiglu", mode::backward, [s](const arguments& a) {
        return in_turn(eltwise(a, s, 1, 0, a.x, a.scratch),
                       binary(a, algorithm::binary_mul, a.scratch, a.grad_out, a.second_slope),
                       binary(a, algorithm::binary_mul, a.second, a.grad_out, a.scratch),
                       eltwise_backward(a, s, 1, 0, a.x, a.scratch, a.slope));
    });
    return true;
}();

}  // namespace
