// SPDX-License-Identifier: BSL-1.0
/// erf, erfc and the distribution and density of the standard normal law, of a batch. The tails
/// are e^(-u^2) times a rational function, with u^2 carried as hi + lo into the exponential.
#pragma once

#include <chainrule/kernel/math/arithmetic.hpp>
#include <chainrule/kernel/math/exp.hpp>

namespace chainrule::detail::simd {
inline namespace CHAINRULE_SIMD_NAMESPACE {

template<class T>
struct error_function_constants;
template<>
struct error_function_constants<float> {
    static constexpr float erf_limit = 4.0F;        ///< erf is 1 from here
    static constexpr float erfc_limit = 10.25F;     ///< erfc is 0 from here
    static constexpr float normal_limit = 14.625F;  ///< cdf(-u), pdf and u pdf are 0 from here
    /// erf(u) / u - 1 in u^2, |u| <= 1, to 2^-29
    static constexpr float small[] = {0x1.06eba8p-3F,  -0x1.81273ep-2F, 0x1.ce2ce6p-4F,
                                      -0x1.b7f71ap-6F, 0x1.53f224p-8F,  -0x1.a3515ep-11F,
                                      0x1.4771fcp-14F};
    /// e^(u^2) erfc(u) for erf, 1 <= u <= 4
    static constexpr float erf_top[] = {0x1.00429ep0F, 0x1.85c82cp-1F, 0x1.f7a5acp-3F};
    static constexpr float erf_bottom[] = {1.0F, 0x1.e56ee6p0F, 0x1.5da9ap0F, 0x1.bd0902p-2F};
    /// e^(u^2) erfc(u) = a(u) / (first + u (sqrt(pi) a(u) + b(u))) for u >= 0, to 2^-29; the error
    /// of a cancels for large u
    static constexpr float erfc_slope = 0x1.c5bf8ap0F;
    static constexpr float erfc_a[] = {0.75F,          0x1.28bd0ep0F,  0x1.b81eb6p-1F,
                                       0x1.7a2a54p-2F, 0x1.78d116p-4F, 0x1.68bf3ep-7F};
    static constexpr float erfc_b_first = 0.75F;
    static constexpr float erfc_b[] = {0x1.5a26fap-1F, 0x1.459a38p-2F, 0x1.4dd72ap-4F,
                                       0x1.3fb7fap-7F};
    /// Scaled so that roundings are small where the slope of u cdf(u) needs it:
    /// e^(u^2/2) cdf(-u) = a(u) / (first + u (sqrt(2 pi) a(u) + b(u))) for u >= 0, to 2^-29
    static constexpr float normal_slope = 0x1.40d932p1F;
    static constexpr float normal_a[] = {0x1.59999ap-1F, 0x1.770da8p-1F, 0x1.870e7cp-2F,
                                         0x1.d837p-4F,   0x1.4a49dap-6F, 0x1.baa6f2p-10F};
    static constexpr float normal_b_first = 0x1.59999ap0F;
    static constexpr float normal_b[] = {0x1.b3504ep-1F, 0x1.1fbc66p-2F, 0x1.9dc5cap-5F,
                                         0x1.156bc2p-8F};
};
template<>
struct error_function_constants<double> {
    static constexpr double erf_limit = 6.0;
    static constexpr double erfc_limit = 27.3;
    static constexpr double normal_limit = 38.75;
    /// To 2^-62 (rounded coefficients: 2^-56).
    static constexpr double small[] = {
        0x1.06eba8214db69p-3,   -0x1.812746b0379e7p-2,  0x1.ce2f21a042bacp-4,
        -0x1.b82ce31286423p-6,  0x1.565bcd0dc9cf7p-8,   -0x1.c02db3da0510cp-11,
        0x1.f9a321a11a542p-14,  -0x1.f4d1deffb25fep-17, 0x1.b9def19ab41fcp-20,
        -0x1.5f1d3edf63a8cp-23, 0x1.f7a410e386ffap-27,  -0x1.386abbb03632cp-30,
        0x1.058697f967698p-34};
    static constexpr double erf_top[] = {0x1.fffffc474adf4p-1, 0x1.63dda31c9b47ap0,
                                         0x1.e5d9ee73ec182p-1, 0x1.7e3415991312dp-2,
                                         0x1.590816cc21d58p-4, 0x1.2412f26ec762bp-7};
    static constexpr double erf_bottom[] = {1.0,
                                            0x1.425d823f9ef36p1,
                                            0x1.6536bd98a159dp1,
                                            0x1.c189995d6decbp0,
                                            0x1.56cb475711ff4p-1,
                                            0x1.31c4abb4379eep-3,
                                            0x1.02d88b394f46p-6};
    /// To 2^-57.6.
    static constexpr double erfc_slope = 0x1.c5bf891b4ef6bp0;
    static constexpr double erfc_a[] = {0.75,
                                        0x1.cbd00b293e6fap0,
                                        0x1.1054cf5715c2dp1,
                                        0x1.9d1ed0ad47f2ap0,
                                        0x1.b89b3f6376bc9p-1,
                                        0x1.57d5997eca1fdp-2,
                                        0x1.8d4bdfe6ca10ep-4,
                                        0x1.5030c2e7c72c9p-6,
                                        0x1.90907da0e0dbcp-9,
                                        0x1.31e0d4886354dp-12,
                                        0x1.cd467f49c252p-17};
    static constexpr double erfc_b_first = 0.75;
    static constexpr double erfc_b[] = {
        0x1.50267c17e27fep0,  0x1.2cf88aed87017p0,   0x1.5ddf9ded52befp-1,
        0x1.1ec1836fa4194p-2, 0x1.5520423118415p-4,  0x1.25b499964ab79p-6,
        0x1.6164e4d0daef3p-9, 0x1.0f13d9554dde9p-12, 0x1.98cb6ef0a428p-17};
    static constexpr double normal_slope = 0x1.40d931ff62706p1;
    static constexpr double normal_a[] = {0.75,
                                          0x1.4524073cc4ef8p0,
                                          0x1.105680a227904p0,
                                          0x1.2421792b8d387p-1,
                                          0x1.b8a0b4a054559p-3,
                                          0x1.e649004e3ce4fp-5,
                                          0x1.8d53980c502dcp-7,
                                          0x1.db7d23bc2a97cp-10,
                                          0x1.909bcf11ab451p-13,
                                          0x1.b0a276c1261d3p-17,
                                          0x1.cd59e8ce5443ep-22};
    static constexpr double normal_b_first = 1.5;
    static constexpr double normal_b[] = {
        0x1.db6581e868c28p0,   0x1.2cfafa12233ffp0,   0x1.eed1813965a66p-2,
        0x1.1ec5e617979eap-3,  0x1.e2760be718b49p-6,  0x1.25bb775aa3855p-8,
        0x1.f3d46d3e47819p-12, 0x1.0f1d1155c94b2p-15, 0x1.211be728f1813p-20};
};

/// e^(-u^2) in parts.
template<class T, int N>
CHAINRULE_SIMD_INLINE exp_parts<batch<T, N>> exp_minus_square(batch<T, N> u) {
    const pair<batch<T, N>> square = two_product(-u, u);
    return split_exp(square.hi, square.lo);
}
/// e^(-u^2/2) in parts.
template<class T, int N>
CHAINRULE_SIMD_INLINE exp_parts<batch<T, N>> exp_minus_half_square(batch<T, N> u) {
    const pair<batch<T, N>> square = two_product(u * T(-0.5), u);
    return split_exp(square.hi, square.lo);
}

/// e^(u^2/2) cdf(-|u|), in double with what the quotient lost.
template<class T, int N>
CHAINRULE_SIMD_INLINE pair<batch<T, N>> normal_tail_ratio(batch<T, N> magnitude) {
    using B = batch<T, N>;
    using constants = error_function_constants<T>;
    const batch<T, N> a = close_polynomial(magnitude, constants::normal_a);
    const batch<T, N> b = polynomial(magnitude, constants::normal_b);
    const B slope = close_fma(a, B(constants::normal_slope), b);
    if constexpr (sizeof(T) == 4)
        return {a / close_fma(magnitude, slope, B(constants::normal_b_first)), B(T(0))};
    const pair<B> term = two_product(magnitude, slope);
    pair<B> divisor = two_sum(B(constants::normal_b_first), term.hi);
    divisor.lo += term.lo;
    const B inverse = T(1) / divisor.hi;
    const B ratio = a * inverse;
    return {ratio, fma(-ratio, divisor.lo, exact_fma(-ratio, divisor.hi, a)) * inverse};
}
/// cdf(-|u|) 2^-exponent from the ratio and e^(-u^2/2).
template<class T, int N>
CHAINRULE_SIMD_INLINE pair<batch<T, N>> close_tail(pair<batch<T, N>> ratio,
                                                   exp_parts<batch<T, N>> e) {
    return fast_two_sum(ratio.hi, fma(ratio.hi, above_one(e), ratio.lo));
}
/// cdf(-|u|) from e^(-u^2/2), which also gives the density.
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> normal_tail(batch<T, N> magnitude, exp_parts<batch<T, N>> e) {
    const pair<batch<T, N>> ratio = normal_tail_ratio(magnitude);
    if constexpr (sizeof(T) == 4) return product(ratio.hi, e);
    const pair<batch<T, N>> tail = close_tail(ratio, e);
    return scale_down(tail.hi, e.reduced);
}
/// The density from e^(-u^2/2).
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> normal_density(exp_parts<batch<T, N>> e) {
    return product(batch<T, N>(T(0.39894228040143267794)), e);
}

/// erf u.
template<class T, int N>
CHAINRULE_SIMD_ATOM batch<T, N> erf(batch<T, N> u) {
    using B = batch<T, N>;
    using constants = error_function_constants<T>;
    const B magnitude = smaller_of(constants::erf_limit, absolute(u));
    const B square = magnitude * magnitude;
    const B small = fma(u, polynomial(square, constants::small), u);
    const B quotient =
        polynomial(magnitude, constants::erf_top) / polynomial(magnitude, constants::erf_bottom);
    const exp_parts<B> e = split_exp(-square);
    const B tail = scale_normal(multiply(quotient, e), e.reduced.exponent);
    return select(magnitude < B(T(1)), small, copy_sign(T(1) - tail, u));
}

/// erfc u = 1 - erf u.
template<class T, int N>
CHAINRULE_SIMD_ATOM batch<T, N> erfc(batch<T, N> u) {
    using B = batch<T, N>;
    using constants = error_function_constants<T>;
    const B magnitude = smaller_of(constants::erfc_limit, absolute(u));
    const B a = polynomial(magnitude, constants::erfc_a);
    const B b = polynomial(magnitude, constants::erfc_b);
    const B bottom = fma(magnitude, fma(a, constants::erfc_slope, b), constants::erfc_b_first);
    const B tail = product(a / bottom, exp_minus_square(magnitude));
    return select(u < B(T(0)), T(2) - tail, tail);
}

/// The standard normal distribution, erfc(-u / sqrt(2)) / 2.
template<class T, int N>
CHAINRULE_SIMD_ATOM batch<T, N> normal_cdf(batch<T, N> u) {
    using B = batch<T, N>;
    const B magnitude = smaller_of(error_function_constants<T>::normal_limit, absolute(u));
    const B tail = normal_tail(magnitude, exp_minus_half_square(magnitude));
    return select(u < B(T(0)), tail, T(1) - tail);
}

/// w cdf(u), in double with what the distribution lost.
template<class T, int N>
CHAINRULE_SIMD_ATOM batch<T, N> normal_product(batch<T, N> w, batch<T, N> u) {
    using B = batch<T, N>;
    if constexpr (sizeof(T) == 4) return w * normal_cdf(u);
    const B magnitude = smaller_of(error_function_constants<T>::normal_limit, absolute(u));
    const exp_parts<B> e = exp_minus_half_square(magnitude);
    const pair<B> tail = close_tail(normal_tail_ratio(magnitude), e);
    const B q = scale_down(tail.hi, e.reduced);
    const B lost = scale_down(tail.lo, e.reduced);
    const B other = T(1) - q;
    const auto is_negative = u < B(T(0));
    const B rest = select(is_negative, lost, ((T(1) - other) - q) - lost);
    return close_product(w, select(is_negative, q, other), rest);
}

/// The standard normal density, e^(-u^2/2) / sqrt(2 pi).
template<class T, int N>
CHAINRULE_SIMD_ATOM batch<T, N> normal_pdf(batch<T, N> u) {
    return normal_density(
        exp_minus_half_square(smaller_of(error_function_constants<T>::normal_limit, absolute(u))));
}

/// cdf(u) + u pdf(u), the slope of u cdf(u). With r = e^(u^2/2) cdf(-|u|) it is e^(-u^2/2) (r - c |u|) for u < 0,
/// where the terms cancel before the exponential comes in, and 1 minus that for u > 0.
template<class T, int N>
CHAINRULE_SIMD_ATOM batch<T, N> normal_product_slope(batch<T, N> u) {
    using B = batch<T, N>;
    constexpr T c = T(0.39894228040143267794L);
    constexpr T c_rest = T(0.39894228040143267794L - c);
    const B magnitude = smaller_of(error_function_constants<T>::normal_limit, absolute(u));
    const pair<B> ratio = normal_tail_ratio(magnitude);
    const B r = ratio.hi;
    const exp_parts<B> e = exp_minus_half_square(magnitude);
    if constexpr (sizeof(T) == 8) {
        const pair<B> product = two_product(magnitude, B(-c));
        const pair<B> difference = two_sum(r, product.hi);
        const B rest = fma(magnitude, B(-c_rest), difference.lo + (product.lo + ratio.lo));
        const B excess = above_one(e);
        const B small = scale_down(
            difference.hi + fma(difference.hi, excess, fma(rest, excess, rest)), e.reduced);
        return select(u < B(T(0)), small, T(1) - small);
    }
    // d m of the difference d and e^(-u^2/2) = m 2^n as r - (c |u| - d (m - 1)): one rounding instead of two.
    const B difference = exact_fma(magnitude, B(-c), r);
    B rest = difference * above_one(e);
    if constexpr (!has_fused_multiply_add) rest = fma(magnitude, B(-c_rest), rest);
    const B small = scale_down(r + exact_fma(magnitude, B(-c), rest), e.reduced);
    return select(u < B(T(0)), small, T(1) - small);
}

}  // namespace CHAINRULE_SIMD_NAMESPACE
}  // namespace chainrule::detail::simd
