// SPDX-License-Identifier: BSL-1.0
/// sin, cos, tan over the whole range of long double, and atan.
#pragma once

#include <chainrule/core/elementary/float_parts.hpp>
#include <chainrule/core/elementary/two_over_pi.hpp>

namespace chainrule::detail::elementary::own {

inline constexpr long double half_pi = 0xc90fdaa22168c235p-63L;
inline constexpr long double half_pi_low = -0xece675d1fc8f8cbbp-129L;

/// x = (4k + quadrant)·π/2 + rest, |rest| ≤ π/4.
struct angle {
    unsigned quadrant;
    long double rest;
};

/// Payne and Hanek: multiplies the 64-bit significand of x with those 256 bits of 2/π that decide
/// x·2/π modulo 4; the fraction keeps more than 64 bits behind the longest run of zeros there is.
constexpr angle reduce_angle(long double x) {
    if (absolute(x) < 0.785L) return {0, x};
    const scaled parts = decompose(absolute(x));
    const auto significand = static_cast<std::uint64_t>(parts.significand * 0x1p63L);
    const std::uint64_t low = significand & 0xffffffffU, high = significand >> 32;
    // bit j of 2/π (weight 2^-j) meets 2^(exponent - 63); the first needed product has weight 2
    const auto first_bit = static_cast<unsigned>(parts.exponent - 63 - 2 + 96);
    const unsigned word = first_bit / 32, shift = first_bit % 32;
    constexpr unsigned count = 8;
    std::uint32_t product[count + 1] = {};  // least significant first
    std::uint64_t carry_low = 0, carry_high = 0;
    for (unsigned i = 0; i < count; ++i) {
        const unsigned at = word + count - 1 - i;
        const std::uint64_t both = (std::uint64_t{two_over_pi[at]} << 32) | two_over_pi[at + 1];
        const std::uint64_t limb = (both >> (32 - shift)) & 0xffffffffU;
        const std::uint64_t lower = limb * low + product[i] + carry_low;
        product[i] = static_cast<std::uint32_t>(lower);
        carry_low = lower >> 32;
        const std::uint64_t upper = limb * high + carry_high;
        product[i + 1] = static_cast<std::uint32_t>(upper);
        carry_high = upper >> 32;
    }
    // the top two bits count quarter turns; a fraction of one half or more counts one up
    unsigned quadrant = product[count - 1] >> 30;
    const bool above_half = (product[count - 1] >> 29 & 1U) != 0;
    if (above_half) ++quadrant;
    long double fraction = 0;
    for (unsigned i = 1; i < count; ++i) {
        std::uint32_t limb = above_half ? ~product[i] : product[i];
        if (i == count - 1) limb &= 0x3fffffffU;
        fraction =
            (fraction + static_cast<long double>(limb)) * (i == count - 1 ? 0x1p-30L : 0x1p-32L);
    }
    const long double rest = fraction * half_pi;
    if (sign_bit(x)) return {0U - quadrant, above_half ? rest : -rest};
    return {quadrant, above_half ? -rest : rest};
}

/// sin r for |r| ≤ π/4.
constexpr long double sin_kernel(long double r) {
    const long double z = r * r;
    const long double series =
        polynomial(z, 1.0L / 51090942171709440000.0L, -1.0L / 121645100408832000,
                   1.0L / 355687428096000, -1.0L / 1307674368000, 1.0L / 6227020800,
                   -1.0L / 39916800, 1.0L / 362880, -1.0L / 5040, 1.0L / 120, -1.0L / 6);
    return r + r * (z * series);
}

/// cos r for |r| ≤ π/4.
constexpr long double cos_kernel(long double r) {
    const long double z = r * r;
    const long double series =
        polynomial(z, -1.0L / 1124000727777607680000.0L, 1.0L / 2432902008176640000,
                   -1.0L / 6402373705728000, 1.0L / 20922789888000, -1.0L / 87178291200,
                   1.0L / 479001600, -1.0L / 3628800, 1.0L / 40320, -1.0L / 720, 1.0L / 24);
    return 1 + (-z / 2 + z * z * series);
}

constexpr long double sin(long double x) {
    if (is_nan(x) || x == 0) return x;
    if (is_infinite(x)) return not_a_number;
    const auto [quadrant, rest] = reduce_angle(x);
    const long double value = quadrant % 2 == 0 ? sin_kernel(rest) : cos_kernel(rest);
    return quadrant % 4 < 2 ? value : -value;
}

constexpr long double cos(long double x) {
    if (is_nan(x)) return x;
    if (is_infinite(x)) return not_a_number;
    const auto [quadrant, rest] = reduce_angle(x);
    const long double value = quadrant % 2 == 0 ? cos_kernel(rest) : sin_kernel(rest);
    return (quadrant + 1) % 4 < 2 ? value : -value;
}

constexpr long double tan(long double x) {
    if (is_nan(x) || x == 0) return x;
    if (is_infinite(x)) return not_a_number;
    const auto [quadrant, rest] = reduce_angle(x);
    const long double sine = sin_kernel(rest), cosine = cos_kernel(rest);
    return quadrant % 2 == 0 ? sine / cosine : -cosine / sine;
}

/// atan(k/8), k = 0 … 8.
inline constexpr long double atan_of_eighths[] = {
    0.0L,
    0.124354994546761435031354849164L,
    0.244978663126864154172082481211L,
    0.358770670270572220395920063926L,
    0.463647609000806116214256231461L,
    0.558599315343562435971508216402L,
    0.643501108793284386802809228717L,
    0.718829999621624505417014151526L,
    0.78539816339744830961566084582L,
};

/// atan t = atan(k/8) + atan((t - k/8)/(1 + t·k/8)) for the nearest k; t = 1/|x| beyond 1.
constexpr long double atan(long double x) {
    if (is_nan(x) || x == 0) return x;
    const long double u = absolute(x);
    if (u > 0x1p70L) return copy_sign(half_pi, x);
    const long double t = u > 1 ? 1 / u : u;
    const int k = static_cast<int>(8 * t + 0.5L);
    const long double centre = static_cast<long double>(k) / 8;
    const long double s = (t - centre) / (1 + t * centre);
    const long double z = s * s;
    const long double series =
        polynomial(z, -1.0L / 15, 1.0L / 13, -1.0L / 11, 1.0L / 9, -1.0L / 7, 1.0L / 5, -1.0L / 3);
    const long double value = atan_of_eighths[k] + (s + s * (z * series));
    return copy_sign(u > 1 ? half_pi - (value - half_pi_low) : value, x);
}

}  // namespace chainrule::detail::elementary::own
