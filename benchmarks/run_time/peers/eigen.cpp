// SPDX-License-Identifier: BSL-1.0
/// Eigen: array expressions with its own functions, evaluated into arrays. What a slope needs twice
/// goes into a temporary array first.
#include "../harness.hpp"

#include <Eigen/Core>
#include <unsupported/Eigen/SpecialFunctions>

namespace {

using benchmark::arguments;
using benchmark::mode;

using input = Eigen::Map<const Eigen::ArrayXf, Eigen::Aligned64>;
using output = Eigen::Map<Eigen::ArrayXf, Eigen::Aligned64>;

struct arrays {
    input x, second, g;
    output out, slope, second_slope, t, u;
    const arguments& a;
    explicit arrays(const arguments& given)
        : x(given.x, size(given)), second(given.second, size(given)),
          g(given.grad_out, size(given)), out(given.out, size(given)),
          slope(given.slope, size(given)), second_slope(given.second_slope, size(given)),
          t(given.scratch, size(given)), u(given.more_scratch, size(given)), a(given) {}
    static Eigen::Index size(const arguments& a) { return static_cast<Eigen::Index>(a.size); }
    auto all(float c) const { return Eigen::ArrayXf::Constant(x.size(), c); }
};

const benchmark::peer eigen{"Eigen"};

/// value(r) writes r.out; slope(r, g) writes g times the derivative into r.slope.
template<class Value, class Slope>
void add_row(const char* row, Value, Slope) {
    eigen(row, mode::forward, [](const arguments& a) {
        arrays r(a);
        Value{}(r);
    });
    eigen(row, mode::backward, [](const arguments& a) {
        arrays r(a);
        Slope{}(r, r.g);
    });
    eigen(row, mode::value_derivative, [](const arguments& a) {
        arrays r(a);
        Value{}(r);
        Slope{}(r, r.all(1.0f));
    });
    eigen(row, mode::forward_backward, [](const arguments& a) {
        arrays r(a);
        Value{}(r);
        Slope{}(r, r.g);
    });
}

/// n(v) = e^v (e^v + 2), so that tanh(softplus(v)) = n/(n + 2); into t. And e^v, capped, into u.
template<class V>
void softplus_parts(arrays& r, const V& v) {
    r.u = v.min(20.0f).exp();
    r.t = r.u * (r.u + 2.0f);
}

[[maybe_unused]] const bool registered = [] {
    add_row(
        "relu", [](arrays& r) { r.out = r.x.max(0.0f); },
        [](arrays& r, const auto& g) { r.slope = (r.x > 0.0f).select(g, r.all(0.0f)); });
    add_row(
        "leaky_relu", [](arrays& r) { r.out = r.x.max(0.0f) + r.a.alpha * r.x.min(0.0f); },
        [](arrays& r, const auto& g) { r.slope = (r.x > 0.0f).select(g, r.a.alpha * g); });
    add_row(
        "relu6", [](arrays& r) { r.out = r.x.max(0.0f).min(6.0f); },
        [](arrays& r, const auto& g) {
            r.slope = (r.x > 0.0f).select((r.x < 6.0f).select(g, r.all(0.0f)), r.all(0.0f));
        });
    add_row(
        "hard_swish",
        [](arrays& r) { r.out = r.x * (r.x + 3.0f).max(0.0f).min(6.0f) * (1.0f / 6); },
        [](arrays& r, const auto& g) {
            r.slope =
                (r.x > 3.0f)
                    .select(g, (r.x < -3.0f).select(r.all(0.0f), g * (r.x * (1.0f / 3) + 0.5f)));
        });
    add_row(
        "sigmoid", [](arrays& r) { r.out = r.x.logistic(); },
        [](arrays& r, const auto& g) {
            r.t = r.x.logistic();
            r.slope = g * r.t * (1.0f - r.t);
        });
    add_row(
        "tanh", [](arrays& r) { r.out = r.x.tanh(); },
        [](arrays& r, const auto& g) { r.slope = g * (1.0f - r.x.tanh().square()); });
    add_row(
        "elu", [](arrays& r) { r.out = r.x.max(0.0f) + r.a.alpha * r.x.min(0.0f).expm1(); },
        [](arrays& r, const auto& g) {
            r.slope = (r.x > 0.0f).select(g, g * r.a.alpha * r.x.min(0.0f).exp());
        });
    add_row(
        "gelu", [](arrays& r) { r.out = r.x * (0.5f + 0.5f * (r.x * 0.70710678f).erf()); },
        [](arrays& r, const auto& g) {
            r.slope = g *
                (0.5f + 0.5f * (r.x * 0.70710678f).erf() +
                 r.x * 0.39894228f * (-0.5f * r.x.square()).exp());
        });
    add_row(
        "gelu_tanh",
        [](arrays& r) {
            r.out = r.x * (r.x * (1.5957691f + 0.07135482f * r.x.square())).logistic();
        },
        [](arrays& r, const auto& g) {
            r.t = (r.x * (1.5957691f + 0.07135482f * r.x.square())).logistic();
            r.slope =
                g * r.t * (1.0f + r.x * (1.0f - r.t) * (1.5957691f + 0.21406445f * r.x.square()));
        });
    add_row(
        "silu", [](arrays& r) { r.out = r.x * r.x.logistic(); },
        [](arrays& r, const auto& g) {
            r.t = r.x.logistic();
            r.slope = g * r.t * (1.0f + r.x * (1.0f - r.t));
        });
    add_row(
        "softplus", [](arrays& r) { r.out = r.x.max(0.0f) + (-r.x.abs()).exp().log1p(); },
        [](arrays& r, const auto& g) { r.slope = g * r.x.logistic(); });
    add_row(
        "mish",
        [](arrays& r) {
            softplus_parts(r, r.x);
            r.out = r.x * r.t / (r.t + 2.0f);
        },
        [](arrays& r, const auto& g) {
            softplus_parts(r, r.x);
            r.slope =
                g * (r.t * (r.t + 2.0f) + 4.0f * r.x * r.u * (r.u + 1.0f)) / (r.t + 2.0f).square();
        });
    add_row(
        "tanh3", [](arrays& r) { r.out = r.x.tanh().tanh().tanh(); },
        [](arrays& r, const auto& g) {
            r.t = r.x.tanh();
            r.u = r.t.tanh();
            r.slope =
                g * (1.0f - r.t.square()) * (1.0f - r.u.square()) * (1.0f - r.u.tanh().square());
        });
    add_row(
        "swish_gelu",
        [](arrays& r) {
            r.t = r.x * (0.5f + 0.5f * (r.x * 0.70710678f).erf());
            r.out = r.t * r.t.logistic();
        },
        [](arrays& r, const auto& g) {
            r.u = 0.5f + 0.5f * (r.x * 0.70710678f).erf();
            r.t = (r.x * r.u).logistic();
            r.slope = g * r.t * (1.0f + r.x * r.u * (1.0f - r.t)) *
                (r.u + r.x * 0.39894228f * (-0.5f * r.x.square()).exp());
        });
    add_row(
        "custom",
        [](arrays& r) {
            softplus_parts(r, r.a.beta * (r.x + r.a.bias));
            r.out = (r.x + r.a.bias) * (r.t / (r.t + 2.0f) + 0.1f) + r.second;
        },
        [](arrays& r, const auto& g) {
            softplus_parts(r, r.a.beta * (r.x + r.a.bias));
            r.slope = g *
                ((r.t * (r.t + 2.0f) + 4.0f * r.a.beta * (r.x + r.a.bias) * r.u * (r.u + 1.0f)) /
                     (r.t + 2.0f).square() +
                 0.1f);
        });
    eigen("sigmoid_output", mode::backward, [](const arguments& a) {
        arrays r(a);
        r.slope = r.g * r.x * (1.0f - r.x);
    });
    eigen("tanh_output", mode::backward, [](const arguments& a) {
        arrays r(a);
        r.slope = r.g * (1.0f - r.x.square());
    });
    eigen("custom", mode::backward_parameters, [](const arguments& a) {
        arrays r(a);
        softplus_parts(r, a.beta * (r.x + a.bias));
        r.u = 4.0f * r.u * (r.u + 1.0f) / (r.t + 2.0f).square();
        r.slope = r.g * (r.t / (r.t + 2.0f) + a.beta * (r.x + a.bias) * r.u + 0.1f);
        a.sums[0] = static_cast<double>((r.g * (r.x + a.bias).square() * r.u).sum());
        a.sums[1] = static_cast<double>(r.slope.sum());
    });
    eigen("swish", mode::backward_parameters, [](const arguments& a) {
        arrays r(a);
        r.t = (a.beta * r.x).logistic();
        r.u = r.g * r.x * r.t * (1.0f - r.t);
        r.slope = r.g * r.t + a.beta * r.u;
        a.sums[0] = static_cast<double>((r.x * r.u).sum());
    });
    eigen("leaky_relu", mode::backward_parameters, [](const arguments& a) {
        arrays r(a);
        r.slope = (r.x > 0.0f).select(r.g, a.alpha * r.g);
        a.sums[0] = static_cast<double>((r.g * r.x.min(0.0f)).sum());
    });
    eigen("elu", mode::backward_parameters, [](const arguments& a) {
        arrays r(a);
        r.t = r.x.min(0.0f).expm1();
        r.slope = (r.x > 0.0f).select(r.g, r.g * a.alpha * (r.t + 1.0f));
        a.sums[0] = static_cast<double>((r.g * r.t).sum());
    });
    eigen("swiglu", mode::forward, [](const arguments& a) {
        arrays r(a);
        r.out = r.x * r.x.logistic() * r.second;
    });
    eigen("swiglu", mode::backward, [](const arguments& a) {
        arrays r(a);
        r.t = r.x.logistic();
        r.slope = r.g * r.second * r.t * (1.0f + r.x * (1.0f - r.t));
        r.second_slope = r.g * r.x * r.t;
    });
    return true;
}();

}  // namespace
