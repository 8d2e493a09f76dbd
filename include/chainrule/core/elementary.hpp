// SPDX-License-Identifier: BSL-1.0
/// Elementary functions for the scalar evaluator, constexpr on every compiler (clang 19 has no
/// constexpr <cmath>, and <cmath> costs 0.3 s to parse). One implementation for both times, so that
/// compile-time and run-time values have the same bits; measured faster than glibc's long double.
///
/// All work is done in long double and rounded once. Measured against MPFR over the full range with
/// its tails and subnormals: at most 5 ULP of long double (x87 format), 0.51 ULP of double. NaN gives
/// NaN, ±inf the limit. Call them qualified: after a using-directive the functions of <math.h> win for double.
#pragma once

#include <chainrule/core/elementary/arithmetic.hpp>
#include <chainrule/core/elementary/error_function.hpp>
#include <chainrule/core/elementary/exponential.hpp>
#include <chainrule/core/elementary/float_parts.hpp>
#include <chainrule/core/elementary/logarithm.hpp>
#include <chainrule/core/elementary/power.hpp>
#include <chainrule/core/elementary/square_root.hpp>
#include <chainrule/core/elementary/trigonometric.hpp>

#include <limits>
#include <type_traits>

namespace chainrule::detail::elementary {

/// √x; NaN for x < 0.
template<std::floating_point T>
constexpr T square_root(T x) {
    const auto wide = static_cast<long double>(x);
    return static_cast<T>(own::square_root(wide));
}

/// Largest integer not above x.
template<std::floating_point T>
constexpr T floor(T x) {
    const auto wide = static_cast<long double>(x);
    return static_cast<T>(own::floor(wide));
}

/// Nearest integer, ties to the even one.
template<std::floating_point T>
constexpr T round_half_even(T x) {
    const auto wide = static_cast<long double>(x);
    return static_cast<T>(own::round_half_even(wide));
}

/// e^x.
template<std::floating_point T>
constexpr T exp(T x) {
    const auto wide = static_cast<long double>(x);
    return static_cast<T>(own::exp(wide));
}

/// e^x - 1.
template<std::floating_point T>
constexpr T expm1(T x) {
    const auto wide = static_cast<long double>(x);
    return static_cast<T>(own::expm1(wide));
}

/// Natural logarithm; -inf at 0, NaN for x < 0.
template<std::floating_point T>
constexpr T log(T x) {
    const auto wide = static_cast<long double>(x);
    return static_cast<T>(own::log(wide));
}

/// log(1 + x); -inf at -1, NaN for x < -1.
template<std::floating_point T>
constexpr T log1p(T x) {
    const auto wide = static_cast<long double>(x);
    return static_cast<T>(own::log1p(wide));
}

/// Sine; NaN at ±inf.
template<std::floating_point T>
constexpr T sin(T x) {
    const auto wide = static_cast<long double>(x);
    return static_cast<T>(own::sin(wide));
}

/// Cosine; NaN at ±inf.
template<std::floating_point T>
constexpr T cos(T x) {
    const auto wide = static_cast<long double>(x);
    return static_cast<T>(own::cos(wide));
}

/// Tangent; NaN at ±inf.
template<std::floating_point T>
constexpr T tan(T x) {
    const auto wide = static_cast<long double>(x);
    return static_cast<T>(own::tan(wide));
}

/// Inverse tangent in [-π/2, π/2].
template<std::floating_point T>
constexpr T atan(T x) {
    const auto wide = static_cast<long double>(x);
    return static_cast<T>(own::atan(wide));
}

/// (e^x - e^-x) / 2.
template<std::floating_point T>
constexpr T sinh(T x) {
    const auto wide = static_cast<long double>(x);
    return static_cast<T>(own::sinh(wide));
}

/// (e^x + e^-x) / 2.
template<std::floating_point T>
constexpr T cosh(T x) {
    const auto wide = static_cast<long double>(x);
    return static_cast<T>(own::cosh(wide));
}

/// sinh x / cosh x.
template<std::floating_point T>
constexpr T tanh(T x) {
    const auto wide = static_cast<long double>(x);
    return static_cast<T>(own::tanh(wide));
}

/// log(x + √(x² + 1)).
template<std::floating_point T>
constexpr T asinh(T x) {
    const auto wide = static_cast<long double>(x);
    return static_cast<T>(own::asinh(wide));
}

/// 2/√π · ∫ e^(-t²) over 0 ≤ t ≤ x.
template<std::floating_point T>
constexpr T erf(T x) {
    const auto wide = static_cast<long double>(x);
    return static_cast<T>(own::erf(wide));
}

/// 1 - erf x.
template<std::floating_point T>
constexpr T erfc(T x) {
    const auto wide = static_cast<long double>(x);
    return static_cast<T>(own::erfc(wide));
}

/// a^b with the special cases of C99, annex F.
template<std::floating_point T>
constexpr T pow(T a, T b) {
    const auto base = static_cast<long double>(a), exponent = static_cast<long double>(b);
    return static_cast<T>(own::pow(base, exponent));
}

/// √(u² + v) without overflow of u²; NaN for u² + v < 0.
template<std::floating_point T>
constexpr T root_sum_square(T u, T v) {
    return static_cast<T>(
        own::root_sum_square(static_cast<long double>(u), static_cast<long double>(v)));
}

/// u + √(u² + v), without cancellation for u < 0; NaN for u² + v < 0.
template<std::floating_point T>
constexpr T conjugate_sum(T u, T v) {
    return static_cast<T>(
        own::conjugate_sum(static_cast<long double>(u), static_cast<long double>(v)));
}

/// 1 / cosh x.
template<std::floating_point T>
constexpr T sech(T x) {
    return static_cast<T>(own::sech(static_cast<long double>(x)));
}

/// 1 / (1 + e^-x).
template<std::floating_point T>
constexpr T sigmoid(T x) {
    return static_cast<T>(own::sigmoid(static_cast<long double>(x)));
}

/// log(1 + e^x).
template<std::floating_point T>
constexpr T softplus(T x) {
    return static_cast<T>(own::softplus(static_cast<long double>(x)));
}

/// log(sigmoid x) = -softplus(-x).
template<std::floating_point T>
constexpr T log_sigmoid(T x) {
    return static_cast<T>(own::log_sigmoid(static_cast<long double>(x)));
}

/// x - tanh x, without cancellation.
template<std::floating_point T>
constexpr T tanh_residual(T x) {
    return static_cast<T>(own::tanh_residual(static_cast<long double>(x)));
}

/// Distribution function of N(0,1): erfc(-x/√2) / 2.
template<std::floating_point T>
constexpr T normal_cdf(T x) {
    return static_cast<T>(own::normal_cdf(static_cast<long double>(x)));
}

/// Density of N(0,1): e^(-x²/2) / √(2π).
template<std::floating_point T>
constexpr T normal_pdf(T x) {
    return static_cast<T>(own::normal_pdf(static_cast<long double>(x)));
}

/// The steps that programs share an exponential with, op/internal/: here the arithmetic is
/// wider than the result, so nothing need be carried.
template<std::floating_point T>
constexpr T exp_minus_absolute(T u) {
    return exp(u < 0 ? u : -u);
}
template<std::floating_point T>
constexpr T exp_beside_expm1(T u) {
    return exp_minus_absolute(u);
}
template<std::floating_point T>
constexpr T exp_minus_absolute(T u, T) {
    return exp_minus_absolute(u);
}
template<std::floating_point T>
constexpr T half_expm1_minus_absolute(T u) {
    return expm1(u < 0 ? u : -u) / 2;
}
template<std::floating_point T>
constexpr T expm1_below_zero(T u) {
    return u > 0 ? T(0) : expm1(u);
}
template<std::floating_point T>
constexpr T exp_pair(T u, T) {
    return exp(u);
}
template<std::floating_point T>
constexpr T sine_pair(T u, T) {
    return sin(u);
}
template<std::floating_point T>
constexpr T cosine_pair(T u, T) {
    return cos(u);
}
template<std::floating_point T>
constexpr T pow_pair(T a, T b, T) {
    return pow(a, b);
}
template<std::floating_point T>
constexpr T product_error(T, T, T) {
    return 0;
}
template<std::floating_point T>
constexpr T multiply_add_error(T, T, T, T) {
    return 0;
}
template<std::floating_point T>
constexpr T sum_error(T, T, T) {
    return 0;
}
template<std::floating_point T>
constexpr T inverse_square_of_sum(T u, T v) {
    const T s = add(u, v);
    return divide(T(1), multiply(s, s));
}
template<std::floating_point T>
constexpr T inverse_three_halves(T hi, T lo) {
    const T s = add(hi, lo);
    return divide(T(1), multiply(square_root(s), s));
}
// NaN is passed on before any arithmetic: clang++ refuses arithmetic that makes NaN in constant evaluation.
template<std::floating_point T>
constexpr T sigmoid_below_zero(T e) {
    if (e != e) return e;
    return e / (e + 1);
}
template<bool Opposite, std::floating_point T>
constexpr T sigmoid_shared(T u, T q) {
    if (q != q) return q;
    return (Opposite ? u > 0 : u < 0) ? q : 1 - q;
}
template<bool Opposite, std::floating_point T>
constexpr T sigmoid_product(T w, T u, T, T q) {
    return multiply(w, sigmoid_shared<Opposite>(u, q));
}
template<std::floating_point T>
constexpr T sigmoid_slope(T, T q) {
    if (q != q) return q;
    return q * (1 - q);
}
template<bool Opposite, std::floating_point T>
constexpr T softplus_shared(T u, T e) {
    if (e != e) return e;
    const T v = Opposite ? -u : u;
    return (v > 0 ? v : T(0)) + log1p(e);
}
template<std::floating_point T>
constexpr T tanh_scale(T e) {
    if (e != e) return e;
    return 2 / (e + 1);
}
template<std::floating_point T>
constexpr T tanh_shared(T u, T m, T q) {
    if (m != m) return m;
    return (u < 0 ? m : -m) * q;
}
template<std::floating_point T>
constexpr T tanh_product(T w, T u) {
    return multiply(w, tanh(u));
}
template<std::floating_point T>
constexpr T tanh_product_shared(T w, T u, T m, T q) {
    return multiply(w, tanh_shared(u, m, q));
}
template<std::floating_point T>
constexpr T sech_square_shared(T e, T q) {
    if (e != e) return e;
    return e * q * q;
}
template<std::floating_point T>
constexpr T sech_square(T e) {
    return sech_square_shared(e, tanh_scale(e));
}
template<std::floating_point T>
constexpr T multiply_expm1_add(T a, T u, T c) {
    return add(multiply(a, expm1(u)), c);
}
template<std::floating_point T>
constexpr T tanh_of_unit(T u) {
    return tanh(u);
}
template<std::floating_point T>
constexpr T tanh_square(T u) {
    const T t = tanh(u);
    return t != t ? t : t * t;
}
template<std::floating_point T>
constexpr T tanh_product_slope(T u, T e, T m, T w) {
    const T t = tanh_shared(u, m, tanh_scale(e));
    const T s = sech_square(e);
    if (s == 0 || s != s || w != w) return w != w ? w : t;
    return add(t, multiply(w, multiply(u, s)));
}
template<std::floating_point T>
constexpr T normal_product(T w, T u) {
    return multiply(w, normal_cdf(u));
}
template<std::floating_point T>
constexpr T sine_square(T u) {
    const T s = sin(u);
    return multiply(s, s);
}
template<std::floating_point T>
constexpr T normal_product_slope(T u) {
    if (u != u) return u;
    const T density = normal_pdf(u);
    if (density == 0) return u < 0 ? -T(0) : T(1);  // it comes to 0 from below
    return normal_cdf(u) + u * density;
}
template<std::floating_point T>
constexpr T sigmoid_product_slope(T u, T e, T q, T rest) {
    const T s = sigmoid_slope(e, q);
    if (s != s || rest != rest) return s != s ? s : rest;
    if (s == 0) return u < 0 ? T(0) : T(1);
    return u < 0 ? s * (1 + e + u + rest) : 1 + s * (u - 1 - e + rest);
}
template<std::floating_point T>
constexpr T sigmoid_product_slope(T u, T e, T q) {
    return sigmoid_product_slope(u, e, q, T(0));
}
template<std::floating_point T>
constexpr T rounded_sigmoid_product_slope(T u, T e, T q, T rest) {
    return sigmoid_product_slope(u, e, q, rest);
}
template<std::floating_point T>
constexpr T expm1_sigmoid_slope(T e, T m) {
    if (e != e) return e;
    const T inverse = 1 / (1 + e);
    return e > 1 ? inverse * (e + m * inverse) * e : e * (e * (e + 1) + m) * inverse * inverse;
}
template<std::floating_point T>
constexpr T conjugate_slope(T u, T v) {
    return divide(conjugate_sum(u, v), root_sum_square(u, v));
}
/// (sin u + cos u)², where they have different signs with (cos² u − sin² u)/(cos u − sin u) for the sum.
template<std::floating_point T>
constexpr T square_of_sine_plus_cosine(T u, T lo) {
    const T v = lo != lo ? u : add(u, lo);
    const T s = sin(v);
    const T c = cos(v);
    if (s != s || c != c) return s != s ? s : c;
    constexpr T largest = std::numeric_limits<T>::max() / 2;
    const bool is_plain = (s < 0) == (c < 0) || v > largest || v < -largest;
    const T sum = is_plain ? s + c : cos(2 * v) / (c - s);
    return sum * sum;
}

/// e^u, but for large u, where its square would overflow.
template<std::floating_point T>
constexpr T capped_exp(T u) {
    constexpr T cap = static_cast<T>(std::numeric_limits<T>::max_exponent) / 3;
    return exp(u > cap ? cap : u);
}
template<std::floating_point T>
constexpr T capped_exp(T u, T) {
    return capped_exp(u);
}
template<std::floating_point T>
constexpr T tanh_softplus_scale(T e) {
    if (e != e) return e;
    return 1 / (1 + e * (1 + e / 2));
}
template<std::floating_point T>
constexpr T tanh_softplus(T e, T r) {
    if (e != e) return e;
    return e * (1 + e / 2) * r;
}
template<std::floating_point T>
constexpr T tanh_softplus_product(T w, T e, T r) {
    return multiply(w, tanh_softplus(e, r));
}
template<std::floating_point T>
constexpr T tanh_softplus_bend(T e, T r) {
    if (e != e) return e;
    return e * r * (1 + e) * r;
}
template<bool IsExact, std::floating_point T>
constexpr T tanh_softplus_slope(T u, T e, T r, T w) {
    constexpr T largest = std::numeric_limits<T>::max();
    if (e != e || !(w >= -largest && w <= largest)) return std::numeric_limits<T>::quiet_NaN();
    if (u < 0) return e * (1 + w + e * (T(1.5) + w + e * (1 + e / 4))) * r * r;
    return tanh_softplus(e, r) + w * tanh_softplus_bend(e, r);
}
template<std::floating_point T>
constexpr T sech_square_softplus(T e, T r) {
    if (e != e) return e;
    const T s = (1 + e) * r;
    return s * s;
}

}  // namespace chainrule::detail::elementary
