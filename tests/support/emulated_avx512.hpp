// SPDX-License-Identifier: BSL-1.0
/// The instructions of AVX-512 that kernel/instructions.hpp names, worked out with those of AVX2: the kernels for AVX-512
/// then run on a machine without it, and their results can be looked at. Before all else (-march=haswell -include this);
/// g++ only. What a masked built-in is given besides its operands is ignored: kernels never mask or round otherwise.
/// Source: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2.
#pragma once

#include <immintrin.h>  // before the macros: with them it would take the instructions for granted

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>

#define CHAINRULE_EMULATED_AVX512 1
#define __AVX512F__ 1
#define __AVX512DQ__ 1
#define __AVX512BW__ 1
#define __AVX512VL__ 1

namespace emulated_avx512 {

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpsabi"
#define CHAINRULE_EMULATED [[gnu::always_inline]] inline

typedef float floats __attribute__((vector_size(64)));
typedef double doubles __attribute__((vector_size(64)));
typedef int integers __attribute__((vector_size(64)));
typedef long long long_integers __attribute__((vector_size(64)));
typedef float half_floats __attribute__((vector_size(32)));
typedef double half_doubles __attribute__((vector_size(32)));
typedef short half_shorts __attribute__((vector_size(32)));

template<class V>
struct halves {
    typedef std::remove_cvref_t<decltype(V{}[0])> lane;
    typedef lane type __attribute__((vector_size(32)));
    type low, high;
};
template<class V>
CHAINRULE_EMULATED halves<V> split(V a) {
    return std::bit_cast<halves<V>>(a);
}
template<class V>
CHAINRULE_EMULATED V join(halves<V> a) {
    return std::bit_cast<V>(a);
}
template<class V>
using lane_of = typename halves<V>::lane;
template<class V>
inline constexpr int lane_count = 64 / sizeof(lane_of<V>);

/// Two registers of SSE, for conversions of half precision.
struct two_quarters {
    __m128i low, high;
};

template<class V, class Function, class... More>
CHAINRULE_EMULATED V each(Function function, More... arguments) {
    V result;
    for (int i = 0; i < lane_count<V>; ++i) result[i] = function(arguments[i]...);
    return result;
}

template<int How>
CHAINRULE_EMULATED floats rounded(floats a) {
    auto [low, high] = split(a);
    return join<floats>({_mm256_round_ps(low, How), _mm256_round_ps(high, How)});
}
template<int How>
CHAINRULE_EMULATED doubles rounded(doubles a) {
    auto [low, high] = split(a);
    return join<doubles>({_mm256_round_pd(low, How), _mm256_round_pd(high, How)});
}

CHAINRULE_EMULATED float scaled_lane(float a, float n) {
    n = std::floor(n);
    if (n != n || std::isinf(n)) return a * std::exp2(n);
    const int whole = static_cast<int>(std::fmax(-500.0F, std::fmin(500.0F, n)));
    return static_cast<float>(a * std::bit_cast<double>((std::uint64_t(1023 + whole)) << 52));
}
inline double scaled_lane(double a, double n) {
    n = std::floor(n);
    if (n != n || std::isinf(n)) return a * std::exp2(n);
    return std::scalbn(a, static_cast<int>(std::fmax(-5000.0, std::fmin(5000.0, n))));
}
template<class V>
CHAINRULE_EMULATED V scaled(V a, V n) {
    return each<V>([](auto u, auto v) { return scaled_lane(u, v); }, a, n);
}

template<class T>
inline T exponent_lane(T a) {
    if (a != a) return a;
    if (std::isinf(a)) return std::numeric_limits<T>::infinity();
    return a == 0 ? -std::numeric_limits<T>::infinity() : static_cast<T>(std::ilogb(a));
}
template<class T>
inline T mantissa_lane(T a) {  // in [3/4, 3/2), with the sign of a
    if (a != a) return a;
    if (a == 0 || std::isinf(a)) return std::copysign(T(1), a);
    const T one_to_two = std::scalbn(a, -std::ilogb(a));
    return std::fabs(one_to_two) < T(1.5) ? one_to_two : one_to_two / 2;
}
template<class V>
CHAINRULE_EMULATED V exponent(V a) {
    return each<V>([](auto u) { return exponent_lane(u); }, a);
}
template<class V>
CHAINRULE_EMULATED V mantissa(V a) {
    return each<V>([](auto u) { return mantissa_lane(u); }, a);
}

template<class T>
inline bool is_signalling(T a) {
    using bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
    return a != a && (std::bit_cast<bits>(a) >> (std::numeric_limits<T>::digits - 2) & 1) == 0;
}
template<class T>
inline T quiet(T a) {
    return a + a;
}
template<class T>
inline T fixed_lane(T destination, T source, std::uint32_t table) {
    using limits = std::numeric_limits<T>;
    const int token = source != source ? (is_signalling(source) ? 1 : 0)
        : source == 0                  ? 2
        : source == 1                  ? 3
        : std::isinf(source)           ? (source < 0 ? 4 : 5)
        : source < 0                   ? 6
                                       : 7;
    switch (table >> (4 * token) & 15) {
    case 0:
        return destination;
    case 1:
        return source;
    case 2:
        return source != source ? quiet(source) : limits::quiet_NaN();
    case 3:
        return -limits::quiet_NaN();
    case 4:
        return -limits::infinity();
    case 5:
        return limits::infinity();
    case 6:
        return std::copysign(limits::infinity(), source);
    case 7:
        return T(-0.0);
    case 8:
        return T(0);
    case 9:
        return T(-1);
    case 10:
        return T(1);
    case 11:
        return T(0.5);
    case 12:
        return T(90);
    case 13:
        return T(1.57079632679489661923);
    case 14:
        return limits::max();
    default:
        return limits::lowest();
    }
}
template<class V, class Table>
CHAINRULE_EMULATED V fixed(V destination, V source, Table table) {
    return each<V>(
        [](auto u, auto v, auto entries) {
            return fixed_lane(u, v, static_cast<std::uint32_t>(entries));
        },
        destination, source, table);
}

template<int Table>
CHAINRULE_EMULATED integers of_three(integers a, integers b, integers c) {
    integers result{};
    for (int k = 0; k < 8; ++k) {
        if (Table >> k & 1) result |= ((k & 4) ? a : ~a) & ((k & 2) ? b : ~b) & ((k & 1) ? c : ~c);
    }
    return result;
}
CHAINRULE_EMULATED floats chosen(floats table, integers index) {
    floats result;
    for (int i = 0; i < 16; ++i) result[i] = table[index[i] & 15];
    return result;
}

/// VRANGE for the smaller magnitude: How is 2 (sign of a) or 14 (sign set).
template<int How, class T>
inline T smaller_magnitude_lane(T a, T b) {
    static_assert(How == 2 || How == 14);
    if (is_signalling(a)) return quiet(a);
    if (is_signalling(b)) return quiet(b);
    const T result = a != a ? b : b != b ? a : std::fabs(a) <= std::fabs(b) ? a : b;
    return How == 14 ? -std::fabs(result) : std::copysign(result, a);
}
template<int How, class V>
CHAINRULE_EMULATED V smaller_magnitude(V a, V b) {
    return each<V>([](auto u, auto v) { return smaller_magnitude_lane<How>(u, v); }, a, b);
}

CHAINRULE_EMULATED doubles widened(half_floats a) { return __builtin_convertvector(a, doubles); }
template<class V, class Predicate, class... More>
CHAINRULE_EMULATED unsigned lanes_where(Predicate predicate, V first, More... more) {
    unsigned result = 0;
    for (int i = 0; i < lane_count<V>; ++i)
        result |= static_cast<unsigned>(predicate(first[i], more[i]...)) << i;
    return result;
}
template<class V>
CHAINRULE_EMULATED unsigned unordered(V a, V b) {
    return lanes_where([](auto u, auto v) { return u != u || v != v; }, a, b);
}
/// All classes of VFPCLASS (0xbf) but negative numbers.
template<class V>
CHAINRULE_EMULATED unsigned classified(V a) {
    return lanes_where([](auto u) { return !std::isnormal(u); }, a);
}
template<class V>
CHAINRULE_EMULATED unsigned negative(V a) {
    return lanes_where([](auto u) { return u < 0; }, a);
}
template<class V>
CHAINRULE_EMULATED V loaded(const lane_of<V>* from, V other, unsigned mask) {
    for (int i = 0; i < lane_count<V>; ++i) {
        if (mask >> i & 1) other[i] = from[i];
    }
    return other;
}
template<class V>
CHAINRULE_EMULATED void stored(lane_of<V>* to, V a, unsigned mask) {
    for (int i = 0; i < lane_count<V>; ++i) {
        if (mask >> i & 1) to[i] = a[i];
    }
}
CHAINRULE_EMULATED floats larger(floats a, floats b) {
    auto [al, ah] = split(a);
    auto [bl, bh] = split(b);
    return join<floats>({_mm256_max_ps(al, bl), _mm256_max_ps(ah, bh)});
}
CHAINRULE_EMULATED doubles larger(doubles a, doubles b) {
    auto [al, ah] = split(a);
    auto [bl, bh] = split(b);
    return join<doubles>({_mm256_max_pd(al, bl), _mm256_max_pd(ah, bh)});
}
CHAINRULE_EMULATED floats smaller(floats a, floats b) {
    auto [al, ah] = split(a);
    auto [bl, bh] = split(b);
    return join<floats>({_mm256_min_ps(al, bl), _mm256_min_ps(ah, bh)});
}
CHAINRULE_EMULATED doubles smaller(doubles a, doubles b) {
    auto [al, ah] = split(a);
    auto [bl, bh] = split(b);
    return join<doubles>({_mm256_min_pd(al, bl), _mm256_min_pd(ah, bh)});
}
CHAINRULE_EMULATED floats fused(floats a, floats b, floats c) {
    auto [al, ah] = split(a);
    auto [bl, bh] = split(b);
    auto [cl, ch] = split(c);
    return join<floats>({_mm256_fmadd_ps(al, bl, cl), _mm256_fmadd_ps(ah, bh, ch)});
}
CHAINRULE_EMULATED doubles fused(doubles a, doubles b, doubles c) {
    auto [al, ah] = split(a);
    auto [bl, bh] = split(b);
    auto [cl, ch] = split(c);
    return join<doubles>({_mm256_fmadd_pd(al, bl, cl), _mm256_fmadd_pd(ah, bh, ch)});
}
CHAINRULE_EMULATED floats root(floats a) {
    auto [low, high] = split(a);
    return join<floats>({_mm256_sqrt_ps(low), _mm256_sqrt_ps(high)});
}
CHAINRULE_EMULATED doubles root(doubles a) {
    auto [low, high] = split(a);
    return join<doubles>({_mm256_sqrt_pd(low), _mm256_sqrt_pd(high)});
}
CHAINRULE_EMULATED void streamed(float* to, floats a) {
    auto [low, high] = split(a);
    _mm256_stream_ps(to, low);
    _mm256_stream_ps(to + 8, high);
}
CHAINRULE_EMULATED void streamed(double* to, doubles a) {
    auto [low, high] = split(a);
    _mm256_stream_pd(to, low);
    _mm256_stream_pd(to + 4, high);
}
CHAINRULE_EMULATED floats of_halves(half_shorts a) {
    const auto [low, high] = std::bit_cast<two_quarters>(a);
    return join<floats>({_mm256_cvtph_ps(low), _mm256_cvtph_ps(high)});
}
CHAINRULE_EMULATED half_shorts to_halves(floats a) {
    auto [low, high] = split(a);
    return std::bit_cast<half_shorts>(
        two_quarters{_mm256_cvtps_ph(low, 0), _mm256_cvtps_ph(high, 0)});
}
#undef CHAINRULE_EMULATED
#pragma GCC diagnostic pop
}  // namespace emulated_avx512

