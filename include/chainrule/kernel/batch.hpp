// SPDX-License-Identifier: BSL-1.0
/// The vector type behind every kernel: `batch<T, N>` is N numbers of type T (float or double) in
/// one register of the instruction set this file is compiled for, `batch<T, 1>` is the scalar
/// policy with the same operations. Only what the kernels need.
#pragma once

#include <chainrule/kernel/instructions.hpp>

#include <bit>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpsabi"
#endif

namespace chainrule::detail::simd {
inline namespace CHAINRULE_SIMD_NAMESPACE {

/// The unsigned integer with the bits of T, and the field widths of T.
template<class T>
struct number_format;
template<>
struct number_format<float> {
    using unsigned_type = std::uint32_t;
    using signed_type = std::int32_t;
    static constexpr int mantissa_bits = 23;
    static constexpr float shifter = 0x1.8p23F;  ///< x + shifter rounds x to an integer
    static constexpr unsigned_type exponent_one = 0x3f800000U;
};
template<>
struct number_format<double> {
    using unsigned_type = std::uint64_t;
    using signed_type = std::int64_t;
    static constexpr int mantissa_bits = 52;
    static constexpr double shifter = 0x1.8p52;
    static constexpr unsigned_type exponent_one = 0x3ff0000000000000U;
};

/// One truth value per lane, as a comparison gives it (the compiler keeps it in a mask register).
template<class T, int N>
struct mask {
    using lane_type = std::conditional_t<N == 1, bool, typename number_format<T>::signed_type>;
    using vector_type = typename lanes_of<lane_type, N>::type;
    vector_type lanes;

    CHAINRULE_SIMD_INLINE constexpr bool operator[](int lane) const {
        if constexpr (N == 1) return static_cast<void>(lane), lanes;
        else return lanes[lane] != 0;
    }

    CHAINRULE_SIMD_INLINE friend constexpr mask operator&(mask a, mask b) {
        return {static_cast<vector_type>(a.lanes & b.lanes)};
    }
    CHAINRULE_SIMD_INLINE friend constexpr mask operator|(mask a, mask b) {
        return {static_cast<vector_type>(a.lanes | b.lanes)};
    }
    CHAINRULE_SIMD_INLINE friend constexpr mask operator!(mask a) {
        if constexpr (N == 1) return {!a.lanes};
        else return {~a.lanes};
    }
};

/// The bits of every lane as unsigned integers; arithmetic wraps.
template<class T, int N>
struct bit_batch {
    using lane_type = typename number_format<T>::unsigned_type;
    using vector_type = typename lanes_of<lane_type, N>::type;
    vector_type lanes;

    bit_batch() = default;
    CHAINRULE_SIMD_INLINE constexpr explicit bit_batch(vector_type v) requires(N != 1) : lanes(v) {}
    CHAINRULE_SIMD_INLINE constexpr bit_batch(lane_type v) {
        if constexpr (N == 1) lanes = v;
        else lanes = vector_type{} + v;
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
    /// Of magnitudes of numbers, which as signed integers have their order.
    CHAINRULE_SIMD_INLINE friend constexpr bit_batch smaller_of(bit_batch a, bit_batch b) {
        using signed_vector = typename mask<T, N>::vector_type;
        return bit_batch((vector_type)((signed_vector)a.lanes < (signed_vector)b.lanes
                                           ? (signed_vector)a.lanes
                                           : (signed_vector)b.lanes));
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
template<class T, int N>
struct batch {
    static_assert(std::is_same_v<T, float> || std::is_same_v<T, double>);
    using value_type = T;
    using mask_type = mask<T, N>;
    using bits_type = bit_batch<T, N>;
    using vector_type = typename lanes_of<T, N>::type;
    static constexpr int lane_count = N;
    vector_type lanes;

    batch() = default;
    CHAINRULE_SIMD_INLINE constexpr explicit batch(vector_type v) requires(N != 1) : lanes(v) {}
    CHAINRULE_SIMD_INLINE constexpr batch(T v) {
        if constexpr (N == 1) lanes = v;
        else lanes = v - vector_type{};  // v - 0 and not v + 0: keeps the sign of a zero
    }

    CHAINRULE_SIMD_INLINE constexpr T operator[](int lane) const {
        if constexpr (N == 1) return static_cast<void>(lane), lanes;
        else return lanes[lane];
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
template<class T, int N>
CHAINRULE_SIMD_INLINE constexpr bit_batch<T, N> bits(batch<T, N> a) {
    if constexpr (N == 1) return std::bit_cast<typename number_format<T>::unsigned_type>(a.lanes);
    else return bit_batch<T, N>((typename bit_batch<T, N>::vector_type)a.lanes);
}

/// The numbers with these bits.
template<class T, int N>
CHAINRULE_SIMD_INLINE constexpr batch<T, N> from_bits(bit_batch<T, N> a) {
    if constexpr (N == 1) return std::bit_cast<T>(a.lanes);
    else return batch<T, N>((typename batch<T, N>::vector_type)a.lanes);
}

/// The bit that holds the sign.
template<class T>
inline constexpr typename number_format<T>::unsigned_type sign_bit =
    typename number_format<T>::unsigned_type{1} << (8 * sizeof(T) - 1);

// ---- selection ------------------------------------------------------------------------------

/// Lane by lane: a where the mask is set, else b.
template<class T, int N>
CHAINRULE_SIMD_INLINE constexpr batch<T, N> select(mask<T, N> m, batch<T, N> a, batch<T, N> b) {
    return batch<T, N>(m.lanes ? a.lanes : b.lanes);
}
template<class T, int N>
CHAINRULE_SIMD_INLINE constexpr batch<T, N> select(mask<T, N> m, std::type_identity_t<T> a,
                                                   batch<T, N> b) {
    return select(m, batch<T, N>(a), b);
}
template<class T, int N>
CHAINRULE_SIMD_INLINE constexpr batch<T, N> select(mask<T, N> m, batch<T, N> a,
                                                   std::type_identity_t<T> b) {
    return select(m, a, batch<T, N>(b));
}
template<class T, int N>
CHAINRULE_SIMD_INLINE constexpr batch<T, N> select(mask<T, N> m, std::type_identity_t<T> a,
                                                   std::type_identity_t<T> b) {
    return select(m, batch<T, N>(a), batch<T, N>(b));
}

/// True if any lane is set.
template<class T, int N>
CHAINRULE_SIMD_INLINE bool any(mask<T, N> m) {
    using integer = std::conditional_t<sizeof(T) == 4, int, long long>;
    if constexpr (N == 1) return m.lanes;
    else return instruction::any_bits((typename lanes_of<integer, N>::type)m.lanes);
}

template<class T, int N>
CHAINRULE_SIMD_INLINE constexpr mask<T, N> is_nan(batch<T, N> a) {
    return a != a;
}
/// Whether any lane of a or of b is NaN.
template<class T, int N>
CHAINRULE_SIMD_INLINE bool any_nan(batch<T, N> a, batch<T, N> b) {
#if defined(CHAINRULE_SIMD_AVX512)
    if constexpr (N * sizeof(T) == 64) return instruction::any_nan(a.lanes, b.lanes);
#endif
    return any(is_nan(a) | is_nan(b));
}

// ---- arithmetic -----------------------------------------------------------------------------

/// a * b + c with one rounding where the hardware has it (has_fused_multiply_add), else with two.
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> fma(batch<T, N> a, batch<T, N> b, batch<T, N> c) {
    if constexpr (has_fused_multiply_add)
        return batch<T, N>(instruction::fused(a.lanes, b.lanes, c.lanes));
    else return a * b + c;
}
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> fma(batch<T, N> a, batch<T, N> b, std::type_identity_t<T> c) {
    return fma(a, b, batch<T, N>(c));
}
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> fma(batch<T, N> a, std::type_identity_t<T> b, batch<T, N> c) {
    return fma(a, batch<T, N>(b), c);
}
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> fma(batch<T, N> a, std::type_identity_t<T> b,
                                      std::type_identity_t<T> c) {
    return fma(a, batch<T, N>(b), batch<T, N>(c));
}

/// a > b ? a : b in one instruction: b if either is NaN, so a variable belongs second.
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> larger_or_second(batch<T, N> a, batch<T, N> b) {
    return batch<T, N>(instruction::larger(a.lanes, b.lanes));
}

/// a < b ? a : b in one instruction: b if either is NaN, so a variable belongs second.
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> smaller_or_second(batch<T, N> a, batch<T, N> b) {
    return batch<T, N>(instruction::smaller(a.lanes, b.lanes));
}

#if defined(CHAINRULE_SIMD_AVX512)
/// a or b, whichever is nearer to 0, but not NaN if only one is; the sign is that of either.
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> smaller_magnitude(batch<T, N> a, batch<T, N> b) {
    if constexpr (N * sizeof(T) == 64) {
        return batch<T, N>(instruction::smaller_magnitude(a.lanes, b.lanes));
    } else {
        return select(absolute(a) < absolute(b), a, b);
    }
}
#endif

/// Whether the compiler knows the lanes of a: then it is a number of the formula, and no NaN.
template<class T, int N>
CHAINRULE_SIMD_INLINE bool is_known(batch<T, N> a) {
#if defined(__GNUC__)
    if constexpr (N > 1) return __builtin_constant_p(a.lanes[0]);
#endif
    return false;
}

/// b where b is NaN, else a.
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> nan_of(batch<T, N> a, batch<T, N> b) {
    if (is_known(b)) return a;
#if defined(CHAINRULE_SIMD_AVX512)
    if constexpr (N * sizeof(T) == 64) return batch<T, N>(instruction::nan_of(a.lanes, b.lanes));
    else
#endif
        return select(is_nan(b), b, a);
}

/// max(a, b); NaN if either is NaN. Equal operands (so also the two zeros) give a, as in the scalar
/// function: max(x, 0) then is one instruction.
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> maximum(batch<T, N> a, batch<T, N> b) {
    return nan_of(larger_or_second(b, a), b);
}
/// min(a, b); NaN if either is NaN. Equal operands (so also the two zeros) give a.
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> minimum(batch<T, N> a, batch<T, N> b) {
    return nan_of(smaller_or_second(b, a), b);
}
// With a number (not NaN) for one operand one instruction is enough.
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> larger_of(std::type_identity_t<T> bound, batch<T, N> a) {
    return larger_or_second(batch<T, N>(bound), a);
}
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> smaller_of(std::type_identity_t<T> bound, batch<T, N> a) {
    return smaller_or_second(batch<T, N>(bound), a);
}

/// |a|.
template<class T, int N>
CHAINRULE_SIMD_INLINE constexpr batch<T, N> absolute(batch<T, N> a) {
    return from_bits(
        bits(a) &
        bit_batch<T, N>(static_cast<typename number_format<T>::unsigned_type>(~sign_bit<T>)));
}

/// Whether a has the sign of negative numbers; so may NaN and -0.
template<class T, int N>
CHAINRULE_SIMD_INLINE constexpr mask<T, N> has_sign(batch<T, N> a) {
    if constexpr (N == 1) return {(bits(a).lanes & sign_bit<T>) != 0};
    else return {(typename mask<T, N>::vector_type)a.lanes < 0};
}

/// -|a|.
template<class T, int N>
CHAINRULE_SIMD_INLINE constexpr batch<T, N> negative_absolute(batch<T, N> a) {
    return from_bits(bits(a) | bit_batch<T, N>(sign_bit<T>));
}

#if defined(CHAINRULE_SIMD_AVX512)
/// Any function of the bits of three whole registers: bit 4 a + 2 b + c of Table is the result.
template<int Table, class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> by_bits(batch<T, N> a, batch<T, N> b, batch<T, N> c) {
    using instruction::integers;
    return batch<T, N>((typename batch<T, N>::vector_type)instruction::of_three<Table>(
        (integers)a.lanes, (integers)b.lanes, (integers)c.lanes));
}
#endif

/// The magnitude of a with the sign of b.
template<class T, int N>
CHAINRULE_SIMD_INLINE constexpr batch<T, N> copy_sign(batch<T, N> a, batch<T, N> b) {
    using bit_type = bit_batch<T, N>;
    using lane_type = typename number_format<T>::unsigned_type;
#if defined(CHAINRULE_SIMD_AVX512)
    if constexpr (N * sizeof(T) == 64) {
        if (!std::is_constant_evaluated())
            return by_bits<0xd8>(a, b, from_bits(bit_type(sign_bit<T>)));
    }
#endif
    return from_bits((bits(a) & bit_type(static_cast<lane_type>(~sign_bit<T>))) |
                     (bits(b) & bit_type(sign_bit<T>)));
}

/// √a, correctly rounded.
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> square_root(batch<T, N> a) {
    return batch<T, N>(instruction::root(a.lanes));
}

/// The nearest integer, halves to even; keeps the sign of a zero.
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> round_half_even(batch<T, N> a) {
    using B = batch<T, N>;
    if constexpr (instruction::has_round && instruction::is_register<typename B::vector_type>) {
        return B(instruction::round(a.lanes));
    } else {
        // Adding 2^mantissa_bits pushes the fraction out of the significand.
        const B integer_from = number_format<T>::shifter / T(1.5);
        const B magnitude = absolute(a);
        const B rounded = (magnitude + integer_from) - integer_from;
        return select(magnitude < integer_from, copy_sign(rounded, a), a);
    }
}

/// The largest integer not above a; keeps the sign of a zero.
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> floor(batch<T, N> a) {
    using B = batch<T, N>;
    if constexpr (instruction::has_round && instruction::is_register<typename B::vector_type>) {
        return B(instruction::round_down(a.lanes));
    } else {
        const B rounded = round_half_even(a);
        return copy_sign(select(rounded > a, rounded - T(1), rounded), a);
    }
}

/// Whether scale() is one instruction that takes any exponent.
template<class T, int N>
inline constexpr bool has_scale_instruction =
    instruction::has_scale&& instruction::is_register<typename batch<T, N>::vector_type>;

/// 2^n for an integer-valued n with a normal result.
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> power_of_two(batch<T, N> n) {
    using format = number_format<T>;
    // The low bits of n + shifter are n; the shift drops all others.
    return from_bits((bits(n + format::shifter) << format::mantissa_bits) +
                     bit_batch<T, N>(format::exponent_one));
}

/// a * 2^n for an integer-valued n, rounded once also into the subnormals. Elsewhere than on
/// AVX-512: |a| in [1/4, 4] (or 0, inf, NaN) and 2^(n/2) must be normal.
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> scale(batch<T, N> a, batch<T, N> n) {
    using B = batch<T, N>;
    if constexpr (has_scale_instruction<T, N>) {
        return B(instruction::scale(a.lanes, n.lanes));
    } else {
        using format = number_format<T>;
        // Two factors, as 2^n alone may not be a normal number. The first product is exact.
        const B shifted = n * T(0.5) + format::shifter;
        const B half = shifted - format::shifter;
        const B first = from_bits((bits(shifted) << format::mantissa_bits) +
                                  bit_batch<T, N>(format::exponent_one));
        return a * first * power_of_two(n - half);
    }
}

/// a * 2^n for an integer-valued n with 2^n a normal number.
template<class T, int N>
CHAINRULE_SIMD_INLINE batch<T, N> scale_normal(batch<T, N> a, batch<T, N> n) {
    if constexpr (has_scale_instruction<T, N>) return scale(a, n);
    else return a * power_of_two(n);
}

// ---- memory ---------------------------------------------------------------------------------

/// N numbers from an address of any alignment.
template<class B>
CHAINRULE_SIMD_INLINE B load(const typename B::value_type* from) {
    B r;
    std::memcpy(&r.lanes, from, sizeof(r.lanes));
    return r;
}

/// N numbers to an address of any alignment.
template<class T, int N>
CHAINRULE_SIMD_INLINE void store(T* to, batch<T, N> a) {
    std::memcpy(to, &a.lanes, sizeof(a.lanes));
}

/// The first `count` (0 ... N) numbers, the other lanes 0; touches no memory behind them.
template<class B>
CHAINRULE_SIMD_INLINE B load_partial(const typename B::value_type* from, int count) {
    if constexpr (instruction::has_masks && instruction::is_register<typename B::vector_type>) {
        return B(instruction::load_masked(from, count));
    } else {
        typename B::value_type values[B::lane_count] = {};
        for (int i = 0; i < count; ++i) values[i] = from[i];
        return load<B>(values);
    }
}

/// The first `count` (0 ... N) lanes to memory; touches no memory behind them.
template<class T, int N>
CHAINRULE_SIMD_INLINE void store_partial(T* to, batch<T, N> a, int count) {
    if constexpr (instruction::has_masks &&
                  instruction::is_register<typename batch<T, N>::vector_type>) {
        instruction::store_masked(to, a.lanes, count);
    } else {
        for (int i = 0; i < count; ++i) to[i] = a[i];
    }
}

/// N numbers past the caches to an address aligned to the whole batch. Call store_fence() after
/// the loop, before another thread may look.
template<class T, int N>
CHAINRULE_SIMD_INLINE void store_streaming(T* to, batch<T, N> a) {
    if constexpr (instruction::is_register<typename batch<T, N>::vector_type>)
        instruction::stream(to, a.lanes);
    else store(to, a);
}

/// Orders the streaming stores before it ahead of everything behind it.
CHAINRULE_SIMD_INLINE void store_fence() {
#if defined(__SSE2__)
    __builtin_ia32_sfence();
#endif
}

}  // namespace CHAINRULE_SIMD_NAMESPACE
}  // namespace chainrule::detail::simd

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif
