// SPDX-License-Identifier: BSL-1.0
/// What somebody who knows the trade writes over a vector library: value and slope of each row in one
/// loop that shares subexpressions. Included by one file per library, with that library's vectors as M:
///
///     struct M {
///         using vector = ...;                    // with + - * /
///         static constexpr std::size_t lanes;
///         load, store, set, max, min, exp, expm1, log1p, tanh, erf (constexpr bool has_erf), sum,
///         choose_positive(condition, if positive, if not)
///     };

namespace fused {

using benchmark::arguments;
using benchmark::mode;

template<class M>
struct rows {
    using V = typename M::vector;
    struct result {
        V value;
        V slope;
        V parameter;
    };
    static V set(float c) { return M::set(c); }
    static V logistic(V x) { return set(1) / (set(1) + M::exp(set(0) - x)); }

    struct relu {
        static result at(V x, const arguments&) {
            return {M::max(x, set(0)), M::choose_positive(x, set(1), set(0)), x};
        }
    };
    struct leaky_relu {
        static result at(V x, const arguments& a) {
            return {M::choose_positive(x, x, set(a.alpha) * x),
                    M::choose_positive(x, set(1), set(a.alpha)), M::choose_positive(x, set(0), x)};
        }
    };
    struct relu6 {
        static result at(V x, const arguments&) {
            return {M::min(M::max(x, set(0)), set(6)),
                    M::choose_positive(x, M::choose_positive(set(6) - x, set(1), set(0)), set(0)),
                    x};
        }
    };
    struct hard_swish {
        static result at(V x, const arguments&) {
            const V inner = x * set(1.0f / 3) + set(0.5f);
            return {x * M::min(M::max(x + set(3), set(0)), set(6)) * set(1.0f / 6),
                    M::choose_positive(x - set(3), set(1),
                                       M::choose_positive(x + set(3), inner, set(0))),
                    x};
        }
    };
    struct sigmoid {
        static result at(V x, const arguments&) {
            const V s = logistic(x);
            return {s, s * (set(1) - s), x};
        }
    };
    struct tanh {
        static result at(V x, const arguments&) {
            const V t = M::tanh(x);
            return {t, set(1) - t * t, x};
        }
    };
    struct sigmoid_output {
        static result at(V y, const arguments&) { return {y, y * (set(1) - y), y}; }
    };
    struct tanh_output {
        static result at(V y, const arguments&) { return {y, set(1) - y * y, y}; }
    };
    struct elu {
        static result at(V x, const arguments& a) {
            const V e = M::expm1(M::min(x, set(0)));
            return {M::choose_positive(x, x, set(a.alpha) * e),
                    M::choose_positive(x, set(1), set(a.alpha) * (e + set(1))), e};
        }
    };
    struct gelu {
        static result at(V x, const arguments&) {
            const V cdf = set(0.5f) + set(0.5f) * M::erf(x * set(0.70710678f));
            return {x * cdf, cdf + x * set(0.39894228f) * M::exp(set(-0.5f) * x * x), x};
        }
    };
    struct gelu_tanh {
        static result at(V x, const arguments&) {
            const V square = x * x;
            const V s = logistic(x * (set(1.5957691f) + set(0.07135482f) * square));
            return {x * s, s + x * s * (set(1) - s) * (set(1.5957691f) + set(0.21406445f) * square),
                    x};
        }
    };
    struct silu {
        static result at(V x, const arguments&) {
            const V s = logistic(x);
            return {x * s, s + x * s * (set(1) - s), x};
        }
    };
    struct swish {
        static result at(V x, const arguments& a) {
            const V s = logistic(set(a.beta) * x);
            const V curve = x * s * (set(1) - s);
            return {x * s, s + set(a.beta) * curve, x * curve};
        }
    };
    /// tanh(softplus(v)) = n/(n + 2), n = e^v (e^v + 2), and its slope.
    static void tanh_softplus(V v, V& t, V& slope) {
        const V e = M::exp(M::min(v, set(20)));
        const V n = e * (e + set(2));
        const V inverse = set(1) / (n + set(2));
        t = n * inverse;
        slope = set(4) * e * (e + set(1)) * inverse * inverse;
    }
    struct mish {
        static result at(V x, const arguments&) {
            V t;
            V slope;
            tanh_softplus(x, t, slope);
            return {x * t, t + x * slope, x};
        }
    };
    struct softplus {
        static result at(V x, const arguments&) {
            const V e = M::exp(M::min(x, set(0) - x));
            const V inverse = set(1) / (set(1) + e);
            return {M::max(x, set(0)) + M::log1p(e), M::choose_positive(x, inverse, e * inverse),
                    x};
        }
    };
    struct tanh3 {
        static result at(V x, const arguments&) {
            const V t = M::tanh(x);
            const V u = M::tanh(t);
            const V v = M::tanh(u);
            return {v, (set(1) - t * t) * (set(1) - u * u) * (set(1) - v * v), x};
        }
    };
    struct swish_gelu {
        static result at(V x, const arguments& a) {
            const result inner = gelu::at(x, a);
            const result outer = silu::at(inner.value, a);
            return {outer.value, outer.slope * inner.slope, x};
        }
    };
    struct custom {
        static result at(V x, const arguments& a) {
            const V u = x + set(a.bias);
            V t;
            V slope;
            tanh_softplus(set(a.beta) * u, t, slope);
            return {u * t + set(0.1f) * u, t + set(a.beta) * u * slope + set(0.1f), u * u * slope};
        }
    };

