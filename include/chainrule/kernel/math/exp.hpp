// SPDX-License-Identifier: BSL-1.0
/// e^u and e^u - 1 of a batch, and their parts for the functions that go through them.
#pragma once

#include <chainrule/kernel/math/polynomial.hpp>

namespace chainrule::detail::simd {
inline namespace CHAINRULE_SIMD_NAMESPACE {

template<class T>
struct exp_constants;
template<>
struct exp_constants<float> {
    static constexpr float log2_e = 0x1.715476p0F;
    static constexpr float ln2 = 0x1.62e430p-1F;
    static constexpr float ln2_hi = 0x1.62e4p-1F;  ///< 15 bits: n * ln2_hi is exact
    static constexpr float ln2_lo = 0x1.7f7d1cp-20F;
    static constexpr float overflow = 89.0F;       ///< e^u is infinite from here
    static constexpr float underflow = -106.0F;    ///< e^u is zero from here
    static constexpr float cap = 43.0F;            ///< of capped_exp
    static constexpr float half_overflow = 89.5F;  ///< e^u / 2 is infinite from here
    static constexpr float minus_one = -20.0F;     ///< e^u - 1 is -1 from here
    /// (e^r - 1 - r) / r^2 on |r| <= ln(2) / 2, to 2^-26 of e^r - 1
    static constexpr float coefficients[] = {0x1.fffffep-2F, 0x1.5554b4p-3F, 0x1.5556f6p-5F,
                                             0x1.122538p-7F, 0x1.6b97a8p-10F};
    /// (e^r - 1) / r
    static constexpr float with_linear[] = {
        1.0F, coefficients[0], coefficients[1], coefficients[2], coefficients[3], coefficients[4]};
};
template<>
struct exp_constants<double> {
    static constexpr double log2_e = 0x1.71547652b82fep0;
    static constexpr double ln2 = 0x1.62e42fefa39efp-1;
    static constexpr double ln2_hi = 0x1.62e42feep-1;  ///< 32 bits
    static constexpr double ln2_lo = 0x1.a39ef35793c76p-33;
    static constexpr double overflow = 710.0;
    static constexpr double underflow = -748.0;
    static constexpr double cap = 350.0;
    static constexpr double half_overflow = 710.6;
    static constexpr double minus_one = -40.0;
    /// To 2^-55.6 of e^r - 1.
    static constexpr double coefficients[] = {
        0x1.0000000000005p-1,  0x1.555555555554fp-3, 0x1.5555555552277p-5,  0x1.1111111114e33p-7,
        0x1.6c16c17ec6535p-10, 0x1.a01a0186c2dep-13, 0x1.a019a7d37ba76p-16, 0x1.71de6770705a4p-19,
        0x1.28a171012018cp-22, 0x1.ae9742e95fdcap-26};
    static constexpr double with_linear[] = {1.0,
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
template<class B>
struct exp_reduction {
    B remainder;
    B exponent;
    B shifted;  ///< exponent + shifter: its low bits are the exponent as an integer
    B rest;     ///< in double: what the rounding of the remainder lost, for expm1_remainder
};
template<class T, int N>
CHAINRULE_SIMD_INLINE exp_reduction<batch<T, N>> reduce_exp(batch<T, N> u) {
    using constants = exp_constants<T>;
    constexpr T shifter = number_format<T>::shifter;
    const batch<T, N> shifted = fma(u, constants::log2_e, shifter);
    const batch<T, N> exponent = shifted - shifter;
    const batch<T, N> head = fma(exponent, -constants::ln2_hi, u);
    const batch<T, N> remainder = fma(exponent, -constants::ln2_lo, head);
    const batch<T, N> rest = fma(exponent, -constants::ln2_lo, head - remainder);
    return {remainder, exponent, shifted, rest};
}
/// The same for e^(Factor u) - 1 with minus_one <= Factor u <= 0; the remainder is of u. With fma a float is enough
/// for ln 2: what it lacks makes less than 1e-9.
template<int Factor, class T, int N>
CHAINRULE_SIMD_INLINE exp_reduction<batch<T, N>> reduce_exp_below_zero(batch<T, N> u) {
    using constants = exp_constants<T>;
    constexpr T shifter = number_format<T>::shifter;
    const batch<T, N> shifted = fma(u, constants::log2_e * Factor, shifter);
    const batch<T, N> exponent = shifted - shifter;
    if constexpr (sizeof(T) == 4 && has_fused_multiply_add)
        return {fma(exponent, -constants::ln2 / Factor, u), exponent, shifted, u};
    const batch<T, N> head = fma(exponent, -constants::ln2_hi / Factor, u);
    const batch<T, N> remainder = fma(exponent, -constants::ln2_lo / Factor, head);
    const batch<T, N> rest = fma(exponent, -constants::ln2_lo / Factor, head - remainder);
    return {remainder, exponent, shifted, rest};
}

/// 2^exponent / power_drop, a normal number also where 2^exponent is subnormal.
template<class T>
inline constexpr T power_drop = sizeof(T) == 4 ? T(0x1p-64) : T(0x1p-512);
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> lifted_power(exp_reduction<batch<T, N>> reduced) {
    using format = number_format<T>;
    using lane_type = typename format::unsigned_type;
    constexpr lane_type lift = sizeof(T) == 4 ? 64 : 512;
    return from_bits((bits(reduced.shifted) << format::mantissa_bits) +
                     bit_batch<T, N>(format::exponent_one + (lift << format::mantissa_bits)));
}

/// a * 2^exponent for an exponent below that of the largest number, rounded once also into the
/// subnormals.
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> scale_down(batch<T, N> a, exp_reduction<batch<T, N>> reduced) {
    if constexpr (has_scale_instruction<T, N>) {
        return scale(a, reduced.exponent);
    } else {
        return a * lifted_power(reduced) * power_drop<T>;  // the last product alone rounds
    }
}

/// The reduction of u + lo from that of u.
template<class T, int N>
CHAINRULE_SIMD_INLINE void add_low_part(exp_reduction<batch<T, N>>& reduced, batch<T, N> lo) {
    if constexpr (sizeof(T) == 8) lo += reduced.rest;
    const batch<T, N> before = reduced.remainder;
    reduced.remainder = before + lo;
    reduced.rest = (before - reduced.remainder) + lo;
}

/// e^r - 1 for the remainder r.
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> expm1_remainder(exp_reduction<batch<T, N>> reduced) {
    const batch<T, N> r = reduced.remainder;
    const batch<T, N> bend = polynomial(r, exp_constants<T>::coefficients);
    if constexpr (sizeof(T) == 4) return fma(r * r, bend, r);
    return fma(r * r, bend, reduced.rest) + r;
}

template<class T, int N>
CHAINRULE_SIMD_INLINE pair<batch<T, N>> expm1_remainder_pair(exp_reduction<batch<T, N>> reduced) {
    const batch<T, N> r = reduced.remainder;
    const batch<T, N> bend = polynomial(r, exp_constants<T>::coefficients);
    return fast_two_sum(r, fma(r * r, bend, reduced.rest));
}

/// e^r. In double 1 + r is split, so that about one rounding is left.
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> exp_remainder(exp_reduction<batch<T, N>> reduced) {
    if constexpr (sizeof(T) == 4) return expm1_remainder(reduced) + T(1);
    const batch<T, N> r = reduced.remainder;
    const batch<T, N> bend = polynomial(r, exp_constants<T>::coefficients);
    const batch<T, N> head = r + T(1);
    return head + ((r - (head - T(1))) + fma(r * r, bend, reduced.rest));
}

/// e^u = (1 + slope * remainder) 2^exponent, not put together yet: a factor can be multiplied in
/// first, which saves a rounding and rounds a subnormal result only once.
template<class B>
struct exp_parts {
    B slope;  ///< in double times the remainder, with what its rounding lost
    exp_reduction<B> reduced;
};
template<class T, int N>
CHAINRULE_SIMD_INLINE exp_parts<batch<T, N>> to_parts(exp_reduction<batch<T, N>> reduced) {
    if constexpr (sizeof(T) == 8) return {expm1_remainder(reduced), reduced};
    return {polynomial(reduced.remainder, exp_constants<T>::with_linear), reduced};
}
/// e^u 2^-exponent - 1.
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> above_one(exp_parts<batch<T, N>> e) {
    if constexpr (sizeof(T) == 8) return e.slope;
    return e.slope * e.reduced.remainder;
}

/// The parts of e^u for u between `underflow` and `overflow`.
template<class T, int N>
CHAINRULE_SIMD_INLINE exp_parts<batch<T, N>> split_exp(batch<T, N> u) {
    return to_parts(reduce_exp(u));
}
/// The parts of e^(hi + lo), for a small lo.
template<class T, int N>
CHAINRULE_SIMD_INLINE exp_parts<batch<T, N>> split_exp(batch<T, N> hi, batch<T, N> lo) {
    exp_reduction<batch<T, N>> reduced = reduce_exp(hi);
    add_low_part(reduced, lo);
    return to_parts(reduced);
}

/// e^u 2^-exponent, between sqrt(1/2) and sqrt(2).
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> mantissa(exp_parts<batch<T, N>> e) {
    if constexpr (sizeof(T) == 8) return exp_remainder(e.reduced);
    return fma(e.slope, e.reduced.remainder, T(1));
}
/// factor * e^u 2^-exponent.
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> multiply(batch<T, N> factor, exp_parts<batch<T, N>> e) {
    return fma(factor, above_one(e), factor);
}
/// e^u.
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> compose(exp_parts<batch<T, N>> e) {
    return scale(mantissa(e), e.reduced.exponent);
}
/// e^u for u <= 0.
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> compose_below_one(exp_parts<batch<T, N>> e) {
    return scale_down(mantissa(e), e.reduced);
}
/// factor * e^u for u <= 0.
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> product(batch<T, N> factor, exp_parts<batch<T, N>> e) {
    return scale_down(multiply(factor, e), e.reduced);
}

/// The argument moved to where e^u does not change any more; NaN stays.
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> clamp_exp_argument(batch<T, N> u) {
    return larger_of(exp_constants<T>::underflow, smaller_of(exp_constants<T>::overflow, u));
}

/// e^(hi + lo) for |lo| at most a few rounding errors of hi, and below 0.01: what carries a product
/// or a square into the exponential without losing its last digits.
template<class T, int N>
CHAINRULE_SIMD_ATOM batch<T, N> exp_pair(batch<T, N> hi, batch<T, N> lo) {
    return compose(split_exp(clamp_exp_argument(hi), clamp_low_part(lo)));
}

/// 2^(exponent + Shift), Shift 0 or -1; elsewhere than on AVX-512 it must be normal.
template<int Shift = 0, class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> power_of(exp_reduction<batch<T, N>> reduced) {
    if constexpr (has_scale_instruction<T, N>) {
        return scale(batch<T, N>(Shift == 0 ? T(1) : T(0.5)), reduced.exponent);
    } else {
        using format = number_format<T>;
        using lane_type = typename format::unsigned_type;
        constexpr lane_type down = lane_type{Shift != 0} << format::mantissa_bits;
        return from_bits((bits(reduced.shifted) << format::mantissa_bits) +
                         bit_batch<T, N>(static_cast<lane_type>(format::exponent_one - down)));
    }
}

/// factor * (e^u - 1) from the power = factor * 2^exponent, rounded once: the difference is exact wherever
/// it matters.
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> expm1_of(exp_reduction<batch<T, N>> reduced, batch<T, N> power,
                                           T factor = T(1)) {
    return fma(expm1_remainder(reduced), power, power - factor);
}

/// e^u. Its remainder and polynomial are those of expm1, so that the compiler makes them once.
template<class T, int N>
CHAINRULE_SIMD_ATOM batch<T, N> exp(batch<T, N> u) {
    const exp_reduction<batch<T, N>> reduced = reduce_exp(clamp_exp_argument(u));
    return scale(exp_remainder(reduced), reduced.exponent);
}

/// A low part that may be garbage where the high part is beyond what e^u can tell apart.
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> clamp_low_part(batch<T, N> lo) {
#if defined(CHAINRULE_SIMD_AVX512)
    if constexpr (N * sizeof(T) == 64) {
        return batch<T, N>(instruction::smaller_magnitude(lo.lanes, batch<T, N>(T(0.001)).lanes));
    }
#endif
    return larger_of(T(-0.001), smaller_of(T(0.001), lo));
}

/// e^u for u <= 0.
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> exp_below_one(exp_reduction<batch<T, N>> reduced) {
    if constexpr (has_scale_instruction<T, N> || sizeof(T) == 8) {
        return scale_down(exp_remainder(reduced), reduced);
    } else {
        const batch<T, N> power = lifted_power(reduced);
        return fma(expm1_remainder(reduced), power, power) * power_drop<T>;
    }
}
/// The low part of -|u + lo|.
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> sign_below_zero(batch<T, N> lo, batch<T, N> u) {
    const bit_batch<T, N> sign(sign_bit<T>);
#if defined(CHAINRULE_SIMD_AVX512)
    if constexpr (N * sizeof(T) == 64)
        return by_bits<0xd2>(lo, u, from_bits(sign));  // lo ^ (~u & sign)
#endif
    return from_bits(bits(lo) ^ ((bits(u) & sign) ^ sign));
}
#if defined(CHAINRULE_SIMD_AVX512)
/// 2^(k/16), and (e^r - 1 - r) / r^2 on |r| <= ln(2) / 32, to 2^-29 of e^r.
struct exp_table {
    static constexpr float powers[] = {0x1.000000p0F, 0x1.0b5586p0F, 0x1.172b84p0F, 0x1.2387a6p0F,
                                       0x1.306fe0p0F, 0x1.3dea64p0F, 0x1.4bfdaep0F, 0x1.5ab07ep0F,
                                       0x1.6a09e6p0F, 0x1.7a1148p0F, 0x1.8ace54p0F, 0x1.9c4918p0F,
                                       0x1.ae89fap0F, 0x1.c199bep0F, 0x1.d5818ep0F, 0x1.ea4afap0F};
    /// What the powers are above them.
    static constexpr float rests[] = {0,
                                      0x1.9f3122p-25F,
                                      -0x1.c15742p-27F,
                                      0x1.ceac48p-25F,
                                      0x1.4636e2p-25F,
                                      0x1.824684p-25F,
                                      -0x1.593abcp-25F,
                                      -0x1.5bd5ecp-27F,
                                      0x1.9fcef4p-26F,
                                      -0x1.829fd0p-25F,
                                      0x1.15506ep-27F,
                                      0x1.51f848p-27F,
                                      -0x1.a94b14p-26F,
                                      -0x1.3d56b2p-27F,
                                      -0x1.822dbcp-27F,
                                      0x1.52486cp-27F};
    static constexpr float square = 0x1.000220p-1F;
    static constexpr float cube = 0x1.555656p-3F;
    static constexpr float ln2_hi = 0x1.62e430p-1F;
    static constexpr float ln2_lo = -0x1.05c610p-29F;
};
/// e^(u + lo) for underflow <= u <= 0, as 2^(n/16) e^r: a short polynomial after a table of one register.
template<int N>
CHAINRULE_SIMD_INLINE batch<float, N> exp_by_table(batch<float, N> u, const batch<float, N>* lo) {
    using B = batch<float, N>;
    constexpr float shifter = number_format<float>::shifter / 16;
    const B shifted = fma(u, exp_constants<float>::log2_e, B(shifter));
    const B exponent = shifted - shifter;
    B r = fma(exponent, -exp_table::ln2_lo, fma(exponent, -exp_table::ln2_hi, u));
    if (lo != nullptr) r += *lo;
    const auto chosen = (instruction::integers)shifted.lanes;
    const B power(instruction::chosen_entries(load<B>(exp_table::powers).lanes, chosen));
    const B slope = fma(fma(r, exp_table::cube, exp_table::square), r, 1.0F);
    const B rest(instruction::chosen_entries(load<B>(exp_table::rests).lanes, chosen));
    return scale(fma(fma(power, r, rest), slope, power), exponent);
}
#endif
template<class T, int N>
inline constexpr bool has_exp_table = std::is_same_v<T, float>&& has_scale_instruction<T, N>;

/// e^-|u|, the value that sigmoid, softplus and their derivatives share.
template<class T, int N>
CHAINRULE_SIMD_ATOM batch<T, N> exp_minus_absolute(batch<T, N> u) {
    const batch<T, N> bounded = larger_of(exp_constants<T>::underflow, negative_absolute(u));
#if defined(CHAINRULE_SIMD_AVX512)
    if constexpr (has_exp_table<T, N>) return exp_by_table<N>(bounded, nullptr);
    else
#endif
        return exp_below_one(reduce_exp(bounded));
}
/// The same for a u that is a number; of NaN it makes one.
template<class T, int N>
CHAINRULE_SIMD_ATOM batch<T, N> exp_minus_absolute_of_number(batch<T, N> u) {
#if defined(CHAINRULE_SIMD_AVX512)
    if constexpr (has_exp_table<T, N>) {
        const batch<T, N> limit(exp_constants<T>::underflow);
        return exp_by_table<N>(
            batch<T, N>(instruction::negative_smaller_magnitude(u.lanes, limit.lanes)), nullptr);
    }
#endif
    return exp_minus_absolute(u);
}
/// e^-|u + lo| for a small lo.
template<class T, int N>
CHAINRULE_SIMD_ATOM batch<T, N> exp_minus_absolute(batch<T, N> u, batch<T, N> lo) {
    using B = batch<T, N>;
    const B bounded = larger_of(exp_constants<T>::underflow, negative_absolute(u));
    const B low = sign_below_zero(clamp_low_part(lo), u);
#if defined(CHAINRULE_SIMD_AVX512)
    if constexpr (has_exp_table<T, N>) {
        return exp_by_table<N>(bounded, &low);
    } else
#endif
    {
        exp_reduction<B> reduced = reduce_exp(bounded);
        add_low_part(reduced, low);
        return exp_below_one(reduced);
    }
}

/// The parts of e^u, and e^u itself, but for large u, where it would become infinite.
template<class T, int N>
CHAINRULE_SIMD_INLINE exp_parts<batch<T, N>> split_capped_exp(batch<T, N> u) {
    using constants = exp_constants<T>;
    return split_exp(larger_of(constants::underflow, smaller_of(constants::cap, u)));
}
template<class T, int N>
CHAINRULE_SIMD_ATOM batch<T, N> capped_exp(batch<T, N> u) {
    return compose_below_one(split_capped_exp(u));
}
/// e^(u + lo) for a small lo.
template<class T, int N>
CHAINRULE_SIMD_ATOM batch<T, N> capped_exp(batch<T, N> u, batch<T, N> lo) {
    using constants = exp_constants<T>;
    return compose_below_one(split_exp(
        larger_of(constants::underflow, smaller_of(constants::cap, u)), clamp_low_part(lo)));
}

/// e^-|u| beside half_expm1_minus_absolute(u): the remainder and the polynomial are the same, so that the
/// compiler makes them once.
template<class T, int N>
CHAINRULE_SIMD_ATOM batch<T, N> exp_beside_expm1(batch<T, N> u) {
    return exp_below_one(reduce_exp(larger_of(exp_constants<T>::underflow, negative_absolute(u))));
}

/// (e^2u - 1) / 2 for u <= 0, in double with what its roundings lost: the steps of e^u - 1 with the powers of two in the
/// constants.
template<class T, int N>
CHAINRULE_SIMD_INLINE pair<batch<T, N>> half_expm1_twice_pair(batch<T, N> u) {
    using B = batch<T, N>;
    using constants = exp_constants<T>;
    constexpr auto scaled = [] {
        constexpr int size = sizeof(constants::coefficients) / sizeof(T);
        struct {
            T coefficients[size];
        } result{};
        T power = 2;
        for (int k = 0; k < size; ++k, power *= 2)
            result.coefficients[k] = constants::coefficients[k] * power;
        return result;
    }();
    const exp_reduction<B> reduced =
        reduce_exp_below_zero<2>(larger_of(constants::minus_one / 2, u));
    const B r = reduced.remainder;
    const B power = power_of(reduced);
    const B bend = polynomial(r, scaled.coefficients);
    const B base = fma(power, T(0.5), T(-0.5));
    if constexpr (sizeof(T) == 4) {
        const B result = fma(fma(r * r, bend, r), power, base);
        return {result, result};
    }
    const pair<B> m = fast_two_sum(r, fma(r * r, bend, reduced.rest));
    const pair<B> sum = two_sum(base, m.hi * power);  // that product is exact
    return {sum.hi, fma(m.lo, power, sum.lo)};
}
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> half_expm1_twice_below_zero(batch<T, N> u) {
    return half_expm1_twice_pair(u).hi;
}

/// -|u| reduced, for (e^-|u| - 1) / 2: far below zero that is -1/2, also with a larger exponent, whose power is normal.
template<class T, int N>
CHAINRULE_SIMD_INLINE exp_reduction<batch<T, N>> reduce_negative_absolute(batch<T, N> u) {
    using constants = exp_constants<T>;
    exp_reduction<batch<T, N>> reduced =
        reduce_exp(larger_of(constants::underflow, negative_absolute(u)));
    if constexpr (!has_scale_instruction<T, N>) {
        reduced.shifted =
            larger_of(number_format<T>::shifter + constants::minus_one * T(1.5), reduced.shifted);
    }
    return reduced;
}

/// (e^-|u| - 1) / 2, rounded once. Its remainder and polynomial are those of exp_beside_expm1.
template<class T, int N>
CHAINRULE_SIMD_ATOM batch<T, N> half_expm1_minus_absolute(batch<T, N> u) {
    using B = batch<T, N>;
    const exp_reduction<B> reduced = reduce_negative_absolute(u);
    return expm1_of(reduced, power_of<-1>(reduced), T(0.5));
}

/// half_expm1_minus_absolute with what its roundings lost, from the same remainder and polynomial; for doubles.
template<class T, int N>
CHAINRULE_SIMD_INLINE pair<batch<T, N>> half_expm1_minus_absolute_pair(batch<T, N> u) {
    using B = batch<T, N>;
    const exp_reduction<B> reduced = reduce_negative_absolute(u);
    const B power = power_of<-1>(reduced);
    const pair<B> above_one = expm1_remainder_pair(reduced);
    const pair<B> sum = two_sum(power - T(0.5), above_one.hi * power);  // that product is exact
    return {sum.hi, fma(above_one.lo, power, sum.lo)};
}

/// e^u - 1 for u <= 0, which needs no bound above and no halves; keeps the sign of a zero.
template<class T, int N>
CHAINRULE_SIMD_ATOM batch<T, N> expm1_below_zero(batch<T, N> u) {
    using constants = exp_constants<T>;
    const exp_reduction<batch<T, N>> reduced =
        reduce_exp_below_zero<1>(larger_of(constants::minus_one, u));
    return copy_sign(expm1_of(reduced, power_of(reduced)), u);
}

/// a (e^u - 1) + c, where the terms may cancel: with e^u - 1 = m 2^n + (2^n - 1) the rounding of m 2^n alone
/// counts. By halves, because 2^n may overflow where e^u does not.
template<class T, int N>
CHAINRULE_SIMD_ATOM batch<T, N> multiply_expm1_add(batch<T, N> a, batch<T, N> u, batch<T, N> c) {
    using B = batch<T, N>;
    using constants = exp_constants<T>;
    exp_reduction<B> reduced = reduce_exp(clamp_exp_argument(u));
    if constexpr (!has_scale_instruction<T, N>) {
        reduced.shifted =
            larger_of(number_format<T>::shifter + constants::minus_one * T(1.5), reduced.shifted);
    }
    const B power = power_of<-1>(reduced);
    if constexpr (sizeof(T) == 4) {
        const B half = fma(a * expm1_remainder(reduced), power, fma(a, power - T(0.5), c * T(0.5)));
        return half + half;
    }
    // With what the product and the sum lost.
    const pair<B> product = two_product(a, power - T(0.5));
    const pair<B> sum = two_sum(product.hi, c * T(0.5));
    const pair<B> above_one = expm1_remainder_pair(reduced);
    const pair<B> near = two_product(a, above_one.hi);
    const pair<B> half = two_sum(sum.hi, near.hi * power);
    const B near_lost = fma(a, above_one.lo, near.lo);
    const B result = half.hi + (half.lo + fma(near_lost, power, sum.lo + product.lo));
    return result + result;
}

/// e^u - 1 without cancellation; keeps the sign of a zero.
template<class T, int N>
CHAINRULE_SIMD_ATOM batch<T, N> expm1(batch<T, N> u) {
    using B = batch<T, N>;
    using constants = exp_constants<T>;
    exp_reduction<B> reduced = reduce_exp(clamp_exp_argument(u));
    if constexpr (!has_scale_instruction<T, N>) {
        // Far below zero the result is -1, also with a larger exponent, whose power is normal.
        reduced.shifted =
            larger_of(number_format<T>::shifter + constants::minus_one * T(1.5), reduced.shifted);
    }
    // By halves: 2^exponent may overflow where e^u does not.
    const B half = expm1_of(reduced, power_of<-1>(reduced), T(0.5));
    // There u is the result, also where its half is not a number of the format, and -0.
    constexpr T tiny = sizeof(T) == 4 ? T(0x1p-30) : T(0x1p-60);
    return select(absolute(u) < B(tiny), u, half + half);
}

}  // namespace CHAINRULE_SIMD_NAMESPACE
}  // namespace chainrule::detail::simd
