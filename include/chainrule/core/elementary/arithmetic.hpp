// SPDX-License-Identifier: BSL-1.0
/// + - * / that may overflow or give NaN in constant evaluation, where the language refuses both.
#pragma once

#include <chainrule/core/elementary/float_parts.hpp>

#include <concepts>
#include <limits>
#include <type_traits>

namespace chainrule::detail::elementary {

namespace own {

template<std::floating_point T>
constexpr T signed_infinity(bool negative) {
    return negative ? -std::numeric_limits<T>::infinity() : std::numeric_limits<T>::infinity();
}

template<std::floating_point T>
constexpr T size_of(T x) {
    return x < 0 ? -x : x;
}

template<std::floating_point T>
constexpr bool is_unusual(T a, T b) {
    constexpr T most = std::numeric_limits<T>::max();
    return !(size_of(a) <= most) || !(size_of(b) <= most);
}

template<std::floating_point T>
constexpr T add(T a, T b) {
    constexpr T most = std::numeric_limits<T>::max();
    if (a != a || b != b) return std::numeric_limits<T>::quiet_NaN();
    if (is_unusual(a, b)) {
        if (is_unusual(a, T(0)) && is_unusual(b, T(0)) && (a < 0) != (b < 0))
            return std::numeric_limits<T>::quiet_NaN();
        return is_unusual(a, T(0)) ? a : b;
    }
    if ((a < 0) == (b < 0) && size_of(a) > most - size_of(b)) return signed_infinity<T>(a < 0);
    return a + b;
}

template<std::floating_point T>
constexpr T multiply(T a, T b) {
    constexpr T most = std::numeric_limits<T>::max();
    if (a != a || b != b) return std::numeric_limits<T>::quiet_NaN();
    const bool negative = (a < 0) != (b < 0);
    if (is_unusual(a, b))
        return a == 0 || b == 0 ? std::numeric_limits<T>::quiet_NaN()
                                : signed_infinity<T>(negative);
    if (size_of(a) > 1 && size_of(b) > most / size_of(a)) return signed_infinity<T>(negative);
    return a * b;
}

template<std::floating_point T>
constexpr T divide(T a, T b) {
    constexpr T most = std::numeric_limits<T>::max();
    if (a != a || b != b) return std::numeric_limits<T>::quiet_NaN();
    const bool negative = sign_bit(a) != sign_bit(b);
    if (b == 0) return a == 0 ? std::numeric_limits<T>::quiet_NaN() : signed_infinity<T>(negative);
    if (is_unusual(a, T(0)))
        return is_unusual(b, T(0)) ? std::numeric_limits<T>::quiet_NaN()
                                   : signed_infinity<T>(negative);
    if (is_unusual(b, T(0))) return negative ? -T(0) : T(0);
    if (size_of(b) < 1 && size_of(a) > most * size_of(b)) return signed_infinity<T>(negative);
    return a / b;
}

}  // namespace own

/// a + b, for scalars and, at run time, for anything with that operator.
template<class T>
constexpr T add(T a, T b) {
    if constexpr (std::floating_point<T>) {
        if (std::is_constant_evaluated()) return own::add(a, b);
    }
    return a + b;
}
template<class T>
constexpr T subtract(T a, T b) {
    if constexpr (std::floating_point<T>) {
        if (std::is_constant_evaluated()) return own::add(a, -b);
    }
    return a - b;
}
template<class T>
constexpr T multiply(T a, T b) {
    if constexpr (std::floating_point<T>) {
        if (std::is_constant_evaluated()) return own::multiply(a, b);
    }
    return a * b;
}
template<class T>
constexpr T divide(T a, T b) {
    if constexpr (std::floating_point<T>) {
        if (std::is_constant_evaluated()) return own::divide(a, b);
    }
    return a / b;
}

/// v as a narrower type: what does not fit becomes infinite, also in constant evaluation.
template<std::floating_point To, std::floating_point From>
constexpr To narrow(From v) {
    if constexpr (sizeof(To) < sizeof(From)) {
        constexpr From most = static_cast<From>(std::numeric_limits<To>::max());
        // From here on rounding to nearest gives infinity: half an ulp above the largest number.
        constexpr From overflow = most +
            (most -
             static_cast<From>(std::numeric_limits<To>::max() *
                               (To(1) - std::numeric_limits<To>::epsilon() / 2))) /
                2;
        if (v >= overflow || v <= -overflow) return own::signed_infinity<To>(v < 0);
        if (v > most) return std::numeric_limits<To>::max();
        if (v < -most) return -std::numeric_limits<To>::max();
    }
    return static_cast<To>(v);
}

}  // namespace chainrule::detail::elementary
