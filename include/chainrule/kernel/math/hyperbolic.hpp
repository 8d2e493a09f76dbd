// SPDX-License-Identifier: BSL-1.0
/// sinh, cosh, tanh, sech, asinh and u - tanh u of a batch.
#pragma once

#include <chainrule/kernel/math/arithmetic.hpp>
#include <chainrule/kernel/math/exp.hpp>
#include <chainrule/kernel/math/log.hpp>

namespace chainrule::detail::simd {
inline namespace CHAINRULE_SIMD_NAMESPACE {

template<class T>
struct hyperbolic_constants;
template<>
struct hyperbolic_constants<float> {
    static constexpr float asinh_large = 0x1p25F;  ///< asinh u = log(2u) from here
    /// (sinh(u) / u - 1) / u^2 in u^2, |u| <= 1, to 2^-31
    static constexpr float sinh_coefficients[] = {0x1.555556p-3F, 0x1.1110ep-7F, 0x1.a022bcp-13F,
                                                  0x1.756c1ep-19F};
    /// (sinh(2u) / 2u - 1) / u^2 in u^2, |u| <= 9/16, to 2^-32 of sinh(2u) / 2u
    static constexpr float twice_sinh_coefficients[] = {2.0F / 3, 2.0F / 15, 4.0F / 315,
                                                        2.0F / 2835, 4.0F / 155925};
    /// (u - tanh(u)) / u^3 in u^2, |u| <= 1, to 2^-25
    static constexpr float residual_coefficients[] = {
        0x1.555556p-2F, -0x1.111112p-3F, 0x1.ba1b68p-5F,  -0x1.663ccap-6F,
        0x1.20d146p-7F, -0x1.bc9ceep-9F, 0x1.177164p-10F, -0x1.8431a4p-13F};
};
template<>
struct hyperbolic_constants<double> {
    static constexpr double asinh_large = 0x1p54;
    static constexpr double sinh_coefficients[] = {
        0x1.5555555555556p-3,  0x1.111111111101ep-7,  0x1.a01a01a037269p-13, 0x1.71de3a3b06bf5p-19,
        0x1.ae646ff5084a6p-26, 0x1.6116f4a237fbep-33, 0x1.b5c89671cb2aep-41};
    /// 4^k / (2k + 1)!
    static constexpr double twice_sinh_coefficients[] = {2.0 / 3,
                                                         2.0 / 15,
                                                         4.0 / 315,
                                                         2.0 / 2835,
                                                         4.0 / 155925,
                                                         4.0 / 6081075,
                                                         8.0 / 638512875,
                                                         2.0 / 10854718875,
                                                         4.0 / 1856156927625,
                                                         4.0 / 194896477400625};
    static constexpr double residual_coefficients[] = {
        0x1.5555555555555p-2,   -0x1.11111111110bap-3,  0x1.ba1ba1ba1459ep-5,
        -0x1.664f4880d3176p-6,  0x1.226e35199b57bp-7,   -0x1.d6d3c53c27c8ap-9,
        0x1.7da2bdec0b9dbp-10,  -0x1.3551af7ea9912p-11, 0x1.f52126354b3b3p-13,
        -0x1.94985d330d6f7p-14, 0x1.4209cb889283ap-15,  -0x1.ea1ce6e0bc4dcp-17,
        0x1.4ebdd9aa334b9p-18,  -0x1.72421e3fb5d7cp-20, 0x1.1ac4adbcbb2b7p-22,
        -0x1.b040cf91f291dp-26};
};

/// m / (1 + m) - q, what the divisor and the quotient q lost, from about 1 / (1 + m), for -1 <= 2m <= 0.
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> lost_of_tanh(batch<T, N> m, batch<T, N> q, batch<T, N> inverse) {
    const batch<T, N> divisor = m + T(1);
    const batch<T, N> lost = m - (divisor - T(1));
    return (exact_fma(-q, divisor, m) - q * lost) * inverse;
}

/// tanh u.
template<class T, int N>
CHAINRULE_SIMD_ATOM batch<T, N> tanh(batch<T, N> u) {
    using B = batch<T, N>;
    // With m = (e^(-2|u|) - 1) / 2: tanh|u| = -m / (m + 1).
    const B m = half_expm1_twice_below_zero(negative_absolute(u));
    const B divisor = m + T(1);
    const B q = m / divisor;
    if constexpr (sizeof(T) == 4) return copy_sign(q, u);
    // 1 - 2m is nearly the reciprocal of the divisor.
    return copy_sign(q + lost_of_tanh(m, q, fma(m, T(-2), T(1))), u);
}
/// What the divisor and the quotient of t = m / (1 + m) lost, times 1 + m; m - t is exact for -1/2 <= m <= 0.
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> lost_of_quotient(batch<T, N> m, batch<T, N> t) {
    return exact_fma(-t, m, m - t);
}
/// w tanh u without the rounding of the quotient, in double without any of the tanh.
template<class T, int N>
CHAINRULE_SIMD_ATOM batch<T, N> tanh_product(batch<T, N> w, batch<T, N> u) {
    using B = batch<T, N>;
    const B factor = from_bits(bits(w) ^ (bits(u) & bit_batch<T, N>(sign_bit<T>)));
    if constexpr (sizeof(T) == 4) {
        const B m = half_expm1_twice_below_zero(negative_absolute(u));
        const B q = m / (m + T(1));
        return factor * (absolute(q) - lost_of_quotient(m, q));
    }
    const pair<B> m = half_expm1_twice_pair(negative_absolute(u));
    const B q = m.hi / (m.hi + T(1));
    const B inverse = fma(m.hi, T(-2), T(1));
    const B lost = fma(m.lo * inverse, inverse, lost_of_tanh(m.hi, q, inverse));
    // m is -0 or below, or +0.
    return close_product(factor, absolute(q), -lost);
}

/// q = 2 / (1 + e), with e = exp(-|u|).
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> tanh_scale(batch<T, N> e) {
    const batch<T, N> divisor = e + T(1);
    const batch<T, N> q = T(2) / divisor;
    if constexpr (sizeof(T) == 4) return q;
    return fma(q, (divisor - T(1) - e) * fma(e, T(-0.5), T(1)), q);
}
/// tanh(u/2) = -m q from m = (exp(-|u|) - 1) / 2 and q = 2 / (1 + exp(-|u|)).
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> tanh_shared(batch<T, N> u, batch<T, N> m, batch<T, N> q) {
    if constexpr (sizeof(T) == 4) return copy_sign(m * q, u);
    return copy_sign(m * q + lost_of_tanh(m, m * q, q), u);
}
/// -tanh(|u|/2) with what its roundings lost, from the steps of the m of tanh_shared(); for doubles.
template<class T, int N>
CHAINRULE_SIMD_INLINE pair<batch<T, N>> tanh_pair(batch<T, N> u, batch<T, N> q) {
    const pair<batch<T, N>> m = half_expm1_minus_absolute_pair(u);
    const batch<T, N> t = m.hi * q;
    return {t, fma(m.lo * q, q, lost_of_tanh(m.hi, t, q))};
}
/// w tanh(u/2) without the rounding of the product, in double without any of the tanh.
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> tanh_product_shared(batch<T, N> w, batch<T, N> u, batch<T, N> m,
                                                      batch<T, N> q) {
    using B = batch<T, N>;
    const B factor = from_bits(bits(w) ^ (bits(u) & bit_batch<T, N>(sign_bit<T>)));
    if constexpr (sizeof(T) == 4) {
        const B rounded = m * q;
        return factor * fma(-lost_of_quotient(m, rounded), q, absolute(rounded));
    }
    const pair<B> t = tanh_pair(u, q);
    return close_product(factor, absolute(t.hi), -t.lo);
}
/// sech^2(u/2) = e q^2 from e = exp(-|u|) and q: with w = e q it is w (2 - w), in which the error of q does
/// not count where w is near 1 and counts once where it is small; in double with what the divisor and the quotient
/// lost.
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> sech_square_shared(batch<T, N> e, batch<T, N> q) {
    using B = batch<T, N>;
    if constexpr (sizeof(T) == 8)
        return close_quotient(e * T(4), square_pair(fast_two_sum(B(T(1)), e)), q * q * T(0.25));
    const B w = e * q;
    if constexpr (has_fused_multiply_add) return fma(-w, w, w + w);
    return w * (T(2) - w);
}
/// sech^2(u/2) = 4 e / (1 + e)^2 from e = exp(-|u|) alone.
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> sech_square(batch<T, N> e) {
    using B = batch<T, N>;
    if constexpr (sizeof(T) == 8) {
        const pair<B> divisor = square_pair(fast_two_sum(B(T(1)), e));
        return close_quotient(e * T(4), divisor, T(1) / divisor.hi);
    }
    return e * (T(4) / fma(e, e + T(2), T(1)));
}
/// tanh u + w u sech^2 u, the slope of w tanh(u) where du = u dw, from e = exp(-2|u|) and m = (e - 1) / 2. The
/// terms cancel for a negative w: below |u| = 9/16 it is sech^2(u) u (w + sinh(2u) / 2u).
template<class T, int N>
CHAINRULE_SIMD_ATOM batch<T, N> tanh_product_slope(batch<T, N> u, batch<T, N> e, batch<T, N> m,
                                                   batch<T, N> w) {
    using B = batch<T, N>;
    // 2 / (1 + e), with what the rounding of 1 + e and of the quotient lost.
    const B rounded = tanh_scale(e);
    const B q = exact_fma(rounded * T(0.5), exact_fma(-e, rounded, T(2) - rounded), rounded);
    const B s = sech_square_shared(e, q);
    const B square = u * u;
    // Every product that is added is an fma here: a compiler that fuses others does so in one loop, and not in the next.
    const B factor =
        fma(square, polynomial(square, hyperbolic_constants<T>::twice_sinh_coefficients), w + T(1));
    const B product = select(s > B(T(0)), u * s, s);  // 0 in the limit, also for an infinite u
    B near = product * factor;
    if constexpr (sizeof(T) == 8) {
        // s as 1 - tanh^2, so that one rounding of a product counts whole.
        const B t = m * q;
        const pair<B> whole = two_product(u, factor);
        near = whole.hi + fma(whole.hi * t, -t, whole.lo);
    }
    B large;
    if constexpr (sizeof(T) == 8) {
        const pair<B> t = tanh_pair(u + u, q);
        // Where tanh is not near 1, sech^2 is rounded once as 1 - tanh^2.
        const B close = exact_fma(-t.hi, t.hi, B(T(1))) - (t.hi + t.hi) * t.lo;
        const B once = select(absolute(u) < B(T(1)), u * close, product);
        const pair<B> rest = two_product(w, once);
        const pair<B> sum = two_sum(copy_sign(t.hi, u), rest.hi);
        large = sum.hi + (sum.lo + rest.lo + select(has_sign(u), t.lo, -t.lo));
    } else if constexpr (has_fused_multiply_add) {
        large = fma(w, product, tanh_shared(u, m, q));
    } else {
        const pair<B> t = two_product(copy_sign(m, u), q);
        const pair<B> rest = two_product(w, product);
        large = (t.hi + rest.hi) + (t.lo + rest.lo);
    }
    return select(absolute(u) < B(T(0.5625)), near, large);
}

/// 1 / (1 + h) with h = e + e^2/2 from e = e^u, capped so that h does not overflow.
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> tanh_softplus_scale(batch<T, N> e) {
    return T(1) / (fma(e * T(0.5), e, e) + T(1));
}
/// tanh(softplus(u)) = h r from e = e^u and the scale r; in double with what the divisor and the product lost.
template<class T, int N>
CHAINRULE_SIMD_INLINE pair<batch<T, N>> tanh_softplus_pair(batch<T, N> e, batch<T, N> r) {
    using B = batch<T, N>;
    const B h = fma(e * T(0.5), e, e);
    const B t = h * r;
    if constexpr (sizeof(T) == 4) return {t, t};
    const B divisor = h + T(1);
    const B h_lost = exact_fma(e * T(0.5), e, e - h);
    const B rest = exact_fma(-t, divisor, h) - t * sum_error(h, B(T(1)), divisor);
    return {t, fma(h_lost, r, rest) * r};
}
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> tanh_softplus(batch<T, N> e, batch<T, N> r) {
    const pair<batch<T, N>> t = tanh_softplus_pair(e, r);
    if constexpr (sizeof(T) == 4) return t.hi;
    return t.hi + t.lo;
}
/// w tanh(softplus(u)) without the rounding of the product, in double without any of the tanh.
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> tanh_softplus_product(batch<T, N> w, batch<T, N> e,
                                                        batch<T, N> r) {
    using B = batch<T, N>;
    if constexpr (sizeof(T) == 4) {
        const B h = fma(e * T(0.5), e, e);
        const B t = h * r;
        return w * fma(exact_fma(-t, h + T(1), h), r, t);
    }
    const pair<B> t = tanh_softplus_pair(e, r);
    return close_product(w, t.hi, t.lo);
}
/// From this e on, which is near its cap, slopes are 0, so that they vanish whatever they are multiplied by.
template<class T>
inline constexpr T softplus_limit = sizeof(T) == 4 ? T(0x1p61) : T(0x1p500);
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> softplus_ratio(batch<T, N> e, batch<T, N> r) {
    return select(e < batch<T, N>(softplus_limit<T>), e * r, T(0));
}
/// sigmoid(u) sech(softplus(u))^2, the slope of tanh(softplus(u)), from e = e^u and the scale r.
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> tanh_softplus_bend(batch<T, N> e, batch<T, N> r) {
    return softplus_ratio(e, r) * fma(e, r, r);
}
/// tanh(softplus(u)) + w sigmoid(u) sech(softplus(u))^2, the slope of w tanh(softplus(u)) where dw = du,
/// from e = e^u and the scale r. The terms cancel near u = w = -1.2: there they are added first, and e, where u
/// is exact, comes in by its parts, which saves its rounding.
template<bool IsExact, class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> tanh_softplus_slope(batch<T, N> u, batch<T, N> e, batch<T, N> r,
                                                      batch<T, N> w) {
    using B = batch<T, N>;
    const B cofactor = fma(e, fma(e, T(0.25), T(1)), w + T(1.5));
    B below;
    if constexpr (has_fused_multiply_add && sizeof(T) == 4) {
        const B s = fma(-fma(e * T(0.5), e, e), r, T(1));
        const B sum = fma(e, cofactor, w + T(1));
        if constexpr (IsExact) {
            const exp_parts<B> parts = split_capped_exp(u);
            below = product(s * s * sum, parts);
        } else {
            below = (e * s) * (sum * s);
        }
    } else {
        // The factors as 1 + rest, so that one rounding counts whole, that of the last sum.
        const pair<B> sum = two_sum(w + T(1), e * cofactor);
        const B t = fma(e * T(0.5), e, e) * r;
        B rest = t * (t - T(2));
        if constexpr (IsExact) {
            const exp_parts<B> parts = split_capped_exp(u);
            const B p = above_one(parts);
            rest = fma(rest, p, rest) + p;
            below = scale_down(sum.hi + fma(sum.hi, rest, sum.lo), parts.reduced);
        } else {
            below = e * (sum.hi + fma(sum.hi, rest, sum.lo));
        }
    }
    const pair<B> t = tanh_softplus_pair(e, r);
    const B product = w * softplus_ratio(e, r);
    B above;
    if constexpr (sizeof(T) == 4) above = fma(product, fma(e, r, r), t.hi);
    else above = fma(product, fma(e, r, r), t.lo) + t.hi;
    return select(u < B(T(-0.875)), below, above);
}
/// sech(softplus(u))^2 from e = e^u and the scale r.
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> sech_square_softplus(batch<T, N> e, batch<T, N> r) {
    const batch<T, N> s = select(e >= batch<T, N>(softplus_limit<T>), r, fma(e, r, r));
    return s * s;
}

/// 2 e / (1 + e), in double with what the divisor and the quotient lost.
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> twice_below_zero(batch<T, N> e) {
    using B = batch<T, N>;
    if constexpr (sizeof(T) == 4) return (e + e) / (e + T(1));
    const pair<B> divisor = fast_two_sum(B(T(1)), e);
    return close_quotient(e + e, divisor, T(1) / divisor.hi);
}

/// tanh^2 u: for small u through u - tanh u, else through 1 - 2 e / (1 + e) with e = e^-2|u|; the remainder and
/// the polynomial are those of tanh_residual.
template<class T, int N>
CHAINRULE_SIMD_ATOM batch<T, N> tanh_square(batch<T, N> u) {
    using B = batch<T, N>;
    const B magnitude = absolute(u);
    const B square = u * u;
    const B factor = square * polynomial(square, hyperbolic_constants<T>::residual_coefficients);
    const B small = fma(-factor, u, u);
    const B e =
        compose_below_one(split_exp(larger_of(exp_constants<T>::underflow, magnitude * T(-2))));
    const B rest = twice_below_zero(e);
    const B large = T(1) - rest;
    const auto is_small = magnitude < B(T(0.875));
    const B t = select(is_small, small, large);
    if constexpr (sizeof(T) == 4) return t * t;
    // An error of t counts twice: with what its rounding lost.
    const B lost = select(is_small, exact_fma(-factor, u, u - small), (T(1) - large) - rest);
    return close_fma(t, t, (t + t) * lost);
}

/// tanh u for |u| <= 1, as u - u^3 / 3 + ...
template<class T, int N>
CHAINRULE_SIMD_ATOM batch<T, N> tanh_of_unit(batch<T, N> u) {
    const batch<T, N> square = u * u;
    // + 0: a factor that is +0, not -0, at 0 keeps the sign of a zero.
    const batch<T, N> factor =
        fma(-square, polynomial(square, hyperbolic_constants<T>::residual_coefficients), T(0));
    return fma(factor, u, u);
}

/// sech u = 1 / cosh u = 2 e / (1 + e^2) with e = e^-|u|.
template<class T, int N>
CHAINRULE_SIMD_ATOM batch<T, N> sech(batch<T, N> u) {
    using B = batch<T, N>;
    const B twice =
        product(B(T(2)), split_exp(larger_of(exp_constants<T>::underflow, negative_absolute(u))));
    return twice / fma(twice, twice * T(0.25), T(1));
}

/// e^|u| / 2, infinite only where cosh is.
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> half_exp_absolute(batch<T, N> u) {
    using B = batch<T, N>;
    const exp_parts<B> e = split_exp(smaller_of(exp_constants<T>::half_overflow, absolute(u)));
    const B m = mantissa(e);
    if constexpr (has_scale_instruction<T, N>) return scale(m, e.reduced.exponent - T(1));
    else return (m + m) * power_of_two(e.reduced.exponent - T(2));  // 2^(exponent - 1) may overflow
}

/// sinh u.
template<class T, int N>
CHAINRULE_SIMD_ATOM batch<T, N> sinh(batch<T, N> u) {
    using B = batch<T, N>;
    const B square = u * u;
    const B small =
        fma(square * u, polynomial(square, hyperbolic_constants<T>::sinh_coefficients), u);
    const B half = half_exp_absolute(u);
    const B large = copy_sign(half - T(0.25) / half, u);
    return select(absolute(u) < B(T(1)), small, large);
}

/// cosh u.
template<class T, int N>
CHAINRULE_SIMD_ATOM batch<T, N> cosh(batch<T, N> u) {
    const batch<T, N> half = half_exp_absolute(u);
    return half + T(0.25) / half;
}

/// u - tanh u without cancellation: u^3 / 3 - ... near 0, (|u| - 1) + 2 / (e^2|u| + 1) elsewhere.
template<class T, int N>
CHAINRULE_SIMD_ATOM batch<T, N> tanh_residual(batch<T, N> u) {
    using B = batch<T, N>;
    const B magnitude = absolute(u);
    const B square = u * u;
    const B factor = polynomial(square, hyperbolic_constants<T>::residual_coefficients);
    B small;
    if constexpr (sizeof(T) == 4) {
        small = square * u * factor;
    } else {
        // u^3 with what its roundings lost.
        const pair<B> cube = two_product(square, u);
        const B lost = fma(product_error(u, u, square), u, cube.lo);
        small = copy_sign(close_fma(cube.hi, factor, lost * factor), u);
    }
    const B e =
        compose_below_one(split_exp(larger_of(exp_constants<T>::underflow, magnitude * T(-2))));
    const B large = (magnitude - T(1)) + twice_below_zero(e);
    return select(magnitude < B(T(1)), small, copy_sign(large, u));
}

/// asinh u = log(u + sqrt(u^2 + 1)), as log1p(|u| + u^2 / (1 + sqrt(u^2 + 1))).
template<class T, int N>
CHAINRULE_SIMD_ATOM batch<T, N> asinh(batch<T, N> u) {
    using B = batch<T, N>;
    const B magnitude = absolute(u);
    const auto large = magnitude > B(hyperbolic_constants<T>::asinh_large);
    const B root = square_root(fma(magnitude, magnitude, T(1)));
    const B argument = fma(magnitude, magnitude / (root + T(1)), magnitude);
    const B result = log1p(select(large, magnitude, argument));
    return copy_sign(select(large, result + T(0.69314718055994530942), result), u);
}

}  // namespace CHAINRULE_SIMD_NAMESPACE
}  // namespace chainrule::detail::simd