#define __builtin_ia32_vcvtph2ps512_mask(a, ...) emulated_avx512::of_halves(a)
#define __builtin_ia32_vcvtps2ph512_mask(a, ...) emulated_avx512::to_halves(a)
#define __builtin_ia32_rndscaleps_mask(a, how, ...) emulated_avx512::rounded<how>(a)
#define __builtin_ia32_rndscalepd_mask(a, how, ...) emulated_avx512::rounded<how>(a)
#define __builtin_ia32_scalefps512_mask(a, n, ...) emulated_avx512::scaled(a, n)
#define __builtin_ia32_scalefpd512_mask(a, n, ...) emulated_avx512::scaled(a, n)
#define __builtin_ia32_getexpps512_mask(a, ...) emulated_avx512::exponent(a)
#define __builtin_ia32_getexppd512_mask(a, ...) emulated_avx512::exponent(a)
#define __builtin_ia32_getmantps512_mask(a, ...) emulated_avx512::mantissa(a)
#define __builtin_ia32_getmantpd512_mask(a, ...) emulated_avx512::mantissa(a)
#define __builtin_ia32_fixupimmps512_mask(a, b, table, ...) emulated_avx512::fixed(a, b, table)
#define __builtin_ia32_fixupimmpd512_mask(a, b, table, ...) emulated_avx512::fixed(a, b, table)
#define __builtin_ia32_pternlogd512_mask(a, b, c, table, ...)                                      \
    emulated_avx512::of_three<table>(a, b, c)
