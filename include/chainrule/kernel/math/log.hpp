// SPDX-License-Identifier: BSL-1.0
/// log u and log(1 + u) of a batch.
#pragma once

#include <chainrule/kernel/math/polynomial.hpp>

namespace chainrule::detail::simd {
inline namespace CHAINRULE_SIMD_NAMESPACE {

template<class T>
struct log_constants;
template<>
struct log_constants<float> {
    static constexpr float ln2_hi = 0x1.62e4p-1F;  ///< 15 bits: n * ln2_hi is exact
    static constexpr float ln2_lo = 0x1.7f7d1cp-20F;
    /// (log(1 + f) - f + f^2 / 2) / f^3 for f between -1/4 and 1/2, to 2^-27.6
    static constexpr float coefficients[] = {0x1.5555a4p-2F,  -0x1.00004ap-2F, 0x1.99699ep-3F,
                                             -0x1.54ed98p-3F, 0x1.288082p-3F,  -0x1.0d98dep-3F,
                                             0x1.acf3cep-4F,  -0x1.71e162p-5F};
    /// (log(1 + e) - e) / e^2 for e between 0 and 1, to 2^-27
    static constexpr float unit_coefficients[] = {-0x1.ffffd2p-2F, 0x1.554ddp-2F,  -0x1.ff23e6p-3F,
                                                  0x1.934b54p-3F,  -0x1.3a436p-3F, 0x1.b4ae2p-4F,
                                                  -0x1.d6b0f4p-5F, 0x1.49189p-6F,  -0x1.af4bep-9F};
};
template<>
struct log_constants<double> {
    static constexpr double ln2_hi = 0x1.62e42feep-1;  ///< 32 bits
    static constexpr double ln2_lo = 0x1.a39ef35793c76p-33;
    /// (2 atanh(s) - 2 s) / s^3 in s^2, for s = f / (2 + f), to 2^-56
    static constexpr double coefficients[] = {
        0x1.5555555555777p-1, 0x1.99999998f073ep-2, 0x1.249249b2587c3p-2, 0x1.c71c014251bd9p-3,
        0x1.7474e81ac838dp-3, 0x1.38526cc2dd245p-3, 0x1.3ac1597b9790bp-3};
};

/// u = (1 + fraction) 2^-scaling with 1 + fraction between 3/4 and 3/2.
template<class B>
struct log_reduction {
    B fraction;
    B scaling;
};

/// The reduction of a positive finite number, in the form cheapest for each instruction set.
template<bool MayBeSubnormal = true, class T, int N>
CHAINRULE_SIMD_INLINE log_reduction<batch<T, N>> reduce_log(batch<T, N> u) {
    using B = batch<T, N>;
    if constexpr (has_scale_instruction<T, N>) {
        const B mantissa(instruction::mantissa(u.lanes));
        const B scaling = T(0) - B(instruction::exponent(u.lanes));
        return {mantissa - T(1), select(mantissa < B(T(1)), scaling - T(1), scaling)};
    } else {
        using format = number_format<T>;
        using bit_type = bit_batch<T, N>;
        using lane_type = typename format::unsigned_type;
        constexpr lane_type lowest = std::bit_cast<lane_type>(T(0.75));
        constexpr lane_type mantissa_mask = (lane_type{1} << format::mantissa_bits) - 1;
        constexpr T lift = format::shifter / T(1.5);  // 2^mantissa_bits
        constexpr lane_type bias = format::exponent_one >> format::mantissa_bits;
        B exponent_offset = lift + T(bias);
        if constexpr (MayBeSubnormal) {
            // Subnormal numbers are lifted into the normal range first.
            const auto subnormal = u < B(std::numeric_limits<T>::min());
            u = select(subnormal, u * lift, u);
            exponent_offset =
                select(subnormal, lift + T(bias) + T(format::mantissa_bits), exponent_offset);
        }
        const bit_type shifted = bits(u) + bit_type(format::exponent_one - lowest);
        const B biased = from_bits((shifted >> format::mantissa_bits) |
                                   bit_type(std::bit_cast<lane_type>(lift)));
        const B scaling = exponent_offset - biased;
        const B mantissa = from_bits((shifted & bit_type(mantissa_mask)) + bit_type(lowest));
        return {mantissa - T(1), scaling};
    }
}

/// The reduction of 1 + u without its rounding error, for u > -1.
template<class T, int N>
CHAINRULE_SIMD_INLINE log_reduction<batch<T, N>> reduce_log1p(batch<T, N> u) {
    using B = batch<T, N>;
    // With k = scaling: (1 + u) 2^k - 1 = u 2^k + (2^k - 1), the latter exact where it matters.
    if constexpr (has_scale_instruction<T, N>) {
        constexpr T two_thirds = T(2) / T(3);
        const B shrunk = fma(u, two_thirds, two_thirds);
        const B scaling = T(-1) - B(instruction::exponent(shrunk.lanes));
        const B unit = scale(B(T(1)), scaling);
        return {fma(u, unit, unit - T(1)), scaling};
    } else {
        // 2^(k + 4) is a normal number for every k; all products are exact.
        const B scaling = reduce_log<false>(u + T(1)).scaling;
        const B unit = power_of_two(scaling + T(4));
        return {fma(u * unit, T(0.0625), fma(unit, T(0.0625), T(-1))), scaling};
    }
}

/// log(1 + fraction) - scaling ln 2; minus zero for a fraction of minus zero.
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> log_reduced(log_reduction<batch<T, N>> reduced) {
    using B = batch<T, N>;
    using constants = log_constants<T>;
    const B f = reduced.fraction;
    const B scaling = reduced.scaling;
    if constexpr (sizeof(T) == 4) {
        const B tail = fma(f, polynomial(f, constants::coefficients), T(-0.5));
        const B sum = fma(scaling, -constants::ln2_lo, fma(f * f, tail, f));
        return fma(scaling, -constants::ln2_hi, sum);
    } else {
        const B s = f / (f + T(2));
        const B z = s * s;
        const B half_square = T(0.5) * f * f;
        const B product = fma(z, polynomial(z, constants::coefficients), half_square);
        const B correction = fma(s, product, scaling * -constants::ln2_lo);
        return fma(scaling, -constants::ln2_hi, f - (half_square - correction));
    }
}

/// log(1 + e) for e between 0 and 1.
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> log1p_unit(batch<T, N> e) {
    using B = batch<T, N>;
    using constants = log_constants<T>;
    if constexpr (sizeof(T) == 4) {
        return fma(e * e, polynomial(e, constants::unit_coefficients), e);
    } else {
        const auto upper = e > B(T(0.5));
        const B f = select(upper, fma(e, T(0.5), T(-0.5)), e);
        return log_reduced(log_reduction<B>{f, select(upper, T(-1), T(0))});
    }
}

/// log u; -inf at 0, NaN below.
template<class T, int N>
CHAINRULE_SIMD_ATOM batch<T, N> log(batch<T, N> u) {
    using B = batch<T, N>;
    constexpr T infinity = std::numeric_limits<T>::infinity();
    const B result = log_reduced(reduce_log(u));
    const B special = select(u == B(T(0)), -infinity,
                             select(u < B(T(0)), std::numeric_limits<T>::quiet_NaN(), u));
    return select((u > B(T(0))) & (u < B(infinity)), result, special);
}

/// log(1 + u) without cancellation; -inf at -1, NaN below; keeps the sign of a zero.
template<class T, int N>
CHAINRULE_SIMD_ATOM batch<T, N> log1p(batch<T, N> u) {
    using B = batch<T, N>;
    constexpr T infinity = std::numeric_limits<T>::infinity();
    const B result = copy_sign(log_reduced(reduce_log1p(u)), u);
    const B special = select(u == B(T(-1)), -infinity,
                             select(u < B(T(-1)), std::numeric_limits<T>::quiet_NaN(), u));
    return select((u > B(T(-1))) & (u < B(infinity)), result, special);
}

}  // namespace CHAINRULE_SIMD_NAMESPACE
}  // namespace chainrule::detail::simd