    // The arguments are copied: a store could change what a reference refers to.
    template<class F>
    static void forward(const arguments& given) {
        const arguments a = given;
        for (std::size_t i = 0; i < a.size; i += M::lanes) {
            M::store(a.out + i, F::at(M::load(a.x + i), a).value);
        }
    }
    template<class F>
    static void backward(const arguments& given) {
        const arguments a = given;
        for (std::size_t i = 0; i < a.size; i += M::lanes) {
            M::store(a.slope + i, M::load(a.grad_out + i) * F::at(M::load(a.x + i), a).slope);
        }
    }
    template<class F>
    static void value_derivative(const arguments& given) {
        const arguments a = given;
        for (std::size_t i = 0; i < a.size; i += M::lanes) {
            const result r = F::at(M::load(a.x + i), a);
            M::store(a.out + i, r.value);
            M::store(a.slope + i, r.slope);
        }
    }
    template<class F>
    static void forward_backward(const arguments& given) {
        const arguments a = given;
        for (std::size_t i = 0; i < a.size; i += M::lanes) {
            const result r = F::at(M::load(a.x + i), a);
            M::store(a.out + i, r.value);
            M::store(a.slope + i, M::load(a.grad_out + i) * r.slope);
        }
    }
    template<class F>
    static void backward_parameters(const arguments& given) {
        const arguments a = given;
        V parameter = set(0);
        V bias = set(0);
        for (std::size_t i = 0; i < a.size; i += M::lanes) {
            const result r = F::at(M::load(a.x + i), a);
            const V g = M::load(a.grad_out + i);
            M::store(a.slope + i, g * r.slope);
            parameter = parameter + g * r.parameter;
            bias = bias + g * r.slope;
        }
        a.sums[0] = M::sum(parameter);
        a.sums[1] = M::sum(bias);
    }
    static void custom_forward(const arguments& given) {
        const arguments a = given;
        for (std::size_t i = 0; i < a.size; i += M::lanes) {
            M::store(a.out + i, custom::at(M::load(a.x + i), a).value + M::load(a.second + i));
        }
    }
    static void custom_value_derivative(const arguments& given) {
        const arguments a = given;
        for (std::size_t i = 0; i < a.size; i += M::lanes) {
            const result r = custom::at(M::load(a.x + i), a);
            M::store(a.out + i, r.value + M::load(a.second + i));
            M::store(a.slope + i, r.slope);
        }
    }
    static void custom_forward_backward(const arguments& given) {
        const arguments a = given;
        for (std::size_t i = 0; i < a.size; i += M::lanes) {
            const result r = custom::at(M::load(a.x + i), a);
            M::store(a.out + i, r.value + M::load(a.second + i));
            M::store(a.slope + i, M::load(a.grad_out + i) * r.slope);
        }
    }
    static void swiglu_forward(const arguments& given) {
        const arguments a = given;
        for (std::size_t i = 0; i < a.size; i += M::lanes) {
            M::store(a.out + i, silu::at(M::load(a.x + i), a).value * M::load(a.second + i));
        }
    }
    static void swiglu_backward(const arguments& given) {
        const arguments a = given;
        for (std::size_t i = 0; i < a.size; i += M::lanes) {
            const result r = silu::at(M::load(a.x + i), a);
            const V g = M::load(a.grad_out + i);
            M::store(a.slope + i, g * M::load(a.second + i) * r.slope);
            M::store(a.second_slope + i, g * r.value);
        }
    }

    template<class F>
    static void add_modes(const benchmark::peer& peer, const char* row) {
        peer(row, mode::forward, forward<F>);
        peer(row, mode::backward, backward<F>);
        peer(row, mode::value_derivative, value_derivative<F>);
        peer(row, mode::forward_backward, forward_backward<F>);
    }
    static void add_all(const benchmark::peer& peer) {
        add_modes<relu>(peer, "relu");
        add_modes<leaky_relu>(peer, "leaky_relu");
        peer("leaky_relu", mode::backward_parameters, backward_parameters<leaky_relu>);
        add_modes<relu6>(peer, "relu6");
        add_modes<hard_swish>(peer, "hard_swish");
        add_modes<sigmoid>(peer, "sigmoid");
        add_modes<tanh>(peer, "tanh");
        peer("sigmoid_output", mode::backward, backward<sigmoid_output>);
        peer("tanh_output", mode::backward, backward<tanh_output>);
        add_modes<elu>(peer, "elu");
        peer("elu", mode::backward_parameters, backward_parameters<elu>);
        add_modes<gelu_tanh>(peer, "gelu_tanh");
        add_modes<silu>(peer, "silu");
        peer("swish", mode::backward_parameters, backward_parameters<swish>);
        add_modes<mish>(peer, "mish");
        add_modes<softplus>(peer, "softplus");
        add_modes<tanh3>(peer, "tanh3");
        if constexpr (M::has_erf) {
            add_modes<gelu>(peer, "gelu");
            add_modes<swish_gelu>(peer, "swish_gelu");
        }
        peer("custom", mode::forward, custom_forward);
        peer("custom", mode::backward, backward<custom>);
        peer("custom", mode::value_derivative, custom_value_derivative);
        peer("custom", mode::forward_backward, custom_forward_backward);
        peer("custom", mode::backward_parameters, backward_parameters<custom>);
        peer("swiglu", mode::forward, swiglu_forward);
        peer("swiglu", mode::backward, swiglu_backward);
    }
};

}  // namespace fused
