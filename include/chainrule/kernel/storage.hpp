// SPDX-License-Identifier: BSL-1.0
/// Types that numbers are stored in and the batches they are worked on in: float16 and bfloat16 are
/// stored only, the arithmetic is float; with the tag `accurate` float is worked on as double. The
/// conversion is part of the loop.
#pragma once

#include <chainrule/kernel/batch.hpp>

namespace chainrule {

namespace detail::simd {
inline namespace CHAINRULE_SIMD_NAMESPACE {

/// N unsigned 32-bit integers, one for N = 1.
template<int N>
using words = typename lanes_of<std::uint32_t, N>::type;

template<class To, class From>
CHAINRULE_SIMD_INLINE constexpr To choose(From condition, To a, To b) {
    return condition ? a : b;
}

/// The bits of a float from those of a binary16 number, exactly.
template<int N>
CHAINRULE_SIMD_INLINE constexpr words<N> float_bits_of_half(words<N> half) {
    const words<N> magnitude = half & 0x7fffU;
    // The exponent moves by 112 in a multiplication, which also normalises subnormal numbers.
    const batch<float, N> moved =
        from_bits(bit_batch<float, N>(words<N>(magnitude << 13U))) * batch<float, N>(0x1p112F);
    const words<N> finite = bits(moved).lanes;
    const words<N> special = (magnitude << 13U) | 0x7f800000U;
    return choose(magnitude < 0x7c00U, finite, special) | ((half & 0x8000U) << 16U);
}

/// The bits of the nearest binary16 number, ties to even; NaN stays NaN.
template<int N>
CHAINRULE_SIMD_INLINE constexpr words<N> half_bits_of_float(words<N> u) {
    const words<N> magnitude = u & 0x7fffffffU;
    // Normal: rounded in integers, the carry runs into the exponent. Subnormal: an addition rounds.
    const words<N> normal = (magnitude + 0xfffU + ((magnitude >> 13U) & 1U) - (112U << 23U)) >> 13U;
    const batch<float, N> shifted =
        from_bits(bit_batch<float, N>(magnitude)) + batch<float, N>(0.5F);
    const words<N> subnormal = bits(shifted).lanes - 0x3f000000U;
    const words<N> infinite =
        choose(magnitude > 0x7f800000U, words<N>{} + 0x7e00U, words<N>{} + 0x7c00U);
    const words<N> finite = choose(magnitude < 0x38800000U, subnormal, normal);
    return choose(magnitude >= 0x47800000U, infinite, finite) | ((u >> 16U) & 0x8000U);
}

/// The bits of the nearest bfloat16 number, ties to even; NaN stays NaN.
template<int N>
CHAINRULE_SIMD_INLINE constexpr words<N> bfloat_bits_of_float(words<N> u) {
    const words<N> rounded = (u + 0x7fffU + ((u >> 16U) & 1U)) >> 16U;
    return choose((u & 0x7fffffffU) > 0x7f800000U, (u >> 16U) | 0x40U, rounded);
}

}  // namespace CHAINRULE_SIMD_NAMESPACE
}  // namespace detail::simd

/// A number of IEEE binary16: 11 significant bits, largest 65504. Storage only.
struct float16 {
    std::uint16_t bits = 0;

    float16() = default;
    constexpr explicit float16(float value)
        : bits(static_cast<std::uint16_t>(
              detail::simd::half_bits_of_float<1>(std::bit_cast<std::uint32_t>(value)))) {}
    constexpr operator float() const {
        return std::bit_cast<float>(detail::simd::float_bits_of_half<1>(bits));
    }
};

/// The upper half of a float: 8 significant bits, the range of float. Storage only.
struct bfloat16 {
    std::uint16_t bits = 0;

