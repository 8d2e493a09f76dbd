// SPDX-License-Identifier: BSL-1.0
/// sin, cos, tan and atan of a batch.
#pragma once

#include <chainrule/kernel/math/arithmetic.hpp>
#include <chainrule/kernel/math/lanewise.hpp>
#include <chainrule/kernel/math/polynomial.hpp>

namespace chainrule::detail::simd {
inline namespace CHAINRULE_SIMD_NAMESPACE {

template<class T>
struct trigonometric_constants;
template<>
struct trigonometric_constants<float> {
    static constexpr float two_over_pi = 0x1.45f306p-1F;
    static constexpr float half_pi_hi = 0x1.921fb6p0F;
    static constexpr float half_pi_lo = -0x1.777a5cp-25F;
    /// Above this the argument goes through the C library, lane by lane.
    static constexpr float limit = has_fused_multiply_add ? 30000.0F : 2000.0F;
    /// pi/2 in parts; without fma all but the last are so short that n * part is exact.
    static constexpr float parts[] = {has_fused_multiply_add ? half_pi_hi : 0x1.922p0F,
                                      has_fused_multiply_add ? half_pi_lo : -0x1.2afp-18F,
                                      has_fused_multiply_add ? -0x1.ee59dap-50F : 0x1.0b4p-34F,
                                      has_fused_multiply_add ? 0.0F : 0x1.84698ap-48F};
    /// (sin(r) / r - 1) / r^2 in r^2, |r| <= pi/4, to 2^-28
    static constexpr float sin_coefficients[] = {-0x1.555546p-3F, 0x1.110774p-7F, -0x1.9951eap-13F};
    /// (cos(r) - 1 + r^2 / 2) / r^4 in r^2, to 2^-33
    static constexpr float cos_coefficients[] = {0x1.55554ap-5F, -0x1.6c0c28p-10F, 0x1.99e80cp-16F};
    /// (atan(z) / z - 1) / z^2 in z^2, |z| <= 1, to 2^-28
    static constexpr float atan_coefficients[] = {
        -0x1.55553ep-2F, 0x1.9991e4p-3F,  -0x1.242086p-3F, 0x1.c08c52p-4F,  -0x1.580946p-4F,
        0x1.da2b56p-5F,  -0x1.fd82cep-6F, 0x1.642d16p-7F,  -0x1.d3702cp-10F};
};
template<>
struct trigonometric_constants<double> {
    static constexpr double two_over_pi = 0x1.45f306dc9c883p-1;
    static constexpr double half_pi_hi = 0x1.921fb54442d18p0;
    static constexpr double half_pi_lo = 0x1.1a62633145c07p-54;
    static constexpr double limit = 1e6;
    static constexpr double parts[] = {has_fused_multiply_add ? half_pi_hi : 0x1.921fb544p0,
                                       has_fused_multiply_add ? half_pi_lo : 0x1.0b4611a6p-34,
                                       has_fused_multiply_add ? -0x1.f1976b7ed8fbcp-110
                                                              : 0x1.3198a2ep-69,
                                       has_fused_multiply_add ? 0.0 : 0x1.b839a252049c1p-104};
    static constexpr double sin_coefficients[] = {-0x1.5555555555548p-3,  0x1.111111110f73p-7,
                                                  -0x1.a01a019be9223p-13, 0x1.71de35552c9bbp-19,
                                                  -0x1.ae5e4b8550417p-26, 0x1.5d8b56175cdb4p-33};
    static constexpr double cos_coefficients[] = {0x1.555555555554bp-5,  -0x1.6c16c16c15005p-10,
                                                  0x1.a01a019c8c7d6p-16, -0x1.27e4f7ef0d5abp-22,
                                                  0x1.1ee9d9c688166p-29, -0x1.8fa55387c0135p-37};
    static constexpr double atan_coefficients[] = {
        -0x1.5555555555526p-2,  0x1.9999999995596p-3,  -0x1.249249237eb62p-3,
        0x1.c71c717fa4d0ap-4,   -0x1.745d11ab65c07p-4, 0x1.3b136676e387ap-4,
        -0x1.110e5011687cp-4,   0x1.e1bb9a25e22e6p-5,  -0x1.ae5e3f005fd72p-5,
        0x1.82da313dce15bp-5,   -0x1.59a26145ff48ep-5, 0x1.2c2b397d9cc31p-5,
        -0x1.e9f0873e439cdp-6,  0x1.683185facdd95p-6,  -0x1.c77b42410d226p-7,
        0x1.d79cd13cfc7c5p-8,   -0x1.7a1d017996c0ep-9, 0x1.b3d2f08159c3ep-11,
        -0x1.3f140365d791dp-13, 0x1.bbb6b7376e84cp-17};
};

/// sin r and cos r for u = r + quadrant * pi/2, |r| <= pi/4. Only the two low bits of quadrant
/// count, and nothing counts above `limit`.
template<class T, int N>
struct sine_cosine {
    batch<T, N> sine;
    batch<T, N> cosine;
    bit_batch<T, N> quadrant;
    batch<T, N> sine_lost;  ///< in double: what the roundings of the two lost
    batch<T, N> cosine_lost;
};
template<class T, int N>
CHAINRULE_SIMD_INLINE sine_cosine<T, N> reduce_sine_cosine(batch<T, N> u) {
    using B = batch<T, N>;
    using constants = trigonometric_constants<T>;
    constexpr T shifter = number_format<T>::shifter;
    const B shifted = fma(u, constants::two_over_pi, shifter);
    const B n = shifted - shifter;
    const B head = fma(n, -constants::parts[0], u);
    if constexpr (has_fused_multiply_add && sizeof(T) == 4) {
        B r = fma(n, -constants::parts[1], head);
        r = fma(n, -constants::parts[2], r);
        const B square = r * r;
        const B sine = fma(square * r, polynomial(square, constants::sin_coefficients), r);
        const B tail = fma(square, polynomial(square, constants::cos_coefficients), T(-0.5));
        return {sine, fma(square, tail, T(1)), bits(shifted), r, r};
    } else {
        // What r loses comes in at the end.
        B r;
        B lost;
        if constexpr (has_fused_multiply_add) {
            r = fma(n, -constants::parts[1], head);
            lost = fma(n, -constants::parts[2], fma(n, -constants::parts[1], head - r));
        } else {
            r = n * -constants::parts[1] + head;
            const B error = sum_error(head, n * -constants::parts[1], r);
            lost = fma(n, -constants::parts[3], fma(n, -constants::parts[2], error));
        }
        const B square = r * r;
        const B quartic = square * square * polynomial(square, constants::cos_coefficients);
        const pair<B> leading = fast_two_sum(B(T(1)), square * T(-0.5));
        const pair<B> cosine = fast_two_sum(leading.hi, leading.lo + fma(-lost, r, quartic));
        const B excess = square * r * polynomial(square, constants::sin_coefficients);
        const pair<B> sine = fast_two_sum(r, fma(lost, cosine.hi, excess));
        return {sine.hi, cosine.hi, bits(shifted), sine.lo, cosine.lo};
    }
}

/// The sign bit where bit 1 of the quadrant is set.
template<class T, int N>
CHAINRULE_SIMD_INLINE bit_batch<T, N> half_turn_sign(bit_batch<T, N> quadrant) {
    return (quadrant << static_cast<int>(8 * sizeof(T) - 2)) & bit_batch<T, N>(sign_bit<T>);
}

/// sin u.
template<class T, int N>
CHAINRULE_SIMD_ATOM batch<T, N> sin(batch<T, N> u) {
    using B = batch<T, N>;
    using bit_type = bit_batch<T, N>;
    const auto [sine, cosine, quadrant, sine_lost, cosine_lost] = reduce_sine_cosine(u);
    const B value = select((quadrant & bit_type(1)).nonzero(), cosine, sine);
    const B turned = from_bits(bits(value) ^ half_turn_sign(quadrant));
    const B result = select(u == B(T(0)), u, turned);
    const auto large = absolute(u) > B(trigonometric_constants<T>::limit);
    if (any(large)) [[unlikely]]
        return select(large, lanewise(u, [](T a) { return static_cast<T>(std::sin(double{a})); }),
                      result);
    return result;
}

/// sin(u + lo), or the cosine, for a lo of a few rounding errors of u.
template<bool IsCosine, class T, int N>
CHAINRULE_SIMD_ATOM batch<T, N> sine_or_cosine_pair(batch<T, N> u, batch<T, N> lo) {
    using B = batch<T, N>;
    using bit_type = bit_batch<T, N>;
    const sine_cosine<T, N> turned = reduce_sine_cosine(u);
    const bit_type quadrant = IsCosine ? turned.quadrant + bit_type(1) : turned.quadrant;
    const auto is_odd = (quadrant & bit_type(1)).nonzero();
    const B value = select(is_odd, turned.cosine, turned.sine);
    const B slope = select(is_odd, -turned.sine, turned.cosine);
    const B moved = from_bits(bits(fma(slope, lo, value)) ^ half_turn_sign(quadrant));
    // A zero keeps its sign.
    const B result = IsCosine ? moved : select(u == B(T(0)), u, moved);
    const auto large = !(absolute(u) <= B(trigonometric_constants<T>::limit));
    if (any(large)) [[unlikely]] {
        return select(large,
                      lanewise(u, lo,
                               [](T a, T b) {
                                   using wide =
                                       std::conditional_t<sizeof(T) == 4, double, long double>;
                                   const wide v = wide{a} + wide{b};
                                   return static_cast<T>(IsCosine ? std::cos(v) : std::sin(v));
                               }),
                      result);
    }
    return result;
}
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> sine_pair(batch<T, N> u, batch<T, N> lo) {
    return sine_or_cosine_pair<false>(u, lo);
}
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> cosine_pair(batch<T, N> u, batch<T, N> lo) {
    return sine_or_cosine_pair<true>(u, lo);
}

/// sin^2 u, in double with what the sine lost, which counts twice.
template<class T, int N>
CHAINRULE_SIMD_ATOM batch<T, N> sine_square(batch<T, N> u) {
    using B = batch<T, N>;
    if constexpr (sizeof(T) == 4) {
        const B s = sin(u);
        return s * s;
    }
    const sine_cosine<T, N> turned = reduce_sine_cosine(u);
    const auto is_odd = (turned.quadrant & bit_batch<T, N>(1)).nonzero();
    const B s = select(is_odd, turned.cosine, turned.sine);
    const B lost = select(is_odd, turned.cosine_lost, turned.sine_lost);
    const B result = close_fma(s, s, (s + s) * lost);
    const auto large = absolute(u) > B(trigonometric_constants<T>::limit);
    if (any(large)) [[unlikely]] {
        const B other = sin(u);
        return select(large, other * other, result);
    }
    return result;
}

/// cos u.
template<class T, int N>
CHAINRULE_SIMD_ATOM batch<T, N> cos(batch<T, N> u) {
    using B = batch<T, N>;
    using bit_type = bit_batch<T, N>;
    const auto [sine, cosine, quadrant, sine_lost, cosine_lost] = reduce_sine_cosine(u);
    const B value = select((quadrant & bit_type(1)).nonzero(), sine, cosine);
    const B result = from_bits(bits(value) ^ half_turn_sign(quadrant + bit_type(1)));
    const auto large = absolute(u) > B(trigonometric_constants<T>::limit);
    if (any(large)) [[unlikely]]
        return select(large, lanewise(u, [](T a) { return static_cast<T>(std::cos(double{a})); }),
                      result);
    return result;
}

/// (sin(u + lo) + cos(u + lo))^2 = 2 sin(u + lo + pi/4)^2 with all digits next to its roots: u is reduced to the
/// nearest of them.
template<class T, int N>
CHAINRULE_SIMD_ATOM batch<T, N> square_of_sine_plus_cosine(batch<T, N> u, batch<T, N> lo) {
    using B = batch<T, N>;
    using bit_type = bit_batch<T, N>;
    using constants = trigonometric_constants<T>;
    constexpr T shifter = number_format<T>::shifter;
    // u = r + (n - 1/2) pi/2. The first difference is exact but for small u, where the product is; what it and
    // lo round off is added at the end.
    const B shifted = fma(u, constants::two_over_pi, T(0.5)) + shifter;
    const B n = (shifted - shifter) - T(0.5);
    const B head = fma(n, -constants::parts[0], u);
    B r = head + lo;
    const B head_error = sum_error(u, n * -constants::parts[0], head);
    const B rest = select(absolute(n) < B(T(1)), head_error, T(0)) + sum_error(head, lo, r);
    const pair<B> second = two_product(n, B(-constants::parts[1]));
    const B near = r + second.hi;
    B small = fma(n, -constants::parts[2], (sum_error(r, second.hi, near) + second.lo) + rest);
    if constexpr (!has_fused_multiply_add) small = fma(n, -constants::parts[3], small);
    r = near + small;
    const B lost = sum_error(near, small, r);
    const B square = r * r;
    const B excess = fma(square * r, polynomial(square, constants::sin_coefficients), lost);
    const B sine = excess + r;
    const B tail = fma(square, polynomial(square, constants::cos_coefficients), T(-0.5));
    const B cosine = fma(square, tail, T(1));
    const auto is_cosine = (bits(shifted) & bit_type(1)).nonzero();
    const B value = select(is_cosine, cosine, sine);
    B result = value * (value + value);
    if constexpr (sizeof(T) == 8) {
        // An error of the value counts twice: with what its rounding lost.
        const B cosine_lost = fma(-lost, r, exact_fma(square, tail, T(1) - cosine));
        const B value_lost = select(is_cosine, cosine_lost, (r - sine) + excess);
        result = close_fma(value + value, value, value * value_lost * T(4));
    }
    const auto large = !(absolute(u) <= B(constants::limit / 2));
    if (any(large)) [[unlikely]] {
        return select(large,
                      lanewise(u, lo,
                               [](T a, T b) {
                                   constexpr bool is_float = sizeof(T) == 4;
                                   using wide = std::conditional_t<is_float, double, long double>;
                                   const wide v = is_float ? wide{a} + wide{b} : wide{a};
                                   const wide low = is_float ? 0 : wide{b};
                                   // With 2(u + lo): 1 + sin, where that cancels cos^2 / (1 - sin).
                                   wide s = std::sin(2 * v);
                                   wide c = std::cos(2 * v);
                                   if (low != 0) {
                                       const wide small_s = std::sin(2 * low);
                                       const wide small_c = std::cos(2 * low);
                                       const wide turned = s * small_c + c * small_s;
                                       c = c * small_c - s * small_s;
                                       s = turned;
                                   }
                                   return static_cast<T>(s < 0 ? c * c / (1 - s) : 1 + s);
                               }),
                      result);
    }
    return result;
}

/// tan u.
template<class T, int N>
CHAINRULE_SIMD_ATOM batch<T, N> tan(batch<T, N> u) {
    using B = batch<T, N>;
    const auto [sine, cosine, quadrant, sine_lost, cosine_lost] = reduce_sine_cosine(u);
    const auto odd = (quadrant & bit_batch<T, N>(1)).nonzero();
    const B quotient = select(odd, cosine, sine) / select(odd, -sine, cosine);
    const B result = select(u == B(T(0)), u, quotient);
    const auto large = absolute(u) > B(trigonometric_constants<T>::limit);
    if (any(large)) [[unlikely]]
        return select(large, lanewise(u, [](T a) { return static_cast<T>(std::tan(double{a})); }),
                      result);
    return result;
}

/// atan u: on [0, 1] a polynomial, above through pi/2 - atan(1/u).
template<class T, int N>
CHAINRULE_SIMD_ATOM batch<T, N> atan(batch<T, N> u) {
    using B = batch<T, N>;
    using constants = trigonometric_constants<T>;
    const B magnitude = absolute(u);
    const auto inverted = magnitude > B(T(1));
    const B z = select(inverted, T(-1), magnitude) / select(inverted, magnitude, T(1));
    const B square = z * z;
    const B small = fma(square * z, polynomial(square, constants::atan_coefficients), z);
    const B large = (small + constants::half_pi_lo) + constants::half_pi_hi;
    return copy_sign(select(inverted, large, small), u);
}

}  // namespace CHAINRULE_SIMD_NAMESPACE
}  // namespace chainrule::detail::simd
