// SPDX-License-Identifier: BSL-1.0
/// Boost.Math autodiff: the derivatives by a forward-mode number type in a plain loop.
/// It has no log1p and no expm1.
#include "../harness.hpp"

#include <boost/math/differentiation/autodiff.hpp>

namespace {

using benchmark::arguments;
using benchmark::mode;
using dual = boost::math::differentiation::autodiff_fvar<float, 1>;

dual logistic(const dual& x) { return 1.0f / (1.0f + exp(-x)); }
dual softplus(const dual& x) { return (x > 0.0f ? x : dual(0.0f)) + log(1.0f + exp(-fabs(x))); }

struct relu {
    static dual at(const dual& x, const arguments&) { return x > 0.0f ? x : dual(0.0f); }
};
struct leaky_relu {
    static dual at(const dual& x, const arguments& a) { return x > 0.0f ? x : a.alpha * x; }
};
struct relu6 {
    static dual at(const dual& x, const arguments&) {
        return x > 0.0f ? (x < 6.0f ? x : dual(6.0f)) : dual(0.0f);
    }
};
struct hard_swish {
    static dual at(const dual& x, const arguments&) {
        return x < -3.0f ? dual(0.0f) : x > 3.0f ? x : x * (x + 3.0f) / 6.0f;
    }
};
struct sigmoid {
    static dual at(const dual& x, const arguments&) { return logistic(x); }
};
struct tanh_row {
    static dual at(const dual& x, const arguments&) { return tanh(x); }
};
struct elu {
    static dual at(const dual& x, const arguments& a) {
        return x > 0.0f ? x : a.alpha * (exp(x) - 1.0f);
    }
};
struct gelu {
    static dual at(const dual& x, const arguments&) {
        return 0.5f * x * (1.0f + erf(x * 0.70710678f));
    }
};
struct gelu_tanh {
    static dual at(const dual& x, const arguments&) {
        return 0.5f * x * (1.0f + tanh(0.79788456f * (x + 0.044715f * x * x * x)));
    }
};
struct silu {
    static dual at(const dual& x, const arguments&) { return x * logistic(x); }
};
struct mish {
    static dual at(const dual& x, const arguments&) { return x * tanh(softplus(x)); }
};
struct softplus_row {
    static dual at(const dual& x, const arguments&) { return softplus(x); }
};
struct tanh3 {
    static dual at(const dual& x, const arguments&) { return tanh(tanh(tanh(x))); }
};
struct swish_gelu {
    static dual at(const dual& x, const arguments& a) { return silu::at(gelu::at(x, a), a); }
};

template<class F>
void backward(const arguments& given) {
    const arguments a = given;
    for (std::size_t i = 0; i < a.size; ++i) {
        const dual y = F::at(boost::math::differentiation::make_fvar<float, 1>(a.x[i]), a);
        a.slope[i] = a.grad_out[i] * y.derivative(1);
    }
}
template<class F>
void value_derivative(const arguments& given) {
    const arguments a = given;
    for (std::size_t i = 0; i < a.size; ++i) {
        const dual y = F::at(boost::math::differentiation::make_fvar<float, 1>(a.x[i]), a);
        a.out[i] = y.derivative(0);
        a.slope[i] = y.derivative(1);
    }
}
void custom_value_derivative(const arguments& given) {
    const arguments a = given;
    for (std::size_t i = 0; i < a.size; ++i) {
        const dual u = boost::math::differentiation::make_fvar<float, 1>(a.x[i]) + a.bias;
        const dual y = u * tanh(softplus(a.beta * u)) + 0.1f * u + a.second[i];
        a.out[i] = y.derivative(0);
        a.slope[i] = y.derivative(1);
    }
}

template<class F>
void add_row(const char* row) {
    const benchmark::peer peer{"Boost autodiff"};
    peer(row, mode::backward, backward<F>);
    peer(row, mode::value_derivative, value_derivative<F>);
}

[[maybe_unused]] const bool registered = [] {
    add_row<relu>("relu");
    add_row<leaky_relu>("leaky_relu");
    add_row<relu6>("relu6");
    add_row<hard_swish>("hard_swish");
    add_row<sigmoid>("sigmoid");
    add_row<tanh_row>("tanh");
    add_row<elu>("elu");
    add_row<gelu>("gelu");
    add_row<gelu_tanh>("gelu_tanh");
    add_row<silu>("silu");
    add_row<mish>("mish");
    add_row<softplus_row>("softplus");
    add_row<tanh3>("tanh3");
    add_row<swish_gelu>("swish_gelu");
    benchmark::peer{"Boost autodiff"}("custom", mode::value_derivative, custom_value_derivative);
    return true;
}();

}  // namespace
