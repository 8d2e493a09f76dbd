// SPDX-License-Identifier: BSL-1.0
/// Which instruction set this file is compiled for, and its instructions under common names: first
/// the form that needs none, then a block per instruction set. Compiler built-ins instead of
/// <immintrin.h>, which costs more to parse (0.3 s) than the whole batch layer.
#pragma once

#include <cmath>
#include <cstdint>
#include <string_view>
#include <type_traits>

// Also parts of it, as far as the compiler tells.
#if defined(__FAST_MATH__) || (defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__) ||           \
    defined(__ASSOCIATIVE_MATH__) || defined(__RECIPROCAL_MATH__)
// clang-format off
#error "chainrule: -ffast-math changes results; compile this file without it (-fno-fast-math), see docs/errors.md#fast-math"
// clang-format on
#endif

// The instruction set is part of the (inline) namespace, so that object files compiled for
// different ones can be linked together without sharing a single instantiation.
#if defined(__AVX512F__) && defined(__AVX512DQ__) && defined(__GNUC__)
#define CHAINRULE_SIMD_NAMESPACE avx512
#define CHAINRULE_SIMD_AVX512 1
#elif defined(__AVX2__) && defined(__FMA__) && defined(__GNUC__)
#define CHAINRULE_SIMD_NAMESPACE avx2
#define CHAINRULE_SIMD_AVX2 1
#elif defined(__SSE2__) && defined(__GNUC__)
#define CHAINRULE_SIMD_NAMESPACE sse2
#define CHAINRULE_SIMD_SSE2 1
#elif defined(__aarch64__) && defined(__ARM_NEON) && defined(__GNUC__)
#define CHAINRULE_SIMD_NAMESPACE neon
#define CHAINRULE_SIMD_NEON 1
#else
#define CHAINRULE_SIMD_NAMESPACE generic
#endif

/// Before a loop over the steps or arrays of a program: g++ -O2 would keep what it works on in memory.
#if defined(__GNUC__)
#define CHAINRULE_UNROLL _Pragma("GCC unroll 64")
#else
#define CHAINRULE_UNROLL
#endif

#if defined(__GNUC__)
/// One instruction, more or less: inlined even at -O0, or the loops fall apart.
#define CHAINRULE_SIMD_INLINE [[gnu::always_inline]] inline
/// Never inlined: the rare lanes that are handed to the C library one by one.
#define CHAINRULE_SIMD_COLD [[gnu::noinline, gnu::cold]] inline
#else
#define CHAINRULE_SIMD_INLINE inline
#define CHAINRULE_SIMD_COLD inline
#endif
/// The elementary functions themselves. May be set before the first include.
#ifndef CHAINRULE_SIMD_ATOM
#define CHAINRULE_SIMD_ATOM inline
#endif

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
// Registers are passed by value, always inlined: their calling convention is of no interest.
#pragma GCC diagnostic ignored "-Wpsabi"
#endif

