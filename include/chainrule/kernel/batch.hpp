// SPDX-License-Identifier: BSL-1.0
/// The vector type behind every kernel: `batch<T, N>` is N numbers of type T (float or double)
/// in one register of the instruction set this file is compiled for, `batch<T, 1>` is the scalar
/// policy with the same operations. Only what the kernels need; no intrinsics header is included,
/// because it costs more to parse than the rest of the library.
#pragma once

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <type_traits>

#ifdef __FAST_MATH__
#error "chainrule: -ffast-math changes results; compile this file without it (-fno-fast-math), see docs/errors.md#fast-math"
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
// Batches are passed by value, always inlined: their calling convention is of no interest.
#pragma GCC diagnostic ignored "-Wpsabi"
#endif

namespace chainrule::detail::simd {
inline namespace CHAINRULE_SIMD_NAMESPACE {

/// The bytes of one register, the name of the instruction set, and whether fma is one instruction.
#if defined(CHAINRULE_SIMD_AVX512)
inline constexpr int register_bytes = 64;
inline constexpr std::string_view instruction_set = "avx512";
inline constexpr bool has_fused_multiply_add = true;
#elif defined(CHAINRULE_SIMD_AVX2)
inline constexpr int register_bytes = 32;
inline constexpr std::string_view instruction_set = "avx2";
inline constexpr bool has_fused_multiply_add = true;
#elif defined(CHAINRULE_SIMD_SSE2)
inline constexpr int register_bytes = 16;
inline constexpr std::string_view instruction_set = "sse2";
#ifdef __FMA__
inline constexpr bool has_fused_multiply_add = true;
#else
inline constexpr bool has_fused_multiply_add = false;
#endif
#elif defined(CHAINRULE_SIMD_NEON)
inline constexpr int register_bytes = 16;
inline constexpr std::string_view instruction_set = "neon";
inline constexpr bool has_fused_multiply_add = true;
#else
inline constexpr int register_bytes = 0;
inline constexpr std::string_view instruction_set = "generic";
#if defined(__FP_FAST_FMA) && defined(__FP_FAST_FMAF)
inline constexpr bool has_fused_multiply_add = true;
#else
inline constexpr bool has_fused_multiply_add = false;
#endif
#endif

/// Lanes of T in one register; 1 where this file knows no registers.
template <class T>
inline constexpr int native_lanes =
    register_bytes == 0 ? 1 : register_bytes / static_cast<int>(sizeof(T));

/// The unsigned integer with the bits of T, and the field widths of T.
template <class T>
struct number_format;
template <>
struct number_format<float> {
    using unsigned_type = std::uint32_t;
    using signed_type = std::int32_t;
    static constexpr int mantissa_bits = 23;
    static constexpr float shifter = 0x1.8p23F; ///< x + shifter rounds x to an integer
    static constexpr unsigned_type exponent_one = 0x3f800000U;
};
template <>
struct number_format<double> {
    using unsigned_type = std::uint64_t;
    using signed_type = std::int64_t;
    static constexpr int mantissa_bits = 52;
    static constexpr double shifter = 0x1.8p52;
    static constexpr unsigned_type exponent_one = 0x3ff0000000000000U;
};

#if defined(__GNUC__)
template <class T, int N>
struct lanes_of {
    typedef T type __attribute__((vector_size(N * sizeof(T))));
};
template <class T>
struct lanes_of<T, 1> {
    using type = T;
};
#else
template <class T, int N>
struct lanes_of {
    static_assert(N == 1, "chainrule: this compiler has no vector extension; use batch<T, 1>");
    using type = T;
};
#endif

/// One truth value per lane, as a comparison gives it (the compiler keeps it in a mask register).
template <class T, int N>
struct mask {
    using lane_type =
        std::conditional_t<N == 1, bool, typename number_format<T>::signed_type>;
    using vector_type = typename lanes_of<lane_type, N>::type;
    vector_type lanes;

    CHAINRULE_SIMD_INLINE friend constexpr mask operator&(mask a, mask b) {
        return {static_cast<vector_type>(a.lanes & b.lanes)};
    }
    CHAINRULE_SIMD_INLINE friend constexpr mask operator|(mask a, mask b) {
        return {static_cast<vector_type>(a.lanes | b.lanes)};
    }
    CHAINRULE_SIMD_INLINE friend constexpr mask operator!(mask a) {
        if constexpr (N == 1)
            return {!a.lanes};
        else
            return {~a.lanes};
    }
};

/// The bits of every lane as unsigned integers; arithmetic wraps.
template <class T, int N>
struct bit_batch {
    using lane_type = typename number_format<T>::unsigned_type;
    using vector_type = typename lanes_of<lane_type, N>::type;
    vector_type lanes;

    bit_batch() = default;
    CHAINRULE_SIMD_INLINE constexpr explicit bit_batch(vector_type v)
        requires(N != 1)
        : lanes(v) {}
    CHAINRULE_SIMD_INLINE constexpr bit_batch(lane_type v) {
        if constexpr (N == 1)
            lanes = v;
        else
            lanes = vector_type{} + v;
    }

    CHAINRULE_SIMD_INLINE friend constexpr bit_batch operator+(bit_batch a, bit_batch b) {
        return bit_batch(a.lanes + b.lanes);
    }
    CHAINRULE_SIMD_INLINE friend constexpr bit_batch operator-(bit_batch a, bit_batch b) {
        return bit_batch(a.lanes - b.lanes);
    }
    CHAINRULE_SIMD_INLINE friend constexpr bit_batch operator&(bit_batch a, bit_batch b) {
        return bit_batch(a.lanes & b.lanes);
    }
    CHAINRULE_SIMD_INLINE friend constexpr bit_batch operator|(bit_batch a, bit_batch b) {
        return bit_batch(a.lanes | b.lanes);
    }
    CHAINRULE_SIMD_INLINE friend constexpr bit_batch operator^(bit_batch a, bit_batch b) {
        return bit_batch(a.lanes ^ b.lanes);
    }
    CHAINRULE_SIMD_INLINE friend constexpr bit_batch operator<<(bit_batch a, int count) {
        return bit_batch(a.lanes << static_cast<lane_type>(count));
    }
    /// Set in every lane that is not zero.
    CHAINRULE_SIMD_INLINE constexpr mask<T, N> nonzero() const {
        return {(typename mask<T, N>::vector_type)(lanes != vector_type{})};
    }
    CHAINRULE_SIMD_INLINE friend constexpr bit_batch operator>>(bit_batch a, int count) {
        return bit_batch(a.lanes >> static_cast<lane_type>(count));
    }
};

/// N numbers of type T. Numbers convert implicitly (broadcast), so `u * T(2)` reads as it should.
template <class T, int N>
struct batch {
    static_assert(std::is_same_v<T, float> || std::is_same_v<T, double>);
    using value_type = T;
    using mask_type = mask<T, N>;
    using bits_type = bit_batch<T, N>;
    using vector_type = typename lanes_of<T, N>::type;
    static constexpr int lane_count = N;
    vector_type lanes;

    batch() = default;
    CHAINRULE_SIMD_INLINE constexpr explicit batch(vector_type v)
        requires(N != 1)
        : lanes(v) {}
    CHAINRULE_SIMD_INLINE constexpr batch(T v) {
        if constexpr (N == 1)
            lanes = v;
        else
            lanes = v - vector_type{}; // v - 0 and not v + 0: keeps the sign of a zero
    }

    CHAINRULE_SIMD_INLINE constexpr T operator[](int lane) const {
        if constexpr (N == 1)
            return static_cast<void>(lane), lanes;
        else
            return lanes[lane];
    }

    CHAINRULE_SIMD_INLINE friend constexpr batch operator+(batch a, batch b) {
        return batch(a.lanes + b.lanes);
    }
    CHAINRULE_SIMD_INLINE friend constexpr batch operator-(batch a, batch b) {
        return batch(a.lanes - b.lanes);
    }
    CHAINRULE_SIMD_INLINE friend constexpr batch operator*(batch a, batch b) {
        return batch(a.lanes * b.lanes);
    }
    CHAINRULE_SIMD_INLINE friend constexpr batch operator/(batch a, batch b) {
        return batch(a.lanes / b.lanes);
    }
    CHAINRULE_SIMD_INLINE friend constexpr batch operator-(batch a) { return batch(-a.lanes); }
    CHAINRULE_SIMD_INLINE friend constexpr batch operator+(batch a) { return a; }
    CHAINRULE_SIMD_INLINE constexpr batch& operator+=(batch b) { return *this = *this + b; }
    CHAINRULE_SIMD_INLINE constexpr batch& operator-=(batch b) { return *this = *this - b; }
    CHAINRULE_SIMD_INLINE constexpr batch& operator*=(batch b) { return *this = *this * b; }
    CHAINRULE_SIMD_INLINE constexpr batch& operator/=(batch b) { return *this = *this / b; }

    CHAINRULE_SIMD_INLINE friend constexpr mask_type operator<(batch a, batch b) {
        return {a.lanes < b.lanes};
    }
    CHAINRULE_SIMD_INLINE friend constexpr mask_type operator<=(batch a, batch b) {
        return {a.lanes <= b.lanes};
    }
    CHAINRULE_SIMD_INLINE friend constexpr mask_type operator>(batch a, batch b) {
        return {a.lanes > b.lanes};
    }
    CHAINRULE_SIMD_INLINE friend constexpr mask_type operator>=(batch a, batch b) {
        return {a.lanes >= b.lanes};
    }
    CHAINRULE_SIMD_INLINE friend constexpr mask_type operator==(batch a, batch b) {
        return {a.lanes == b.lanes};
    }
    CHAINRULE_SIMD_INLINE friend constexpr mask_type operator!=(batch a, batch b) {
        return {a.lanes != b.lanes};
    }
};

// ---- bit casts ------------------------------------------------------------------------------

/// The bits of every lane.
template <class T, int N>
CHAINRULE_SIMD_INLINE constexpr bit_batch<T, N> bits(batch<T, N> a) {
    if constexpr (N == 1)
        return std::bit_cast<typename number_format<T>::unsigned_type>(a.lanes);
    else
        return bit_batch<T, N>((typename bit_batch<T, N>::vector_type)a.lanes);
}

/// The numbers with these bits.
template <class T, int N>
CHAINRULE_SIMD_INLINE constexpr batch<T, N> from_bits(bit_batch<T, N> a) {
    if constexpr (N == 1)
        return std::bit_cast<T>(a.lanes);
    else
        return batch<T, N>((typename batch<T, N>::vector_type)a.lanes);
}

/// The bit that holds the sign.
template <class T>
inline constexpr typename number_format<T>::unsigned_type sign_bit =
    typename number_format<T>::unsigned_type{1} << (8 * sizeof(T) - 1);

// ---- selection ------------------------------------------------------------------------------

/// Lane by lane: a where the mask is set, else b.
template <class T, int N>
CHAINRULE_SIMD_INLINE constexpr batch<T, N> select(mask<T, N> m, batch<T, N> a, batch<T, N> b) {
    return batch<T, N>(m.lanes ? a.lanes : b.lanes);
}
template <class T, int N>
CHAINRULE_SIMD_INLINE constexpr batch<T, N> select(mask<T, N> m, std::type_identity_t<T> a,
                                                   batch<T, N> b) {
    return select(m, batch<T, N>(a), b);
}
template <class T, int N>
CHAINRULE_SIMD_INLINE constexpr batch<T, N> select(mask<T, N> m, batch<T, N> a,
                                                   std::type_identity_t<T> b) {
    return select(m, a, batch<T, N>(b));
}
template <class T, int N>
CHAINRULE_SIMD_INLINE constexpr batch<T, N> select(mask<T, N> m, std::type_identity_t<T> a,
                                                   std::type_identity_t<T> b) {
    return select(m, batch<T, N>(a), batch<T, N>(b));
}

/// True if any lane is set.
template <class T, int N>
CHAINRULE_SIMD_INLINE bool any(mask<T, N> m) {
    if constexpr (N == 1) {
        return m.lanes;
    } else {
#if defined(CHAINRULE_SIMD_AVX512)
        typedef int int_lanes __attribute__((vector_size(64)));
        typedef long long long_lanes __attribute__((vector_size(64)));
        if constexpr (sizeof(T) == 4 && N == 16)
            return __builtin_ia32_cvtd2mask512((int_lanes)m.lanes) != 0;
        else if constexpr (sizeof(T) == 8 && N == 8)
            return __builtin_ia32_cvtq2mask512((long_lanes)m.lanes) != 0;
#elif defined(CHAINRULE_SIMD_AVX2)
        typedef float float_lanes __attribute__((vector_size(32)));
        typedef double double_lanes __attribute__((vector_size(32)));
        if constexpr (sizeof(T) == 4 && N == 8)
            return __builtin_ia32_movmskps256((float_lanes)m.lanes) != 0;
        else if constexpr (sizeof(T) == 8 && N == 4)
            return __builtin_ia32_movmskpd256((double_lanes)m.lanes) != 0;
#elif defined(CHAINRULE_SIMD_SSE2)
        typedef float float_lanes __attribute__((vector_size(16)));
        typedef double double_lanes __attribute__((vector_size(16)));
        if constexpr (sizeof(T) == 4 && N == 4)
            return __builtin_ia32_movmskps((float_lanes)m.lanes) != 0;
        else if constexpr (sizeof(T) == 8 && N == 2)
            return __builtin_ia32_movmskpd((double_lanes)m.lanes) != 0;
#endif
        typename number_format<T>::signed_type set = 0;
        for (int i = 0; i < N; ++i)
            set |= m.lanes[i];
        return set != 0;
    }
}

template <class T, int N>
CHAINRULE_SIMD_INLINE constexpr mask<T, N> is_nan(batch<T, N> a) {
    return a != a;
}

// ---- arithmetic -----------------------------------------------------------------------------

/// a * b + c with one rounding where the hardware has it (has_fused_multiply_add), else with two.
template <class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> fma(batch<T, N> a, batch<T, N> b, batch<T, N> c) {
    if constexpr (!has_fused_multiply_add) {
        return a * b + c;
    } else if constexpr (N == 1) {
        if constexpr (sizeof(T) == 4)
            return __builtin_fmaf(a.lanes, b.lanes, c.lanes);
        else
            return __builtin_fma(a.lanes, b.lanes, c.lanes);
    } else {
#if defined(__clang__)
        return batch<T, N>(__builtin_elementwise_fma(a.lanes, b.lanes, c.lanes));
#else
        constexpr int bytes = N * static_cast<int>(sizeof(T));
        static_cast<void>(bytes);
#if defined(CHAINRULE_SIMD_AVX512)
        if constexpr (sizeof(T) == 4 && bytes == 64)
            return batch<T, N>(__builtin_ia32_vfmaddps512_mask(
                a.lanes, b.lanes, c.lanes, static_cast<unsigned short>(-1), 4));
        else if constexpr (sizeof(T) == 8 && bytes == 64)
            return batch<T, N>(__builtin_ia32_vfmaddpd512_mask(
                a.lanes, b.lanes, c.lanes, static_cast<unsigned char>(-1), 4));
        else
#endif
#if defined(CHAINRULE_SIMD_AVX512) || defined(CHAINRULE_SIMD_AVX2)
            if constexpr (sizeof(T) == 4 && bytes == 32)
            return batch<T, N>(__builtin_ia32_vfmaddps256(a.lanes, b.lanes, c.lanes));
        else if constexpr (sizeof(T) == 8 && bytes == 32)
            return batch<T, N>(__builtin_ia32_vfmaddpd256(a.lanes, b.lanes, c.lanes));
        else
#endif
#if defined(CHAINRULE_SIMD_NEON)
            if constexpr (sizeof(T) == 4 && bytes == 16)
            return batch<T, N>(__builtin_aarch64_fmav4sf(a.lanes, b.lanes, c.lanes));
        else if constexpr (sizeof(T) == 8 && bytes == 16)
            return batch<T, N>(__builtin_aarch64_fmav2df(a.lanes, b.lanes, c.lanes));
        else
#endif
        {
            batch<T, N> r;
            for (int i = 0; i < N; ++i)
                r.lanes[i] = std::fma(a.lanes[i], b.lanes[i], c.lanes[i]);
            return r;
        }
#endif
    }
}
template <class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> fma(batch<T, N> a, batch<T, N> b, std::type_identity_t<T> c) {
    return fma(a, b, batch<T, N>(c));
}
template <class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> fma(batch<T, N> a, std::type_identity_t<T> b, batch<T, N> c) {
    return fma(a, batch<T, N>(b), c);
}
template <class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> fma(batch<T, N> a, std::type_identity_t<T> b,
                                      std::type_identity_t<T> c) {
    return fma(a, batch<T, N>(b), batch<T, N>(c));
}

/// a > b ? a : b in one instruction: b if either is NaN, so a variable belongs second.
template <class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> larger_or_second(batch<T, N> a, batch<T, N> b) {
#if !defined(__clang__)
    constexpr int bytes = N * static_cast<int>(sizeof(T));
    static_cast<void>(bytes);
#if defined(CHAINRULE_SIMD_AVX512)
    if constexpr (sizeof(T) == 4 && bytes == 64)
        return batch<T, N>(__builtin_ia32_maxps512_mask(a.lanes, b.lanes, b.lanes,
                                                        static_cast<unsigned short>(-1), 4));
    else if constexpr (sizeof(T) == 8 && bytes == 64)
        return batch<T, N>(__builtin_ia32_maxpd512_mask(a.lanes, b.lanes, b.lanes,
                                                        static_cast<unsigned char>(-1), 4));
    else
#endif
#if defined(CHAINRULE_SIMD_AVX512) || defined(CHAINRULE_SIMD_AVX2)
        if constexpr (sizeof(T) == 4 && bytes == 32)
        return batch<T, N>(__builtin_ia32_maxps256(a.lanes, b.lanes));
    else if constexpr (sizeof(T) == 8 && bytes == 32)
        return batch<T, N>(__builtin_ia32_maxpd256(a.lanes, b.lanes));
    else
#endif
#if defined(__SSE2__)
        if constexpr (sizeof(T) == 4 && bytes == 16)
        return batch<T, N>(__builtin_ia32_maxps(a.lanes, b.lanes));
    else if constexpr (sizeof(T) == 8 && bytes == 16)
        return batch<T, N>(__builtin_ia32_maxpd(a.lanes, b.lanes));
    else
#endif
#endif
        return select(a > b, a, b);
}

/// a < b ? a : b in one instruction: b if either is NaN, so a variable belongs second.
template <class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> smaller_or_second(batch<T, N> a, batch<T, N> b) {
#if !defined(__clang__)
    constexpr int bytes = N * static_cast<int>(sizeof(T));
    static_cast<void>(bytes);
#if defined(CHAINRULE_SIMD_AVX512)
    if constexpr (sizeof(T) == 4 && bytes == 64)
        return batch<T, N>(__builtin_ia32_minps512_mask(a.lanes, b.lanes, b.lanes,
                                                        static_cast<unsigned short>(-1), 4));
    else if constexpr (sizeof(T) == 8 && bytes == 64)
        return batch<T, N>(__builtin_ia32_minpd512_mask(a.lanes, b.lanes, b.lanes,
                                                        static_cast<unsigned char>(-1), 4));
    else
#endif
#if defined(CHAINRULE_SIMD_AVX512) || defined(CHAINRULE_SIMD_AVX2)
        if constexpr (sizeof(T) == 4 && bytes == 32)
        return batch<T, N>(__builtin_ia32_minps256(a.lanes, b.lanes));
    else if constexpr (sizeof(T) == 8 && bytes == 32)
        return batch<T, N>(__builtin_ia32_minpd256(a.lanes, b.lanes));
    else
#endif
#if defined(__SSE2__)
        if constexpr (sizeof(T) == 4 && bytes == 16)
        return batch<T, N>(__builtin_ia32_minps(a.lanes, b.lanes));
    else if constexpr (sizeof(T) == 8 && bytes == 16)
        return batch<T, N>(__builtin_ia32_minpd(a.lanes, b.lanes));
    else
#endif
#endif
        return select(a < b, a, b);
}

/// max(a, b); NaN if either is NaN. Equal operands (so also the two zeros) give b.
template <class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> maximum(batch<T, N> a, batch<T, N> b) {
    return select(is_nan(a), a, larger_or_second(a, b));
}
/// min(a, b); NaN if either is NaN. Equal operands (so also the two zeros) give b.
template <class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> minimum(batch<T, N> a, batch<T, N> b) {
    return select(is_nan(a), a, smaller_or_second(a, b));
}
// With a number (not NaN) for one operand one instruction is enough.
template <class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> larger_of(std::type_identity_t<T> bound, batch<T, N> a) {
    return larger_or_second(batch<T, N>(bound), a);
}
template <class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> smaller_of(std::type_identity_t<T> bound, batch<T, N> a) {
    return smaller_or_second(batch<T, N>(bound), a);
}

/// |a|.
template <class T, int N>
CHAINRULE_SIMD_INLINE constexpr batch<T, N> absolute(batch<T, N> a) {
    return from_bits(bits(a) & bit_batch<T, N>(static_cast<typename number_format<T>::unsigned_type>(
                                   ~sign_bit<T>)));
}

/// -|a|.
template <class T, int N>
CHAINRULE_SIMD_INLINE constexpr batch<T, N> negative_absolute(batch<T, N> a) {
    return from_bits(bits(a) | bit_batch<T, N>(sign_bit<T>));
}

/// The magnitude of a with the sign of b.
template <class T, int N>
CHAINRULE_SIMD_INLINE constexpr batch<T, N> copy_sign(batch<T, N> a, batch<T, N> b) {
    using bit_type = bit_batch<T, N>;
    using lane_type = typename number_format<T>::unsigned_type;
    return from_bits((bits(a) & bit_type(static_cast<lane_type>(~sign_bit<T>))) |
                     (bits(b) & bit_type(sign_bit<T>)));
}

/// √a, correctly rounded.
template <class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> square_root(batch<T, N> a) {
    if constexpr (N == 1) {
        return std::sqrt(a.lanes);
    } else {
#if defined(__clang__)
        return batch<T, N>(__builtin_elementwise_sqrt(a.lanes));
#else
        constexpr int bytes = N * static_cast<int>(sizeof(T));
        static_cast<void>(bytes);
#if defined(CHAINRULE_SIMD_AVX512)
        if constexpr (sizeof(T) == 4 && bytes == 64)
            return batch<T, N>(__builtin_ia32_sqrtps512_mask(a.lanes, a.lanes,
                                                             static_cast<unsigned short>(-1), 4));
        else if constexpr (sizeof(T) == 8 && bytes == 64)
            return batch<T, N>(__builtin_ia32_sqrtpd512_mask(a.lanes, a.lanes,
                                                             static_cast<unsigned char>(-1), 4));
        else
#endif
#if defined(CHAINRULE_SIMD_AVX512) || defined(CHAINRULE_SIMD_AVX2)
            if constexpr (sizeof(T) == 4 && bytes == 32)
            return batch<T, N>(__builtin_ia32_sqrtps256(a.lanes));
        else if constexpr (sizeof(T) == 8 && bytes == 32)
            return batch<T, N>(__builtin_ia32_sqrtpd256(a.lanes));
        else
#endif
#if defined(__SSE2__)
            if constexpr (sizeof(T) == 4 && bytes == 16)
            return batch<T, N>(__builtin_ia32_sqrtps(a.lanes));
        else if constexpr (sizeof(T) == 8 && bytes == 16)
            return batch<T, N>(__builtin_ia32_sqrtpd(a.lanes));
        else
#endif
#if defined(CHAINRULE_SIMD_NEON)
            if constexpr (sizeof(T) == 4 && bytes == 16)
            return batch<T, N>(__builtin_aarch64_sqrtv4sf(a.lanes));
        else if constexpr (sizeof(T) == 8 && bytes == 16)
            return batch<T, N>(__builtin_aarch64_sqrtv2df(a.lanes));
        else
#endif
        {
            batch<T, N> r;
            for (int i = 0; i < N; ++i)
                r.lanes[i] = std::sqrt(a.lanes[i]);
            return r;
        }
#endif
    }
}

/// The nearest integer, halves to even; keeps the sign of a zero.
template <class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> round_half_even(batch<T, N> a) {
#if defined(CHAINRULE_SIMD_AVX512)
    if constexpr (sizeof(T) == 4 && N == 16)
        return batch<T, N>(__builtin_ia32_rndscaleps_mask(a.lanes, 8, a.lanes,
                                                          static_cast<unsigned short>(-1), 4));
    else if constexpr (sizeof(T) == 8 && N == 8)
        return batch<T, N>(__builtin_ia32_rndscalepd_mask(a.lanes, 8, a.lanes,
                                                          static_cast<unsigned char>(-1), 4));
    else
#elif defined(CHAINRULE_SIMD_AVX2)
    if constexpr (sizeof(T) == 4 && N == 8)
        return batch<T, N>(__builtin_ia32_roundps256(a.lanes, 8));
    else if constexpr (sizeof(T) == 8 && N == 4)
        return batch<T, N>(__builtin_ia32_roundpd256(a.lanes, 8));
    else
#endif
    {
        // Adding 2^mantissa_bits pushes the fraction out of the significand.
        constexpr T integer_from = number_format<T>::shifter / T(1.5);
        const batch<T, N> magnitude = absolute(a);
        const batch<T, N> rounded = (magnitude + integer_from) - batch<T, N>(integer_from);
        return select(magnitude < batch<T, N>(integer_from), copy_sign(rounded, a), a);
    }
}

/// The largest integer not above a; keeps the sign of a zero.
template <class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> floor(batch<T, N> a) {
#if defined(CHAINRULE_SIMD_AVX512)
    if constexpr (sizeof(T) == 4 && N == 16)
        return batch<T, N>(__builtin_ia32_rndscaleps_mask(a.lanes, 9, a.lanes,
                                                          static_cast<unsigned short>(-1), 4));
    else if constexpr (sizeof(T) == 8 && N == 8)
        return batch<T, N>(__builtin_ia32_rndscalepd_mask(a.lanes, 9, a.lanes,
                                                          static_cast<unsigned char>(-1), 4));
    else
#elif defined(CHAINRULE_SIMD_AVX2)
    if constexpr (sizeof(T) == 4 && N == 8)
        return batch<T, N>(__builtin_ia32_roundps256(a.lanes, 9));
    else if constexpr (sizeof(T) == 8 && N == 4)
        return batch<T, N>(__builtin_ia32_roundpd256(a.lanes, 9));
    else
#endif
    {
        const batch<T, N> rounded = round_half_even(a);
        return copy_sign(select(rounded > a, rounded - T(1), rounded), a);
    }
}

/// Whether scale() is one instruction that takes any exponent.
template <class T, int N>
inline constexpr bool has_scale_instruction =
    register_bytes == 64 && N * static_cast<int>(sizeof(T)) == 64;

/// 2^n for an integer-valued n with a normal result.
template <class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> power_of_two(batch<T, N> n) {
    using format = number_format<T>;
    // The low bits of n + shifter are n; the shift drops all others.
    return from_bits((bits(n + format::shifter) << format::mantissa_bits) +
                     bit_batch<T, N>(format::exponent_one));
}

/// a * 2^n for an integer-valued n, rounded once also into the subnormals. Elsewhere than on
/// AVX-512: |a| in [1/4, 4] (or 0, inf, NaN) and 2^(n/2) must be normal.
template <class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> scale(batch<T, N> a, batch<T, N> n) {
#if defined(CHAINRULE_SIMD_AVX512)
    if constexpr (sizeof(T) == 4 && N == 16)
        return batch<T, N>(__builtin_ia32_scalefps512_mask(a.lanes, n.lanes, a.lanes,
                                                           static_cast<unsigned short>(-1), 4));
    else if constexpr (sizeof(T) == 8 && N == 8)
        return batch<T, N>(__builtin_ia32_scalefpd512_mask(a.lanes, n.lanes, a.lanes,
                                                           static_cast<unsigned char>(-1), 4));
    else
#endif
    {
        using format = number_format<T>;
        // Two factors, as 2^n alone may not be a normal number. The first product is exact.
        const batch<T, N> shifted = n * T(0.5) + format::shifter;
        const batch<T, N> half = shifted - format::shifter;
        const batch<T, N> first = from_bits((bits(shifted) << format::mantissa_bits) +
                                            bit_batch<T, N>(format::exponent_one));
        return a * first * power_of_two(n - half);
    }
}

/// a * 2^n for an integer-valued n with 2^n a normal number.
template <class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> scale_normal(batch<T, N> a, batch<T, N> n) {
    if constexpr (has_scale_instruction<T, N>)
        return scale(a, n);
    else
        return a * power_of_two(n);
}

// ---- memory ---------------------------------------------------------------------------------

/// N numbers from an address of any alignment.
template <class B>
CHAINRULE_SIMD_INLINE B load(const typename B::value_type* from) {
    B r;
    __builtin_memcpy(&r.lanes, from, sizeof(r.lanes));
    return r;
}

/// N numbers to an address of any alignment.
template <class T, int N>
CHAINRULE_SIMD_INLINE void store(T* to, batch<T, N> a) {
    __builtin_memcpy(to, &a.lanes, sizeof(a.lanes));
}

#if defined(CHAINRULE_SIMD_AVX2)
/// All bits set in the first `count` lanes.
template <class T, int N>
CHAINRULE_SIMD_INLINE auto first_lanes(int count) {
    typename mask<T, N>::vector_type index;
    for (int i = 0; i < N; ++i)
        index[i] = i;
    return index < static_cast<typename number_format<T>::signed_type>(count);
}
#endif

/// The first `count` (0 ... N) numbers, the other lanes 0; touches no memory behind them.
template <class B>
CHAINRULE_SIMD_INLINE B load_partial(const typename B::value_type* from, int count) {
    using T = typename B::value_type;
    constexpr int N = B::lane_count;
#if defined(CHAINRULE_SIMD_AVX512)
    typename B::vector_type zero = {};
    if constexpr (sizeof(T) == 4 && N == 16)
        return B(__builtin_ia32_loadups512_mask(from, zero,
                                                static_cast<unsigned short>((1U << count) - 1U)));
    else if constexpr (sizeof(T) == 8 && N == 8)
        return B(__builtin_ia32_loadupd512_mask(from, zero,
                                                static_cast<unsigned char>((1U << count) - 1U)));
    else
#elif defined(CHAINRULE_SIMD_AVX2)
    typedef int int_lanes __attribute__((vector_size(32)));
    typedef long long long_lanes __attribute__((vector_size(32)));
    if constexpr (sizeof(T) == 4 && N == 8)
        return B(__builtin_ia32_maskloadps256(
            reinterpret_cast<const typename B::vector_type*>(from),
            (int_lanes)first_lanes<T, N>(count)));
    else if constexpr (sizeof(T) == 8 && N == 4)
        return B(__builtin_ia32_maskloadpd256(
            reinterpret_cast<const typename B::vector_type*>(from),
            (long_lanes)first_lanes<T, N>(count)));
    else
#endif
    {
        B r(T(0));
        for (int i = 0; i < count; ++i) {
            if constexpr (N == 1)
                r.lanes = from[i];
            else
                r.lanes[i] = from[i];
        }
        return r;
    }
}

/// The first `count` (0 ... N) lanes to memory; touches no memory behind them.
template <class T, int N>
CHAINRULE_SIMD_INLINE void store_partial(T* to, batch<T, N> a, int count) {
#if defined(CHAINRULE_SIMD_AVX512)
    if constexpr (sizeof(T) == 4 && N == 16)
        __builtin_ia32_storeups512_mask(to, a.lanes,
                                        static_cast<unsigned short>((1U << count) - 1U));
    else if constexpr (sizeof(T) == 8 && N == 8)
        __builtin_ia32_storeupd512_mask(to, a.lanes,
                                        static_cast<unsigned char>((1U << count) - 1U));
    else
#elif defined(CHAINRULE_SIMD_AVX2)
    typedef int int_lanes __attribute__((vector_size(32)));
    typedef long long long_lanes __attribute__((vector_size(32)));
    if constexpr (sizeof(T) == 4 && N == 8)
        __builtin_ia32_maskstoreps256(reinterpret_cast<typename batch<T, N>::vector_type*>(to),
                                      (int_lanes)first_lanes<T, N>(count), a.lanes);
    else if constexpr (sizeof(T) == 8 && N == 4)
        __builtin_ia32_maskstorepd256(reinterpret_cast<typename batch<T, N>::vector_type*>(to),
                                      (long_lanes)first_lanes<T, N>(count), a.lanes);
    else
#endif
    {
        for (int i = 0; i < count; ++i)
            to[i] = a[i];
    }
}

/// N numbers past the caches to an address aligned to the whole batch. Call store_fence() after
/// the loop, before another thread may look.
template <class T, int N>
CHAINRULE_SIMD_INLINE void store_streaming(T* to, batch<T, N> a) {
#if defined(__clang__)
    if constexpr (N > 1)
        __builtin_nontemporal_store(a.lanes,
                                    reinterpret_cast<typename batch<T, N>::vector_type*>(to));
    else
        store(to, a);
#else
    constexpr int bytes = N * static_cast<int>(sizeof(T));
    static_cast<void>(bytes);
#if defined(CHAINRULE_SIMD_AVX512)
    if constexpr (sizeof(T) == 4 && bytes == 64)
        __builtin_ia32_movntps512(to, a.lanes);
    else if constexpr (sizeof(T) == 8 && bytes == 64)
        __builtin_ia32_movntpd512(to, a.lanes);
    else
#endif
#if defined(CHAINRULE_SIMD_AVX512) || defined(CHAINRULE_SIMD_AVX2)
        if constexpr (sizeof(T) == 4 && bytes == 32)
        __builtin_ia32_movntps256(to, a.lanes);
    else if constexpr (sizeof(T) == 8 && bytes == 32)
        __builtin_ia32_movntpd256(to, a.lanes);
    else
#endif
#if defined(__SSE2__)
        if constexpr (sizeof(T) == 4 && bytes == 16)
        __builtin_ia32_movntps(to, a.lanes);
    else if constexpr (sizeof(T) == 8 && bytes == 16)
        __builtin_ia32_movntpd(to, a.lanes);
    else
#endif
        store(to, a);
#endif
}

/// Orders the streaming stores before it ahead of everything behind it.
CHAINRULE_SIMD_INLINE void store_fence() {
#if defined(__SSE2__)
    __builtin_ia32_sfence();
#endif
}

} // namespace CHAINRULE_SIMD_NAMESPACE
} // namespace chainrule::detail::simd

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif
