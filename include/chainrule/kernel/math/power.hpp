// SPDX-License-Identifier: BSL-1.0
/// a^b of a batch, as e^(b log a) with the logarithm and the product carried as hi + lo.
#pragma once

#include <chainrule/kernel/math/exp.hpp>
#include <chainrule/kernel/math/log.hpp>

namespace chainrule::detail::simd {
inline namespace CHAINRULE_SIMD_NAMESPACE {

template<class T>
struct power_constants;
template<>
struct power_constants<float> {
    static constexpr float exponent_limit = 0x1p40F;  ///< a^b is 0, 1 or inf beyond this |b|
    static constexpr float two_thirds_hi = 0x1.555556p-1F;
    static constexpr float two_thirds_lo = -0x1.555556p-26F;
    /// (2 atanh(s) - 2 s - 2/3 s^3) / s^5 in s^2, for s = f / (2 + f), to 2^-34 of the logarithm
    static constexpr float coefficients[] = {0x1.999aap-2F, 0x1.241a44p-2F, 0x1.e8e6fap-3F};
};
template<>
struct power_constants<double> {
    static constexpr double exponent_limit = 0x1p70;
    static constexpr double two_thirds_hi = 0x1.5555555555555p-1;
    static constexpr double two_thirds_lo = 0x1.5555555555555p-55;
    /// To 2^-69.
    static constexpr double coefficients[] = {
        0x1.9999999999968p-2, 0x1.2492492498d3fp-2, 0x1.c71c71bc77c9fp-3, 0x1.745d1bc2f41e9p-3,
        0x1.3b12990c05b15p-3, 0x1.113a061560435p-3, 0x1.dad283a83712dp-4, 0x1.0177300d19727p-3};
};

/// log a of a positive finite number as hi + lo, through 2 atanh(s) with s = (m - 1) / (m + 1).
template<class T, int N>
CHAINRULE_SIMD_INLINE pair<batch<T, N>> log_pair(batch<T, N> a) {
    using B = batch<T, N>;
    using logs = log_constants<T>;
    using constants = power_constants<T>;
    const log_reduction<B> reduced = reduce_log(a);
    const B f = reduced.fraction;
    const pair<B> bottom = fast_two_sum(B(T(2)), f);
    const B inverse = T(1) / bottom.hi;
    const B s = f * inverse;
    const pair<B> back = two_product(s, bottom.hi);
    const B s_lo = fma(-s, bottom.lo, (f - back.hi) - back.lo) * inverse;
    // 2 s + 2/3 s^3 in two parts each, the rest in one.
    const pair<B> square = two_product(s, s);
    const B square_lo = fma(s + s, s_lo, square.lo);
    const pair<B> cube = two_product(s, square.hi);
    const B cube_lo = fma(s, square_lo, fma(s_lo, square.hi, cube.lo));
    const pair<B> third = two_product(cube.hi, B(constants::two_thirds_hi));
    const B third_lo =
        fma(cube.hi, constants::two_thirds_lo, fma(cube_lo, constants::two_thirds_hi, third.lo));
    const B tail = cube.hi * square.hi * polynomial(square.hi, constants::coefficients);
    pair<B> sum = fast_two_sum(s + s, third.hi);
    sum.lo += (tail + third_lo) + (s_lo + s_lo);
    const B n = -reduced.scaling;
    const pair<B> whole = fast_two_sum(n * logs::ln2_hi, sum.hi);
    return fast_two_sum(whole.hi, whole.lo + fma(n, logs::ln2_lo, sum.lo));
}

/// a^(b + low) with the special values of std::pow; no `low`: 0.
template<class T, int N, class... Low>
CHAINRULE_SIMD_INLINE batch<T, N> power_of(batch<T, N> a, batch<T, N> b, Low... low) {
    using B = batch<T, N>;
    using constants = power_constants<T>;
    constexpr T infinity = std::numeric_limits<T>::infinity();
    constexpr T nan = std::numeric_limits<T>::quiet_NaN();
    const B one = T(1);
    const B base = absolute(a);
    const pair<B> logarithm = log_pair(base);
    const B exponent =
        larger_of(-constants::exponent_limit, smaller_of(constants::exponent_limit, b));
    const pair<B> product = two_product(exponent, logarithm.hi);
    B lo = fma(exponent, logarithm.lo, product.lo);
    ((lo = fma(low, logarithm.hi, lo)), ...);
    B power = exp_pair(product.hi, larger_of(T(-0.01), smaller_of(T(0.01), lo)));
    const auto finite = (base < B(infinity)) & (absolute(b) < B(infinity));
    const auto regular = finite & (base > B(T(0)));
    if (any(!regular)) [[unlikely]] {
        const auto grows = ((base > one) & (b > B(T(0)))) | ((base < one) & (b < B(T(0))));
        const B limit = select(base == one, T(1), select(grows, B(infinity), B(T(0))));
        const B number = select(is_nan(a) | is_nan(b), nan, limit);
        power = select(regular, power, select((a == one) | (b == B(T(0))), T(1), number));
    }
    // A negative base: NaN unless b is an integer, and the sign of a if b is odd.
    const B half = b * T(0.5);
    const auto integer = round_half_even(b) == b;
    const auto odd = integer & (round_half_even(half) != half);
    const B result = copy_sign(power, select(odd, a, one));
    return select((a < B(T(0))) & !integer & finite, nan, result);
}

template<class T, int N>
CHAINRULE_SIMD_ATOM batch<T, N> pow(batch<T, N> a, batch<T, N> b) {
    return power_of(a, b);
}
template<class T, int N>
CHAINRULE_SIMD_ATOM batch<T, N> pow_pair(batch<T, N> a, batch<T, N> b, batch<T, N> lo) {
    return power_of(a, b, lo);
}

}  // namespace CHAINRULE_SIMD_NAMESPACE
}  // namespace chainrule::detail::simd
