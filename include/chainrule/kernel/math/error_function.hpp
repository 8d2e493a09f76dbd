// SPDX-License-Identifier: BSL-1.0
/// erf, erfc and the distribution and density of the standard normal law, of a batch. The tails
/// are e^(-u^2) times a rational function, with u^2 carried as hi + lo into the exponential.
#pragma once

#include <chainrule/kernel/math/exp.hpp>

namespace chainrule::detail::simd {
inline namespace CHAINRULE_SIMD_NAMESPACE {

template <class T>
struct error_function_constants;
template <>
struct error_function_constants<float> {
    static constexpr float erf_limit = 4.0F;     ///< erf is 1 from here
    static constexpr float erfc_limit = 10.25F;  ///< erfc is 0 from here
    static constexpr float normal_limit = 14.5F; ///< cdf(-u) and pdf are 0 from here
    /// erf(u) / u - 1 in u^2, |u| <= 1, to 2^-29
    static constexpr float small[] = {0x1.06eba8p-3F,  -0x1.81273ep-2F, 0x1.ce2ce6p-4F,
                                      -0x1.b7f71ap-6F, 0x1.53f224p-8F,  -0x1.a3515ep-11F,
                                      0x1.4771fcp-14F};
    /// e^(u^2) erfc(u) for erf, 1 <= u <= 4
    static constexpr float erf_top[] = {0x1.00429ep0F, 0x1.85c82cp-1F, 0x1.f7a5acp-3F};
    static constexpr float erf_bottom[] = {1.0F, 0x1.e56ee6p0F, 0x1.5da9ap0F, 0x1.bd0902p-2F};
    /// e^(u^2) erfc(u) for u >= 0, to 2^-26
    static constexpr float erfc_top[] = {1.0F, 0x1.3cbe28p0F, 0x1.75f2e6p-1F, 0x1.d43216p-3F,
                                         0x1.0b8e1ap-5F};
    static constexpr float erfc_bottom[] = {1.0F,           0x1.2ecdd2p1F,  0x1.3329f4p1F,
                                            0x1.52b3aap0F, 0x1.9ef478p-2F, 0x1.da3926p-5F};
    /// e^(u^2/2) cdf(-u) for u >= 0, to 2^-26
    static constexpr float normal_top[] = {0.5F, 0x1.c04e2ap-2F, 0x1.7687a4p-3F, 0x1.4be554p-5F,
                                           0x1.0ca3b2p-8F};
    static constexpr float normal_bottom[] = {1.0F,           0x1.ac6944p0F,  0x1.33743cp0F,
                                              0x1.dfc4a8p-2F, 0x1.9fff38p-4F, 0x1.50af7ep-7F};
};
template <>
struct error_function_constants<double> {
    static constexpr double erf_limit = 6.0;
    static constexpr double erfc_limit = 27.3;
    static constexpr double normal_limit = 38.6;
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
    /// To 2^-56.
    static constexpr double erfc_top[] = {
        1.0,                   0x1.2baf946678e4dp1,   0x1.5bd6d26832856p1,  0x1.029d3c43d06a7p1,
        0x1.0e3fdbd8f323bp0,   0x1.9cdf6c4204544p-2,  0x1.d253cf273fde2p-4, 0x1.80faeb8f84e85p-6,
        0x1.be5a46d621346p-9,  0x1.4a7826447cacp-12,  0x1.e07788a06902cp-17};
    static constexpr double erfc_bottom[] = {
        1.0,                  0x1.bc1e4ee88dc04p1,  0x1.687c8e2c81d2dp2,  0x1.6a2857c340819p2,
        0x1.f58b07bcd4902p1,  0x1.f811d6aa4a877p0,  0x1.786af5988deedp-1, 0x1.a36d3a1a43737p-3,
        0x1.5777c3f9d5cb2p-5, 0x1.8c66c0a094d0dp-8, 0x1.24deee2ca7962p-11, 0x1.a9cd7fa300c93p-16};
    static constexpr double normal_top[] = {
        0.5,                   0x1.a7d5dd28101d7p-1,  0x1.5bdd0efcd8c8p-1,  0x1.6dc5f9120b4b3p-2,
        0x1.0e494f6870541p-3,  0x1.23fed192f5074p-5,  0x1.d26cec641b525p-8, 0x1.104a6bd0f1889p-10,
        0x1.be7c65adc3817p-14, 0x1.d384c4f8c25cp-18,  0x1.e0aa9f7704641p-23};
    static constexpr double normal_bottom[] = {
        1.0,                   0x1.3a0c036358e8p1,    0x1.68814458fd2a6p1,  0x1.001ab1e93c29bp1,
        0x1.f598f3fb1d957p-1,  0x1.647b25ab670d2p-2,  0x1.787bc34121da9p-4, 0x1.28a46833a460ap-6,
        0x1.578dfda5f88bep-9,  0x1.1861c224b5f66p-12, 0x1.24f94e885e725p-16,
        0x1.2d368aeb0e0aap-21};
};

/// e^(-u^2) in parts.
template <class T, int N>
CHAINRULE_SIMD_INLINE scaled<batch<T, N>> exp_minus_square(batch<T, N> u) {
    const pair<batch<T, N>> square = two_product(-u, u);
    return exp_parts(square.hi, square.lo);
}
/// e^(-u^2/2) in parts.
template <class T, int N>
CHAINRULE_SIMD_INLINE scaled<batch<T, N>> exp_minus_half_square(batch<T, N> u) {
    const pair<batch<T, N>> square = two_product(u * T(-0.5), u);
    return exp_parts(square.hi, square.lo);
}

/// cdf(-|u|) from e^(-u^2/2), which also gives the density.
template <class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> normal_tail(batch<T, N> magnitude, scaled<batch<T, N>> e) {
    using constants = error_function_constants<T>;
    return scale(e.mantissa * polynomial(magnitude, constants::normal_top) /
                     polynomial(magnitude, constants::normal_bottom),
                 e.exponent);
}

/// erf u.
template <class T, int N>
CHAINRULE_SIMD_ATOM batch<T, N> erf(batch<T, N> u) {
    using B = batch<T, N>;
    using constants = error_function_constants<T>;
    const B magnitude = smaller_of(constants::erf_limit, absolute(u));
    const B square = magnitude * magnitude;
    const B small = fma(u, polynomial(square, constants::small), u);
    const scaled<B> e = exp_parts(-square);
    const B tail = scale_normal(e.mantissa * polynomial(magnitude, constants::erf_top) /
                                    polynomial(magnitude, constants::erf_bottom),
                                e.exponent);
    return select(magnitude < B(T(1)), small, copy_sign(T(1) - tail, u));
}

/// erfc u = 1 - erf u.
template <class T, int N>
CHAINRULE_SIMD_ATOM batch<T, N> erfc(batch<T, N> u) {
    using B = batch<T, N>;
    using constants = error_function_constants<T>;
    const B magnitude = smaller_of(constants::erfc_limit, absolute(u));
    const scaled<B> e = exp_minus_square(magnitude);
    const B tail = scale(e.mantissa * polynomial(magnitude, constants::erfc_top) /
                             polynomial(magnitude, constants::erfc_bottom),
                         e.exponent);
    return select(u < B(T(0)), T(2) - tail, tail);
}

/// The standard normal distribution, erfc(-u / sqrt(2)) / 2.
template <class T, int N>
CHAINRULE_SIMD_ATOM batch<T, N> normal_cdf(batch<T, N> u) {
    using B = batch<T, N>;
    const B magnitude = smaller_of(error_function_constants<T>::normal_limit, absolute(u));
    const B tail = normal_tail(magnitude, exp_minus_half_square(magnitude));
    return select(u < B(T(0)), tail, T(1) - tail);
}

/// The standard normal density, e^(-u^2/2) / sqrt(2 pi).
template <class T, int N>
CHAINRULE_SIMD_ATOM batch<T, N> normal_pdf(batch<T, N> u) {
    using B = batch<T, N>;
    const B magnitude = smaller_of(error_function_constants<T>::normal_limit, absolute(u));
    const scaled<B> e = exp_minus_half_square(magnitude);
    return scale(e.mantissa * T(0.39894228040143267794), e.exponent);
}

} // namespace CHAINRULE_SIMD_NAMESPACE
} // namespace chainrule::detail::simd