#define __builtin_ia32_permvarsf512_mask(table, index, ...) emulated_avx512::chosen(table, index)
#define __builtin_ia32_rangeps512_mask(a, b, how, ...) emulated_avx512::smaller_magnitude<how>(a, b)
#define __builtin_ia32_rangepd512_mask(a, b, how, ...) emulated_avx512::smaller_magnitude<how>(a, b)
#define __builtin_ia32_cvtps2pd512_mask(a, ...) emulated_avx512::widened(a)
#define __builtin_ia32_cmpps512_mask(a, b, ...) emulated_avx512::unordered(a, b)
#define __builtin_ia32_cmppd512_mask(a, b, ...) emulated_avx512::unordered(a, b)
#define __builtin_ia32_fpclassps512_mask(a, ...) emulated_avx512::classified(a)
#define __builtin_ia32_fpclasspd512_mask(a, ...) emulated_avx512::classified(a)
#define __builtin_ia32_kortestzhi(a, b) static_cast<int>(((a) | (b)) == 0)
#define __builtin_ia32_cvtd2mask512(a) emulated_avx512::negative(a)
#define __builtin_ia32_cvtq2mask512(a) emulated_avx512::negative(a)
#define __builtin_ia32_loadups512_mask(from, other, mask)                                          \
    emulated_avx512::loaded<emulated_avx512::floats>(from, other, mask)