namespace chainrule::detail::simd {
inline namespace CHAINRULE_SIMD_NAMESPACE {

/// The name of the instruction set, the bytes of a register, and what has an instruction.
#if defined(CHAINRULE_SIMD_AVX512)
inline constexpr std::string_view instruction_set = "avx512";
inline constexpr int register_bytes = 64;
#elif defined(CHAINRULE_SIMD_AVX2)
inline constexpr std::string_view instruction_set = "avx2";
inline constexpr int register_bytes = 32;
#elif defined(CHAINRULE_SIMD_SSE2)
inline constexpr std::string_view instruction_set = "sse2";
inline constexpr int register_bytes = 16;
#elif defined(CHAINRULE_SIMD_NEON)
inline constexpr std::string_view instruction_set = "neon";
inline constexpr int register_bytes = 16;
#else
inline constexpr std::string_view instruction_set = "generic";
inline constexpr int register_bytes = 0;
#endif
#if defined(__FMA__) || defined(__aarch64__) || (defined(__FP_FAST_FMA) && defined(__FP_FAST_FMAF))
inline constexpr bool has_fused_multiply_add = true;
#else
inline constexpr bool has_fused_multiply_add = false;
#endif

/// N lanes of T as the compiler's vector type; one lane is T itself.
template<class T, int N>
struct lanes_of {
#if defined(__GNUC__)
    typedef T type __attribute__((vector_size(N * sizeof(T))));
#else
    static_assert(N == 1, "chainrule: this compiler has no vector extension; use batch<T, 1>");
    using type = T;
#endif
};
template<class T>
struct lanes_of<T, 1> {
    using type = T;
};

/// Lanes of T in one register; 1 where this file knows no registers.
template<class T>
inline constexpr int native_lanes = register_bytes == 0
    ? 1
    : register_bytes / static_cast<int>(sizeof(T));

namespace instruction {

template<class T>
using lanes = typename lanes_of<T, native_lanes<T>>::type;
using floats = lanes<float>;
using doubles = lanes<double>;
using integers = lanes<int>;
using long_integers = lanes<long long>;

/// A vector of exactly one register, for which the instructions below exist.
template<class V>
inline constexpr bool is_register = register_bytes != 0 &&
    (std::is_same_v<V, floats> || std::is_same_v<V, doubles>);

// ---- without any instruction set --------------------------------------------------------------

template<class V>
CHAINRULE_SIMD_INLINE V larger(V a, V b) {
    return a > b ? a : b;
}
template<class V>
CHAINRULE_SIMD_INLINE V smaller(V a, V b) {
    return a < b ? a : b;
}
template<class V>
CHAINRULE_SIMD_INLINE V fused(V a, V b, V c) {
    if constexpr (std::is_floating_point_v<V>) {
        return std::fma(a, b, c);
    } else {
#if defined(__clang__)
        return __builtin_elementwise_fma(a, b, c);
#else
        for (unsigned i = 0; i < sizeof(V) / sizeof(a[0]); ++i) a[i] = std::fma(a[i], b[i], c[i]);
        return a;
#endif
    }
}
template<class V>
CHAINRULE_SIMD_INLINE V root(V a) {
    if constexpr (std::is_floating_point_v<V>) {
        return std::sqrt(a);
    } else {
#if defined(__clang__)
        return __builtin_elementwise_sqrt(a);
#else
        for (unsigned i = 0; i < sizeof(V) / sizeof(a[0]); ++i) a[i] = std::sqrt(a[i]);
        return a;
#endif
    }
}
template<class V>
CHAINRULE_SIMD_INLINE bool any_bits(V a) {
    auto all = a[0];
    for (unsigned i = 1; i < sizeof(V) / sizeof(all); ++i) all |= a[i];
    return all != 0;
}

// Only for registers, and where the flag says so.
template<class V>
V round(V) = delete;
template<class V>
V round_down(V) = delete;
template<class V>
V scale(V, V) = delete;
template<class V>
V exponent(V) = delete;
template<class V>
V mantissa(V) = delete;
template<class T>
void load_masked(const T*, int) = delete;
template<class T, class V>
void store_masked(T*, V, int) = delete;
inline constexpr bool has_round = register_bytes >= 32;
inline constexpr bool has_scale = register_bytes == 64;  ///< and exponent, mantissa
inline constexpr bool has_masks = register_bytes >= 32;

// ---- binary16 storage -------------------------------------------------------------------------
#if defined(CHAINRULE_SIMD_AVX512)
#define CHAINRULE_SIMD_HALF 1
typedef short halves __attribute__((vector_size(32)));
CHAINRULE_SIMD_INLINE floats floats_of_halves(lanes_of<std::uint16_t, 16>::type a) {
    return __builtin_ia32_vcvtph2ps512_mask((halves)a, floats{}, static_cast<unsigned short>(-1),
                                            4);
}
CHAINRULE_SIMD_INLINE lanes_of<std::uint16_t, 16>::type halves_of_floats(floats a) {
    return (lanes_of<std::uint16_t, 16>::type)__builtin_ia32_vcvtps2ph512_mask(
        a, 0, halves{}, static_cast<unsigned short>(-1));
}
#elif defined(CHAINRULE_SIMD_AVX2) && defined(__F16C__)
#define CHAINRULE_SIMD_HALF 1
typedef short halves __attribute__((vector_size(16)));
CHAINRULE_SIMD_INLINE floats floats_of_halves(lanes_of<std::uint16_t, 8>::type a) {
    return __builtin_ia32_vcvtph2ps256((halves)a);
}
CHAINRULE_SIMD_INLINE lanes_of<std::uint16_t, 8>::type halves_of_floats(floats a) {
    return (lanes_of<std::uint16_t, 8>::type)__builtin_ia32_vcvtps2ph256(a, 0);
}
#endif

// ---- AVX-512 ----------------------------------------------------------------------------------
#if defined(CHAINRULE_SIMD_AVX512)

// The operands of a masked built-in that leave it unmasked, with the current rounding mode.
#define CHAINRULE_SIMD_ALL_FLOATS static_cast<unsigned short>(-1), 4
#define CHAINRULE_SIMD_ALL_DOUBLES static_cast<unsigned char>(-1), 4

CHAINRULE_SIMD_INLINE floats round(floats a) {
    return __builtin_ia32_rndscaleps_mask(a, 8, a, CHAINRULE_SIMD_ALL_FLOATS);
}
CHAINRULE_SIMD_INLINE doubles round(doubles a) {
    return __builtin_ia32_rndscalepd_mask(a, 8, a, CHAINRULE_SIMD_ALL_DOUBLES);
}
CHAINRULE_SIMD_INLINE floats round_down(floats a) {
    return __builtin_ia32_rndscaleps_mask(a, 9, a, CHAINRULE_SIMD_ALL_FLOATS);
}
CHAINRULE_SIMD_INLINE doubles round_down(doubles a) {
    return __builtin_ia32_rndscalepd_mask(a, 9, a, CHAINRULE_SIMD_ALL_DOUBLES);
}
/// a * 2^floor(n)
CHAINRULE_SIMD_INLINE floats scale(floats a, floats n) {
    return __builtin_ia32_scalefps512_mask(a, n, a, CHAINRULE_SIMD_ALL_FLOATS);
}
CHAINRULE_SIMD_INLINE doubles scale(doubles a, doubles n) {
    return __builtin_ia32_scalefpd512_mask(a, n, a, CHAINRULE_SIMD_ALL_DOUBLES);
}
/// floor(log2 |a|), also for a subnormal a
CHAINRULE_SIMD_INLINE floats exponent(floats a) {
    return __builtin_ia32_getexpps512_mask(a, a, CHAINRULE_SIMD_ALL_FLOATS);
}
CHAINRULE_SIMD_INLINE doubles exponent(doubles a) {
    return __builtin_ia32_getexppd512_mask(a, a, CHAINRULE_SIMD_ALL_DOUBLES);
}
/// |a| moved into [3/4, 3/2) by a power of two (control value 3)
CHAINRULE_SIMD_INLINE floats mantissa(floats a) {
    return __builtin_ia32_getmantps512_mask(a, 3, a, CHAINRULE_SIMD_ALL_FLOATS);
}
CHAINRULE_SIMD_INLINE doubles mantissa(doubles a) {
    return __builtin_ia32_getmantpd512_mask(a, 3, a, CHAINRULE_SIMD_ALL_DOUBLES);
}
/// By kind of number in b, four bits each: 0 keeps a, 1 takes b, 2 takes b as a quiet NaN, 8 is +0, 10 is 1.
/// From the lowest: quiet NaN, signalling NaN, zero, one, -inf, inf, negative, positive.
template<int Table>
CHAINRULE_SIMD_INLINE floats by_kind(floats a, floats b) {
    return __builtin_ia32_fixupimmps512_mask(a, b, integers{} + Table, 0,
                                             CHAINRULE_SIMD_ALL_FLOATS);
}
template<int Table>
CHAINRULE_SIMD_INLINE doubles by_kind(doubles a, doubles b) {
    return __builtin_ia32_fixupimmpd512_mask(a, b, long_integers{} + Table, 0,
                                             CHAINRULE_SIMD_ALL_DOUBLES);
}
/// Any function of three bits by its table: bit 4 a + 2 b + c of Table is the result.
template<int Table>
CHAINRULE_SIMD_INLINE integers of_three(integers a, integers b, integers c) {
    return __builtin_ia32_pternlogd512_mask(a, b, c, Table, static_cast<unsigned short>(-1));
}
/// Of every lane the entry of a table of 16 that its four low bits choose.
CHAINRULE_SIMD_INLINE floats chosen_entries(floats table, integers index) {
#if defined(__clang__)
    return __builtin_ia32_permvarsf512(table, index);
#else
    return __builtin_ia32_permvarsf512_mask(table, index, table, static_cast<unsigned short>(-1));
#endif
}
/// a or b, whichever is nearer to 0, with the sign of a; b if a is NaN.
CHAINRULE_SIMD_INLINE floats smaller_magnitude(floats a, floats b) {
    return __builtin_ia32_rangeps512_mask(a, b, 2, a, CHAINRULE_SIMD_ALL_FLOATS);
}
CHAINRULE_SIMD_INLINE doubles smaller_magnitude(doubles a, doubles b) {
    return __builtin_ia32_rangepd512_mask(a, b, 2, a, CHAINRULE_SIMD_ALL_DOUBLES);
}
/// -min(|a|, |b|), not NaN if only one is.
CHAINRULE_SIMD_INLINE floats negative_smaller_magnitude(floats a, floats b) {
    return __builtin_ia32_rangeps512_mask(a, b, 14, a, CHAINRULE_SIMD_ALL_FLOATS);
}
using half_of_floats [[gnu::vector_size(32)]] = float;
/// Eight floats as doubles: g++ 12 makes five instructions of a conversion.
CHAINRULE_SIMD_INLINE doubles widened(half_of_floats a) {
    return __builtin_ia32_cvtps2pd512_mask(a, doubles{}, CHAINRULE_SIMD_ALL_DOUBLES);
}
/// b where b is NaN, else a.
template<class V>
CHAINRULE_SIMD_INLINE V nan_of(V a, V b) {
    return by_kind<0x00000022>(a, b);
}
/// 1 for a > 0, b for a <= 0, NaN for NaN.
template<class V>
CHAINRULE_SIMD_INLINE V one_if_positive(V a, V b) {
    return by_kind<static_cast<int>(0xa0a0a022U)>(b, a);
}
/// Whether any lane of a or of b is NaN.
CHAINRULE_SIMD_INLINE bool any_nan(floats a, floats b) {
    return __builtin_ia32_cmpps512_mask(a, b, 3, CHAINRULE_SIMD_ALL_FLOATS) != 0;
}
CHAINRULE_SIMD_INLINE bool any_nan(doubles a, doubles b) {
    return __builtin_ia32_cmppd512_mask(a, b, 3, CHAINRULE_SIMD_ALL_DOUBLES) != 0;
}
/// The lanes that are NaN, zero, subnormal or infinite.
CHAINRULE_SIMD_INLINE unsigned short unusual_lanes(floats a) {
    return static_cast<unsigned short>(
        __builtin_ia32_fpclassps512_mask(a, 0xbf, static_cast<unsigned short>(-1)));
}
CHAINRULE_SIMD_INLINE unsigned short unusual_lanes(doubles a) {
    return static_cast<unsigned char>(
        __builtin_ia32_fpclasspd512_mask(a, 0xbf, static_cast<unsigned char>(-1)));
}
template<class V>
CHAINRULE_SIMD_INLINE bool any_unusual(V a) {
    const unsigned short lanes = unusual_lanes(a);
    return __builtin_ia32_kortestzhi(lanes, lanes) == 0;
}
template<class V>
CHAINRULE_SIMD_INLINE bool any_unusual(V a, V b) {
    return __builtin_ia32_kortestzhi(unusual_lanes(a), unusual_lanes(b)) == 0;
}
CHAINRULE_SIMD_INLINE bool any_bits(integers a) { return __builtin_ia32_cvtd2mask512(a) != 0; }
CHAINRULE_SIMD_INLINE bool any_bits(long_integers a) { return __builtin_ia32_cvtq2mask512(a) != 0; }
CHAINRULE_SIMD_INLINE floats load_masked(const float* from, int count) {
    return __builtin_ia32_loadups512_mask(from, floats{},
                                          static_cast<unsigned short>((1U << count) - 1U));
}
CHAINRULE_SIMD_INLINE doubles load_masked(const double* from, int count) {
    return __builtin_ia32_loadupd512_mask(from, doubles{},
                                          static_cast<unsigned char>((1U << count) - 1U));
}
CHAINRULE_SIMD_INLINE void store_masked(float* to, floats a, int count) {
    __builtin_ia32_storeups512_mask(to, a, static_cast<unsigned short>((1U << count) - 1U));
}
CHAINRULE_SIMD_INLINE void store_masked(double* to, doubles a, int count) {
    __builtin_ia32_storeupd512_mask(to, a, static_cast<unsigned char>((1U << count) - 1U));
}

#if !defined(__clang__)  // which finds these instructions by itself
CHAINRULE_SIMD_INLINE floats larger(floats a, floats b) {
    return __builtin_ia32_maxps512_mask(a, b, b, CHAINRULE_SIMD_ALL_FLOATS);
}
CHAINRULE_SIMD_INLINE doubles larger(doubles a, doubles b) {
    return __builtin_ia32_maxpd512_mask(a, b, b, CHAINRULE_SIMD_ALL_DOUBLES);
}
CHAINRULE_SIMD_INLINE floats smaller(floats a, floats b) {
    return __builtin_ia32_minps512_mask(a, b, b, CHAINRULE_SIMD_ALL_FLOATS);
}
CHAINRULE_SIMD_INLINE doubles smaller(doubles a, doubles b) {
    return __builtin_ia32_minpd512_mask(a, b, b, CHAINRULE_SIMD_ALL_DOUBLES);
}
CHAINRULE_SIMD_INLINE floats fused(floats a, floats b, floats c) {
    return __builtin_ia32_vfmaddps512_mask(a, b, c, CHAINRULE_SIMD_ALL_FLOATS);
}
CHAINRULE_SIMD_INLINE doubles fused(doubles a, doubles b, doubles c) {
    return __builtin_ia32_vfmaddpd512_mask(a, b, c, CHAINRULE_SIMD_ALL_DOUBLES);
}
CHAINRULE_SIMD_INLINE floats root(floats a) {
    return __builtin_ia32_sqrtps512_mask(a, a, CHAINRULE_SIMD_ALL_FLOATS);
}
CHAINRULE_SIMD_INLINE doubles root(doubles a) {
    return __builtin_ia32_sqrtpd512_mask(a, a, CHAINRULE_SIMD_ALL_DOUBLES);
}
CHAINRULE_SIMD_INLINE void stream(float* to, floats a) { __builtin_ia32_movntps512(to, a); }
CHAINRULE_SIMD_INLINE void stream(double* to, doubles a) { __builtin_ia32_movntpd512(to, a); }
#endif
#undef CHAINRULE_SIMD_ALL_FLOATS
#undef CHAINRULE_SIMD_ALL_DOUBLES

// ---- AVX2 with FMA ----------------------------------------------------------------------------
#elif defined(CHAINRULE_SIMD_AVX2)

CHAINRULE_SIMD_INLINE floats round(floats a) { return __builtin_ia32_roundps256(a, 8); }
CHAINRULE_SIMD_INLINE doubles round(doubles a) { return __builtin_ia32_roundpd256(a, 8); }
CHAINRULE_SIMD_INLINE floats round_down(floats a) { return __builtin_ia32_roundps256(a, 9); }
CHAINRULE_SIMD_INLINE doubles round_down(doubles a) { return __builtin_ia32_roundpd256(a, 9); }
CHAINRULE_SIMD_INLINE bool any_bits(integers a) {
    return __builtin_ia32_movmskps256((floats)a) != 0;
}
CHAINRULE_SIMD_INLINE bool any_bits(long_integers a) {
    return __builtin_ia32_movmskpd256((doubles)a) != 0;
}
CHAINRULE_SIMD_INLINE integers first_floats(int count) {
    return integers{0, 1, 2, 3, 4, 5, 6, 7} < count;
}
CHAINRULE_SIMD_INLINE long_integers first_doubles(int count) {
    return (long_integers)(long_integers{0, 1, 2, 3} < static_cast<long long>(count));
}
CHAINRULE_SIMD_INLINE floats load_masked(const float* from, int count) {
    return __builtin_ia32_maskloadps256(reinterpret_cast<const floats*>(from), first_floats(count));
}
CHAINRULE_SIMD_INLINE doubles load_masked(const double* from, int count) {
    return __builtin_ia32_maskloadpd256(reinterpret_cast<const doubles*>(from),
                                        first_doubles(count));
}
CHAINRULE_SIMD_INLINE void store_masked(float* to, floats a, int count) {
    __builtin_ia32_maskstoreps256(reinterpret_cast<floats*>(to), first_floats(count), a);
}
CHAINRULE_SIMD_INLINE void store_masked(double* to, doubles a, int count) {
    __builtin_ia32_maskstorepd256(reinterpret_cast<doubles*>(to), first_doubles(count), a);
}

#if !defined(__clang__)
CHAINRULE_SIMD_INLINE floats larger(floats a, floats b) { return __builtin_ia32_maxps256(a, b); }
CHAINRULE_SIMD_INLINE doubles larger(doubles a, doubles b) { return __builtin_ia32_maxpd256(a, b); }
CHAINRULE_SIMD_INLINE floats smaller(floats a, floats b) { return __builtin_ia32_minps256(a, b); }
CHAINRULE_SIMD_INLINE doubles smaller(doubles a, doubles b) {
    return __builtin_ia32_minpd256(a, b);
}
CHAINRULE_SIMD_INLINE floats fused(floats a, floats b, floats c) {
    return __builtin_ia32_vfmaddps256(a, b, c);
}
CHAINRULE_SIMD_INLINE doubles fused(doubles a, doubles b, doubles c) {
    return __builtin_ia32_vfmaddpd256(a, b, c);
}
CHAINRULE_SIMD_INLINE floats root(floats a) { return __builtin_ia32_sqrtps256(a); }
CHAINRULE_SIMD_INLINE doubles root(doubles a) { return __builtin_ia32_sqrtpd256(a); }
CHAINRULE_SIMD_INLINE void stream(float* to, floats a) { __builtin_ia32_movntps256(to, a); }
CHAINRULE_SIMD_INLINE void stream(double* to, doubles a) { __builtin_ia32_movntpd256(to, a); }
#endif

// ---- SSE2 -------------------------------------------------------------------------------------
#elif defined(CHAINRULE_SIMD_SSE2)

CHAINRULE_SIMD_INLINE bool any_bits(integers a) { return __builtin_ia32_movmskps((floats)a) != 0; }
CHAINRULE_SIMD_INLINE bool any_bits(long_integers a) {
    return __builtin_ia32_movmskpd((doubles)a) != 0;
}

#if !defined(__clang__)
CHAINRULE_SIMD_INLINE floats larger(floats a, floats b) { return __builtin_ia32_maxps(a, b); }
CHAINRULE_SIMD_INLINE doubles larger(doubles a, doubles b) { return __builtin_ia32_maxpd(a, b); }
CHAINRULE_SIMD_INLINE floats smaller(floats a, floats b) { return __builtin_ia32_minps(a, b); }
CHAINRULE_SIMD_INLINE doubles smaller(doubles a, doubles b) { return __builtin_ia32_minpd(a, b); }
#if defined(__FMA__)
CHAINRULE_SIMD_INLINE floats fused(floats a, floats b, floats c) {
    return __builtin_ia32_vfmaddps(a, b, c);
}
CHAINRULE_SIMD_INLINE doubles fused(doubles a, doubles b, doubles c) {
    return __builtin_ia32_vfmaddpd(a, b, c);
}
#endif
CHAINRULE_SIMD_INLINE floats root(floats a) { return __builtin_ia32_sqrtps(a); }
CHAINRULE_SIMD_INLINE doubles root(doubles a) { return __builtin_ia32_sqrtpd(a); }
CHAINRULE_SIMD_INLINE void stream(float* to, floats a) { __builtin_ia32_movntps(to, a); }
CHAINRULE_SIMD_INLINE void stream(double* to, doubles a) { __builtin_ia32_movntpd(to, a); }
#endif

// ---- NEON -------------------------------------------------------------------------------------
#elif defined(CHAINRULE_SIMD_NEON) && !defined(__clang__)

CHAINRULE_SIMD_INLINE floats fused(floats a, floats b, floats c) {
    return __builtin_aarch64_fmav4sf(a, b, c);
}
CHAINRULE_SIMD_INLINE doubles fused(doubles a, doubles b, doubles c) {
    return __builtin_aarch64_fmav2df(a, b, c);
}
CHAINRULE_SIMD_INLINE floats root(floats a) { return __builtin_aarch64_sqrtv4sf(a); }
CHAINRULE_SIMD_INLINE doubles root(doubles a) { return __builtin_aarch64_sqrtv2df(a); }
#endif

#if defined(__clang__)
template<class T, class V>
CHAINRULE_SIMD_INLINE void stream(T* to, V a) {
    __builtin_nontemporal_store(a, reinterpret_cast<V*>(to));
}
#elif !defined(__SSE2__)
template<class T, class V>
CHAINRULE_SIMD_INLINE void stream(T* to, V a) {
    __builtin_memcpy(to, &a, sizeof(a));
}
#endif

}  // namespace instruction
}  // namespace CHAINRULE_SIMD_NAMESPACE
}  // namespace chainrule::detail::simd

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif
