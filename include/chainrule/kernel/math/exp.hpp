// SPDX-License-Identifier: BSL-1.0
/// e^u and e^u - 1 of a batch, and their parts for the functions that go through them.
#pragma once

#include <chainrule/kernel/math/polynomial.hpp>

namespace chainrule::detail::simd {
inline namespace CHAINRULE_SIMD_NAMESPACE {

template <class T>
struct exp_constants;
template <>
struct exp_constants<float> {
    static constexpr float log2_e = 0x1.715476p0F;
    static constexpr float ln2_hi = 0x1.62e4p-1F; ///< 15 bits: n * ln2_hi is exact
    static constexpr float ln2_lo = 0x1.7f7d1cp-20F;
    static constexpr float overflow = 89.0F;    ///< e^u is infinite from here
    static constexpr float underflow = -106.0F; ///< e^u is zero from here
    static constexpr float minus_one = -20.0F;  ///< e^u - 1 is -1 from here
    /// (e^r - 1 - r) / r^2 on |r| <= ln(2) / 2, to 2^-26 of e^r - 1
    static constexpr float coefficients[] = {0x1.fffffep-2F, 0x1.5554b4p-3F, 0x1.5556f6p-5F,
                                             0x1.122538p-7F, 0x1.6b97a8p-10F};
    /// (e^r - 1) / r
    static constexpr float with_linear[] = {1.0F,
                                            coefficients[0],
                                            coefficients[1],
                                            coefficients[2],
                                            coefficients[3],
                                            coefficients[4]};
};
template <>
struct exp_constants<double> {
    static constexpr double log2_e = 0x1.71547652b82fep0;
    static constexpr double ln2_hi = 0x1.62e42feep-1; ///< 32 bits
    static constexpr double ln2_lo = 0x1.a39ef35793c76p-33;
    static constexpr double overflow = 710.0;
    static constexpr double underflow = -748.0;
    static constexpr double minus_one = -40.0;
    /// To 2^-55.6 of e^r - 1.
    static constexpr double coefficients[] = {
        0x1.0000000000005p-1,  0x1.555555555554fp-3,  0x1.5555555552277p-5,  0x1.1111111114e33p-7,
        0x1.6c16c17ec6535p-10, 0x1.a01a0186c2dep-13,  0x1.a019a7d37ba76p-16, 0x1.71de6770705a4p-19,
        0x1.28a171012018cp-22, 0x1.ae9742e95fdcap-26};
    static constexpr double with_linear[] = {
        1.0,
        coefficients[0],
        coefficients[1],
        coefficients[2],
        coefficients[3],
        coefficients[4],
        coefficients[5],
        coefficients[6],
        coefficients[7],
        coefficients[8],
        coefficients[9]};
};

/// u = exponent * ln 2 + remainder with an integer exponent and |remainder| <= ln(2) / 2.
template <class B>
struct exp_reduction {
    B remainder;
    B exponent;
};
template <class T, int N>
CHAINRULE_SIMD_INLINE exp_reduction<batch<T, N>> reduce_exp(batch<T, N> u) {
    using constants = exp_constants<T>;
    constexpr T shifter = number_format<T>::shifter;
    const batch<T, N> exponent = fma(u, constants::log2_e, shifter) - shifter;
    const batch<T, N> head = fma(exponent, -constants::ln2_hi, u);
    return {fma(exponent, -constants::ln2_lo, head), exponent};
}

/// e^u = (1 + slope * remainder) 2^exponent, not put together yet: a factor can be multiplied in
/// first, which saves a rounding and rounds a subnormal result only once.
template <class B>
struct exp_parts {
    B slope;
    B remainder;
    B exponent;
};

/// The parts of e^u for u between `underflow` and `overflow`.
template <class T, int N>
CHAINRULE_SIMD_INLINE exp_parts<batch<T, N>> split_exp(batch<T, N> u) {
    const exp_reduction<batch<T, N>> reduced = reduce_exp(u);
    const batch<T, N> r = reduced.remainder;
    return {polynomial(r, exp_constants<T>::with_linear), r, reduced.exponent};
}
/// The parts of e^(hi + lo), for a small lo.
template <class T, int N>
CHAINRULE_SIMD_INLINE exp_parts<batch<T, N>> split_exp(batch<T, N> hi, batch<T, N> lo) {
    const exp_reduction<batch<T, N>> reduced = reduce_exp(hi);
    const batch<T, N> r = reduced.remainder + lo;
    return {polynomial(r, exp_constants<T>::with_linear), r, reduced.exponent};
}

/// e^u 2^-exponent, between sqrt(1/2) and sqrt(2).
template <class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> mantissa(exp_parts<batch<T, N>> e) {
    return fma(e.slope, e.remainder, T(1));
}
/// factor * e^u 2^-exponent.
template <class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> multiply(batch<T, N> factor, exp_parts<batch<T, N>> e) {
    return fma(factor, e.slope * e.remainder, factor);
}
/// e^u.
template <class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> compose(exp_parts<batch<T, N>> e) {
    return scale(mantissa(e), e.exponent);
}
/// factor * e^u.
template <class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> product(batch<T, N> factor, exp_parts<batch<T, N>> e) {
    return scale(multiply(factor, e), e.exponent);
}

/// The argument moved to where e^u does not change any more; NaN stays.
template <class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> clamp_exp_argument(batch<T, N> u) {
    return larger_of(exp_constants<T>::underflow, smaller_of(exp_constants<T>::overflow, u));
}

/// e^u.
template <class T, int N>
CHAINRULE_SIMD_ATOM batch<T, N> exp(batch<T, N> u) {
    return compose(split_exp(clamp_exp_argument(u)));
}

/// e^(hi + lo) for |lo| at most a few rounding errors of hi, and below 0.01: what carries a product
/// or a square into the exponential without losing its last digits.
template <class T, int N>
CHAINRULE_SIMD_ATOM batch<T, N> exp_pair(batch<T, N> hi, batch<T, N> lo) {
    return compose(split_exp(clamp_exp_argument(hi), lo));
}

/// e^-|u|, the value that sigmoid, tanh, softplus and their derivatives share.
template <class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> exp_minus_absolute(batch<T, N> u) {
    return compose(split_exp(larger_of(exp_constants<T>::underflow, negative_absolute(u))));
}

/// e^u - 1 for u at most `overflow`, without the sign of a zero.
template <class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> expm1_clamped(batch<T, N> u) {
    using B = batch<T, N>;
    const exp_reduction<B> reduced = reduce_exp(u);
    const B r = reduced.remainder;
    const B q = fma(r * r, polynomial(r, exp_constants<T>::coefficients), r);
    // 2^n (q + (1 - 2^-n)): the difference is exact wherever it matters.
    B unit;
    if constexpr (has_scale_instruction<T, N>)
        unit = scale(B(T(1)), -reduced.exponent);
    else
        unit = power_of_two(larger_of(T(-100), -reduced.exponent));
    return scale(q + (T(1) - unit), reduced.exponent);
}

/// e^u - 1 without cancellation; keeps the sign of a zero.
template <class T, int N>
CHAINRULE_SIMD_ATOM batch<T, N> expm1(batch<T, N> u) {
    using constants = exp_constants<T>;
    const batch<T, N> clamped =
        larger_of(constants::minus_one, smaller_of(constants::overflow, u));
    return copy_sign(expm1_clamped(clamped), u);
}

} // namespace CHAINRULE_SIMD_NAMESPACE
} // namespace chainrule::detail::simd