#define __builtin_ia32_loadupd512_mask(from, other, mask)                                          \
    emulated_avx512::loaded<emulated_avx512::doubles>(from, other, mask)
#define __builtin_ia32_storeups512_mask(to, a, mask) emulated_avx512::stored(to, a, mask)
#define __builtin_ia32_storeupd512_mask(to, a, mask) emulated_avx512::stored(to, a, mask)
#define __builtin_ia32_maxps512_mask(a, b, ...) emulated_avx512::larger(a, b)
#define __builtin_ia32_maxpd512_mask(a, b, ...) emulated_avx512::larger(a, b)
#define __builtin_ia32_minps512_mask(a, b, ...) emulated_avx512::smaller(a, b)
#define __builtin_ia32_minpd512_mask(a, b, ...) emulated_avx512::smaller(a, b)
#define __builtin_ia32_vfmaddps512_mask(a, b, c, ...) emulated_avx512::fused(a, b, c)
#define __builtin_ia32_vfmaddpd512_mask(a, b, c, ...) emulated_avx512::fused(a, b, c)
#define __builtin_ia32_sqrtps512_mask(a, ...) emulated_avx512::root(a)
#define __builtin_ia32_sqrtpd512_mask(a, ...) emulated_avx512::root(a)
#define __builtin_ia32_movntps512(to, a) emulated_avx512::streamed(to, a)
#define __builtin_ia32_movntpd512(to, a) emulated_avx512::streamed(to, a)
