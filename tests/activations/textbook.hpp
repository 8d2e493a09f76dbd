// SPDX-License-Identifier: BSL-1.0
/// The oracle of the catalogue's tests: the textbook formula of every entry, written independently of the
/// library in MPFR with so many digits that no form cancels; slopes by central differences of them.
#pragma once

#include <chainrule/activations/catalogue.hpp>
#include <chainrule/expr/compose.hpp>

#include <mpfr.h>

#include <cstdlib>
#include <string_view>
#include <utility>

namespace textbook {

/// A number of 2600 bits.
class number {
public:
    number() { mpfr_init2(value, bits); }
    number(double v) : number() {
        mpfr_set_d(value, v, MPFR_RNDN);
    }  // NOLINT: formulas read naturally
    number(const number& other) : number() { mpfr_set(value, other.value, MPFR_RNDN); }
    number& operator=(const number& other) {
        mpfr_set(value, other.value, MPFR_RNDN);
        return *this;
    }
    ~number() { mpfr_clear(value); }

    static number decimal(const char* text) {
        number result;
        mpfr_set_str(result.value, text, 10, MPFR_RNDN);
        return result;
    }
    /// v · 2^exponent.
    static number scaled(const number& v, long exponent) {
        number result;
        mpfr_mul_2si(result.value, v.value, exponent, MPFR_RNDN);
        return result;
    }
    [[nodiscard]] double to_double() const { return mpfr_get_d(value, MPFR_RNDN); }
    [[nodiscard]] bool is_nan() const { return mpfr_nan_p(value) != 0; }
    /// The distance of doubles around this number.
    [[nodiscard]] number ulp() const {
        const long exponent =
            mpfr_zero_p(value) != 0 ? -1074 : static_cast<long>(mpfr_get_exp(value)) - 53;
        return scaled(1, exponent < -1074 ? -1074 : exponent);
    }

    using binary_function = int (*)(mpfr_t, const mpfr_t, const mpfr_t, mpfr_rnd_t);
    using unary_function = int (*)(mpfr_t, const mpfr_t, mpfr_rnd_t);
    static number apply(binary_function f, const number& a, const number& b) {
        number result;
        f(result.value, a.value, b.value, MPFR_RNDN);
        return result;
    }
    static number apply(unary_function f, const number& a) {
        number result;
        f(result.value, a.value, MPFR_RNDN);
        return result;
    }