    bfloat16() = default;
    constexpr explicit bfloat16(float value)
        : bits(static_cast<std::uint16_t>(
              detail::simd::bfloat_bits_of_float<1>(std::bit_cast<std::uint32_t>(value)))) {}
    constexpr operator float() const { return std::bit_cast<float>(std::uint32_t{bits} << 16U); }
};

/// A tag among the bindings of a kernel call: float, float16 and bfloat16 are worked on in double and rounded
/// once, to at most 0.51 ULP. At a third of the speed. With double ranges it changes nothing.
struct accurate_tag {};
inline constexpr accurate_tag accurate;

namespace detail {

template<class B>
inline constexpr bool is_accurate_tag = std::is_same_v<std::remove_cvref_t<B>, accurate_tag>;

// g++ 12 has the limits of _Float16 on ARM, but not the type.
#if defined(__FLT16_MAX__) && (defined(__clang__) || defined(__SSE2__) || __GNUC__ >= 13)
__extension__ typedef _Float16 compiler_float16;
#else
using compiler_float16 = float16;
#endif

template<class S>
inline constexpr bool is_float16 =
    std::is_same_v<S, float16> || std::is_same_v<S, compiler_float16>;

/// What a kernel can read and write.
template<class S>
inline constexpr bool is_storage = std::is_same_v<S, float> || std::is_same_v<S, double> ||
    is_float16<S> || std::is_same_v<S, bfloat16>;

/// The type in which the numbers given with a call are held: user constants are rounded to it.
template<class S>
using number_of = std::conditional_t<std::is_same_v<S, double>, double, float>;

/// The type of the arithmetic.
template<class S, bool Accurate>
using working_number = std::conditional_t<Accurate, double, number_of<S>>;

/// The batch that ranges of S are worked on in, in a call with these arguments.
template<class S, class... Arguments>
using working_batch =
    simd::batch<working_number<S, (is_accurate_tag<Arguments> || ...)>,
                simd::native_lanes<working_number<S, (is_accurate_tag<Arguments> || ...)>>>;

namespace simd {
inline namespace CHAINRULE_SIMD_NAMESPACE {

/// N stored numbers as a vector.
template<class S, int N>
struct stored {
    using lane_type = std::conditional_t<sizeof(S) == 2, std::uint16_t, S>;
    using type = typename lanes_of<lane_type, N>::type;
};

template<class To, class From>
CHAINRULE_SIMD_INLINE To convert_lanes(From from) {
    if constexpr (std::is_arithmetic_v<From>) return static_cast<To>(from);
    else return __builtin_convertvector(from, To);
}

template<class S, int N>
CHAINRULE_SIMD_INLINE batch<float, N> floats_of_16_bits(typename stored<S, N>::type raw) {
#if defined(CHAINRULE_SIMD_HALF)
    using B = batch<float, N>;
    if constexpr (is_float16<S> && instruction::is_register<typename B::vector_type>) {
        return B(instruction::floats_of_halves(raw));
    }
#endif
    const auto wide = convert_lanes<words<N>>(raw);
    if constexpr (is_float16<S>) return from_bits(bit_batch<float, N>(float_bits_of_half<N>(wide)));
    else return from_bits(bit_batch<float, N>(words<N>(wide << 16U)));
}

template<class S, int N>
CHAINRULE_SIMD_INLINE typename stored<S, N>::type round_to_16_bits(batch<float, N> a) {
#if defined(CHAINRULE_SIMD_HALF)
    if constexpr (is_float16<S> &&
                  instruction::is_register<typename batch<float, N>::vector_type>) {
        return instruction::halves_of_floats(a.lanes);
    }
#endif
    const words<N> u = bits(a).lanes;
    if constexpr (is_float16<S>)
        return convert_lanes<typename stored<S, N>::type>(half_bits_of_float<N>(u));
    else return convert_lanes<typename stored<S, N>::type>(bfloat_bits_of_float<N>(u));
}

/// A batch of numbers stored as S.
template<class B, class S>
CHAINRULE_SIMD_INLINE B load_as(const S* from) {
    using T = typename B::value_type;
    constexpr int n = B::lane_count;
    if constexpr (std::is_same_v<S, T>) {
        return load<B>(from);
    } else {
        typename stored<S, n>::type raw;
        std::memcpy(&raw, from, sizeof(raw));
        if constexpr (sizeof(S) == 2) {
            const batch<float, n> floats = floats_of_16_bits<S, n>(raw);
            B result;
            result.lanes = convert_lanes<typename B::vector_type>(floats.lanes);
            return result;
        } else {
            B result;
            result.lanes = convert_lanes<typename B::vector_type>(raw);
            return result;
        }
    }
}

/// A batch to memory as numbers of type S, each rounded to nearest, ties to even.
template<class S, class T, int N>
CHAINRULE_SIMD_INLINE void store_as(S* to, batch<T, N> a) {
    if constexpr (std::is_same_v<S, T>) {
        store(to, a);
    } else {
        typename stored<S, N>::type raw;
        if constexpr (sizeof(S) == 2) {
            batch<float, N> floats;  // 13 digits more than needed: rounding twice costs 2^-14 ULP
            floats.lanes = convert_lanes<typename batch<float, N>::vector_type>(a.lanes);
            raw = round_to_16_bits<S, N>(floats);
        } else raw = convert_lanes<typename stored<S, N>::type>(a.lanes);
        std::memcpy(static_cast<void*>(to), &raw, sizeof(raw));
    }
}

/// The first `count` numbers, the other lanes 0; touches no memory behind them.
template<class B, class S>
CHAINRULE_SIMD_INLINE B load_partial_as(const S* from, int count) {
    if constexpr (std::is_same_v<S, typename B::value_type>) {
        return load_partial<B>(from, count);
    } else {
        typename stored<S, B::lane_count>::lane_type values[B::lane_count] = {};
        std::memcpy(values, from, static_cast<std::size_t>(count) * sizeof(S));
        return load_as<B>(reinterpret_cast<const S*>(values));
    }
}

/// The first `count` lanes to memory as numbers of type S; touches no memory behind them.
template<class S, class T, int N>
CHAINRULE_SIMD_INLINE void store_partial_as(S* to, batch<T, N> a, int count) {
    if constexpr (std::is_same_v<S, T>) {
        store_partial(to, a, count);
    } else {
        typename stored<S, N>::lane_type values[N];
        store_as(reinterpret_cast<S*>(values), a);
        std::memcpy(static_cast<void*>(to), values, static_cast<std::size_t>(count) * sizeof(S));
    }
}

}  // namespace CHAINRULE_SIMD_NAMESPACE
}  // namespace simd
}  // namespace detail
}  // namespace chainrule