    friend number operator+(const number& a, const number& b) { return apply(&mpfr_add, a, b); }
    friend number operator-(const number& a, const number& b) { return apply(&mpfr_sub, a, b); }
    friend number operator*(const number& a, const number& b) { return apply(&mpfr_mul, a, b); }
    friend number operator/(const number& a, const number& b) { return apply(&mpfr_div, a, b); }
    friend number operator-(const number& a) { return apply(&mpfr_neg, a); }
    friend bool operator<(const number& a, const number& b) {
        return mpfr_less_p(a.value, b.value) != 0;
    }
    friend bool operator>(const number& a, const number& b) { return b < a; }
    friend bool operator<=(const number& a, const number& b) {
        return mpfr_lessequal_p(a.value, b.value) != 0;
    }
    friend bool operator>=(const number& a, const number& b) { return b <= a; }

private:
    static constexpr mpfr_prec_t bits = 2600;
    mpfr_t value;
};

inline number exp(const number& a) { return number::apply(&mpfr_exp, a); }
inline number log(const number& a) { return number::apply(&mpfr_log, a); }
inline number sqrt(const number& a) { return number::apply(&mpfr_sqrt, a); }
inline number sin(const number& a) { return number::apply(&mpfr_sin, a); }
inline number cos(const number& a) { return number::apply(&mpfr_cos, a); }
inline number tanh(const number& a) { return number::apply(&mpfr_tanh, a); }
inline number asinh(const number& a) { return number::apply(&mpfr_asinh, a); }
inline number erf(const number& a) { return number::apply(&mpfr_erf, a); }
inline number abs(const number& a) { return number::apply(&mpfr_abs, a); }
inline number round(const number& a) { return number::apply(&mpfr_rint, a); }
inline number pow(const number& a, const number& b) { return number::apply(&mpfr_pow, a, b); }
inline number pi() { return 4 * number::apply(&mpfr_atan, 1); }
inline number maximum(const number& a, const number& b) { return a < b ? b : a; }
inline number minimum(const number& a, const number& b) { return b < a ? b : a; }

/// The published formula, with the default parameters and the values of `with_values` below.
inline number value(std::string_view name, const number& x) {
    const auto is = [name](std::string_view other) { return name == other; };
    const number sixth = number(1) / 6;
    if (is("identity")) return x;
    if (is("affine")) return number(1.5) * x - 0.25;
    if (is("relu")) return maximum(x, 0);
    if (is("leaky_relu")) return x > 0 ? x : number::decimal("0.01") * x;
    if (is("prelu")) return x > 0 ? x : 0.25 * x;
    if (is("relu6")) return minimum(maximum(x, 0), 6);
    if (is("leaky_relu6")) return minimum(maximum(number::decimal("0.01") * x, x), 6);
    if (is("relu_general")) return x >= 0 ? minimum(x, 4) : number(0);
    if (is("clip")) return minimum(maximum(x, -0.75), 1.25);
    if (is("hard_tanh")) return minimum(maximum(x, -1), 1);
    if (is("hard_sigmoid")) return minimum(maximum(sixth * x + 0.5, 0), 1);
    if (is("hard_swish")) return x * minimum(maximum(sixth * x + 0.5, 0), 1);
    if (is("sparse_sigmoid")) return x <= -1 ? number(0) : x < 1 ? (x + 1) / 2 : number(1);
    if (is("threshold")) return x > 0.5 ? x : number(-1);
    if (is("thresholded_relu")) return x > 1 ? x : number(0);
    if (is("hard_shrink")) return abs(x) > 0.5 ? x : number(0);
    if (is("soft_shrink")) return x > 0.5 ? x - 0.5 : x < -0.5 ? x + 0.5 : number(0);
    if (is("shrink")) return x > 0.5 ? x : x < -0.5 ? x : number(0);
    if (is("elu") || is("celu")) return x > 0 ? x : exp(x) - 1;
    if (is("selu")) {
        return number::decimal("1.05070098735548049341933498529460") *
            (x > 0 ? x : number::decimal("1.67326324235437728481704299167170") * (exp(x) - 1));
    }
    if (is("elish")) return x >= 0 ? x / (1 + exp(-x)) : (exp(x) - 1) / (1 + exp(-x));
    if (is("xielu")) {
        return x > 0 ? 0.8 * x * x + 0.5 * x : (exp(minimum(x, -1e-6)) - 1 - x) * 0.8 + 0.5 * x;
    }
    if (is("silu") || is("swish")) return x / (1 + exp(-x));
    if (is("gelu")) return x / 2 * (1 + erf(x / sqrt(2)));
    if (is("gelu_tanh"))
        return x / 2 * (1 + tanh(sqrt(2 / pi()) * (x + number::decimal("0.044715") * x * x * x)));
    if (is("gelu_quick")) return x / (1 + exp(-(number::decimal("1.702") * x)));
    if (is("mish")) return x > 1e6 ? x : x * tanh(log(1 + exp(x)));
    if (is("tanhexp")) return x * tanh(exp(x));
    if (is("lisht")) return x * tanh(x);
    if (is("softplus") || is("softplus_beta")) return x > 1e6 ? x : log(1 + exp(x));
    if (is("squareplus")) return (x + sqrt(x * x + 4)) / 2;
    if (is("sparse_plus")) return x <= -1 ? number(0) : x < 1 ? (x + 1) * (x + 1) / 4 : x;
    if (is("isru")) return x / sqrt(1 + number::decimal("0.1") * x * x);
    if (is("isrlu")) return x >= 0 ? x : x / sqrt(1 + number::decimal("0.1") * x * x);
    if (is("sigmoid")) return 1 / (1 + exp(-x));
    if (is("log_sigmoid")) return x < -1e6 ? x : -log(1 + exp(-x));
    if (is("tanh")) return tanh(x);
    if (is("tanh_shrink")) return x - tanh(x);
    if (is("tanh_p1m2")) return (tanh(x) + 1) / 2;
    if (is("softsign")) return x / (1 + abs(x));
    if (is("sqnl")) {
        return x > 2 ? number(1) : x >= 0 ? x - x * x / 4 : x >= -2 ? x + x * x / 4 : number(-1);
    }
    if (is("erf")) return erf(x);
    if (is("step")) return x > 0 ? 1 : 0;
    if (is("sign")) return (x > 0 ? 1 : 0) - (x < 0 ? 1 : 0);
    if (is("round")) return round(x);
    if (is("exponential")) return exp(x);
    if (is("abs")) return abs(x);
    if (is("square")) return x * x;
    if (is("sqrt")) return sqrt(x);
    if (is("log")) return log(x);
    if (is("power")) return 1.5 * pow(x, 2.5);
    if (is("log1mexp")) return log(1 - exp(-x));
    if (is("asinh")) return asinh(x);
    if (is("snake")) return x + sin(x) * sin(x);
    if (is("gcu")) return x * cos(x);
    std::abort();  // an entry without an oracle
}

/// f′(x) and f″(x) by central differences; the step is so small that their error is far below any double.
inline number step_at(const number& x, long exponent) {
    const number size = abs(x) > 0 ? minimum(abs(x), 1) : number(1);
    return number::scaled(size, exponent);
}
inline number slope(std::string_view name, const number& x) {
    const number middle = value(name, x);
    if (abs(middle) > number::scaled(1, 1024 * 1024))
        return middle;  // beyond double, and so is the slope
    const number step = step_at(x, -400);
    return (value(name, x + step) - value(name, x - step)) / (2 * step);
}
inline number curvature(std::string_view name, const number& x) {
    const number step = step_at(x, -300);
    return (value(name, x + step) - 2 * value(name, x) + value(name, x - step)) / (step * step);
}

/// The entry's formula, with numbers for the parameters that have no default.
template<class Entry>
constexpr auto with_values() {
    using namespace chainrule;
    constexpr auto f = Entry::expression;
    constexpr parameter<"alpha"> alpha;
    constexpr parameter<"beta"> beta;
    if constexpr (Entry::name == "affine") {
        return f(alpha = constant<1.5>, beta = constant<-0.25>);
    } else if constexpr (Entry::name == "relu_general") {
        return f(parameter<"cap">{} = constant<4>);
    } else if constexpr (Entry::name == "clip") {
        return f(parameter<"low">{} = constant<-0.75>, parameter<"high">{} = constant<1.25>);
    } else if constexpr (Entry::name == "threshold") {
        return f(parameter<"t">{} = constant<0.5>, parameter<"v">{} = constant<-1>);
    } else if constexpr (Entry::name == "power") {
        return f(alpha = constant<1.5>, beta = constant<2.5>);
    } else if constexpr (Entry::name == "xielu") {
        return f(parameter<"alpha_p">{} = constant<0.8>, parameter<"alpha_n">{} = constant<0.8>,
                 parameter<"epsilon">{} = constant<-1e-6>, beta = constant<0.5>);
    } else {
        return f;
    }
}

}  // namespace textbook
