// SPDX-License-Identifier: BSL-1.0
/// Decimal text to double and back in constant expressions: reading is correctly rounded, writing
/// gives the shortest text that reads back to the same double. (std::from_chars and std::to_chars
/// of double are not constexpr.)
/// Ordinary numbers take a cheap route; the exact route on long integers serves the rest.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

namespace chainrule::detail {

/// A number written as text: "0.044715", "-3", "1e-8", "inf", "nan"; at most 24 characters.
struct decimal_text {
    std::array<char, 32> characters{};
    std::size_t size = 0;

    constexpr std::string_view view() const noexcept { return {characters.data(), size}; }

    constexpr void append(char character) noexcept { characters[size++] = character; }
    constexpr void append(std::string_view text) noexcept {
        for (const char character : text) append(character);
    }
};

/// A non-negative integer of at most 32 * `Capacity` bits, least significant limb first, without
/// leading zero limbs. Callers prove that their numbers fit.
template<std::size_t Capacity>
struct long_natural {
    std::uint32_t limbs[Capacity] = {};
    std::size_t size = 0;

    constexpr long_natural() noexcept = default;
    constexpr explicit long_natural(std::uint64_t value) noexcept {
        for (; value != 0; value >>= 32) limbs[size++] = static_cast<std::uint32_t>(value);
    }

    constexpr std::int32_t bit_width() const noexcept {
        if (size == 0) return 0;
        return static_cast<std::int32_t>(32 * size) - std::countl_zero(limbs[size - 1]);
    }

    /// *this = *this * factor + addend.
    constexpr void multiply_add(std::uint32_t factor, std::uint32_t addend) noexcept {
        std::uint64_t carry = addend;
        for (std::size_t i = 0; i < size; ++i) {
            carry += std::uint64_t{limbs[i]} * factor;
            limbs[i] = static_cast<std::uint32_t>(carry);
            carry >>= 32;
        }
        if (carry != 0) limbs[size++] = static_cast<std::uint32_t>(carry);
    }

    constexpr void multiply_power_of_five(std::int32_t exponent) noexcept {
        for (; exponent >= 13; exponent -= 13) multiply_add(1220703125u, 0);  // 5^13
        std::uint32_t factor = 1;
        for (; exponent > 0; --exponent) factor *= 5;
        if (factor != 1) multiply_add(factor, 0);
    }

    constexpr void shift_left(std::int32_t count) noexcept {
        if (size == 0 || count == 0) return;
        const std::size_t whole = static_cast<std::size_t>(count) / 32;
        const unsigned part = static_cast<unsigned>(count) % 32;
        if (part != 0) {
            std::uint32_t carry = 0;
            for (std::size_t i = 0; i < size; ++i) {
                const std::uint32_t limb = limbs[i];
                limbs[i] = (limb << part) | carry;
                carry = limb >> (32 - part);
            }
            if (carry != 0) limbs[size++] = carry;
        }
        if (whole != 0) {
            for (std::size_t i = size; i-- > 0;) limbs[i + whole] = limbs[i];
            for (std::size_t i = 0; i < whole; ++i) limbs[i] = 0;
            size += whole;
        }
    }

    /// *this -= factor * other. Requires factor * other <= *this and factor < 2^31.
    constexpr void subtract(const long_natural& other, std::int64_t factor) noexcept {
        std::int64_t carry = 0;
        for (std::size_t i = 0; i < other.size || carry != 0; ++i) {
            carry += limbs[i];
            if (i < other.size) carry -= factor * other.limbs[i];
            limbs[i] = static_cast<std::uint32_t>(carry);
            carry >>= 32;
        }
        while (size != 0 && limbs[size - 1] == 0) --size;
    }

    /// Negative, zero or positive as *this is less than, equal to or greater than `other`.
    constexpr int compare(const long_natural& other) const noexcept {
        if (size != other.size) return size < other.size ? -1 : 1;
        for (std::size_t i = size; i-- > 0;)
            if (limbs[i] != other.limbs[i]) return limbs[i] < other.limbs[i] ? -1 : 1;
        return 0;
    }

    /// The same for *this + factor * summand; factor is 1 or 2.
    constexpr int compare_sum(const long_natural& summand, std::int64_t factor,
                              const long_natural& other) const noexcept {
        std::int64_t carry = 0;
        bool equal = true;
        for (std::size_t i = 0; i < size || i < summand.size || i < other.size; ++i) {
            if (i < size) carry += limbs[i];
            if (i < summand.size) carry += factor * summand.limbs[i];
            if (i < other.size) carry -= other.limbs[i];
            equal = equal && static_cast<std::uint32_t>(carry) == 0;
            carry >>= 32;
        }
        if (carry != 0) return carry < 0 ? -1 : 1;
        return equal ? 0 : 1;
    }

    /// The leading (up to) 64 bits.
    constexpr std::uint64_t leading_bits() const noexcept {
        std::uint64_t result = 0;
        const std::int32_t shift = bit_width() - 64;
        for (std::size_t i = size; i-- > 0;) {
            const std::int32_t position = static_cast<std::int32_t>(32 * i) - shift;
            if (shift <= 0) result |= std::uint64_t{limbs[i]} << (32 * i);
            else if (position >= 0) result |= std::uint64_t{limbs[i]} << position;
            else if (position > -32) result |= limbs[i] >> -position;
            else break;
        }
        return result;
    }

    /// Whether a bit below the leading 64 is set.
    constexpr bool has_trailing_bits() const noexcept {
        const std::int32_t count = bit_width() - 64;
        for (std::int32_t i = 0; 32 * i < count; ++i) {
            const std::uint32_t limb = limbs[static_cast<std::size_t>(i)];
            if ((count - 32 * i >= 32 ? limb : limb << (32 - (count - 32 * i))) != 0) return true;
        }
        return false;
    }
};

/// 10^0 ... 10^22, the powers of ten that are doubles.
inline constexpr double exact_powers_of_ten[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                 1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                                 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

constexpr bool is_decimal_digit(char character) noexcept {
    return character >= '0' && character <= '9';
}

/// (significand + t) * 2^exponent to nearest, ties to even; 0 < t < 1 if `inexact`, otherwise
/// t = 0. Requires significand != 0, and at least 55 bits in it if `inexact`.
constexpr double round_to_double(std::uint64_t significand, std::int32_t exponent,
                                 bool inexact) noexcept {
    const std::int32_t top = exponent + static_cast<std::int32_t>(std::bit_width(significand)) - 1;
    if (top > 1023) return std::numeric_limits<double>::infinity();
    const std::int32_t last = top - 52 > -1074 ? top - 52 : -1074;  // exponent of the last bit kept
    const std::int32_t dropped = last - exponent;
    std::uint64_t kept = 0;
    if (dropped <= 0) {
        kept = significand << -dropped;
    } else if (dropped <= 64) {
        kept = dropped == 64 ? 0 : significand >> dropped;
        const std::uint64_t half = std::uint64_t{1} << (dropped - 1);
        const std::uint64_t rest = significand & ((half - 1) | half);
        if (rest > half || (rest == half && (inexact || (kept & 1) != 0))) ++kept;
    }
    // The implicit leading bit of `kept` counts into the exponent field; so does a carry.
    return std::bit_cast<double>((static_cast<std::uint64_t>(last + 1074) << 52) + kept);
}

/// significand / 10^exponent, correctly rounded. Requires significand != 0, 0 <= exponent <= 27.
constexpr double divide_by_power_of_ten(std::uint64_t significand, std::int32_t exponent) noexcept {
    std::uint64_t divisor = 1;  // 5^27 < 2^63, so doubling a remainder never overflows
    for (std::int32_t i = 0; i < exponent; ++i) divisor *= 5;
    std::uint64_t quotient = significand / divisor;
    std::uint64_t remainder = significand % divisor;
    std::int32_t binary_exponent = -exponent;
    while (remainder != 0 && (quotient >> 55) == 0) {
        remainder *= 2;
        const bool bit = remainder >= divisor;
        if (bit) remainder -= divisor;
        quotient = 2 * quotient + (bit ? 1 : 0);
        --binary_exponent;
    }
    return round_to_double(quotient, binary_exponent, remainder != 0);
}

/// numerator * 10^exponent, correctly rounded, on long integers. Requires numerator != 0.
template<std::size_t Capacity>
constexpr double scale_by_power_of_ten(long_natural<Capacity>& numerator,
                                       std::int32_t exponent) noexcept {
    if (exponent >= 0) {
        numerator.multiply_power_of_five(exponent);
        const std::int32_t width = numerator.bit_width();
        return round_to_double(numerator.leading_bits(), exponent + (width > 64 ? width - 64 : 0),
                               numerator.has_trailing_bits());
    }
    long_natural<Capacity> denominator{1};
    denominator.multiply_power_of_five(-exponent);
    // Align the leading bits, then divide bit by bit: numerator < 2 * denominator throughout.
    const std::int32_t shift = denominator.bit_width() - numerator.bit_width();
    if (shift > 0) numerator.shift_left(shift);
    else denominator.shift_left(-shift);
    std::uint64_t quotient = 0;
    for (int bits = 0;; ++bits) {
        quotient *= 2;
        if (numerator.compare(denominator) >= 0) {
            numerator.subtract(denominator, 1);
            ++quotient;
        }
        if (bits == 56)
            return round_to_double(quotient, exponent - shift - 56, numerator.size != 0);
        numerator.shift_left(1);
    }
}

/// Number of leading characters of `text` that form an unsigned decimal number
/// (digits[.digits][e[+-]digits], also .5 and 5.); 0 if there is none.
constexpr std::size_t decimal_length(std::string_view text) noexcept {
    const auto skip_digits = [text](std::size_t position) {
        while (position < text.size() && is_decimal_digit(text[position])) ++position;
        return position;
    };
    std::size_t end = skip_digits(0);
    std::size_t digits = end;
    if (end < text.size() && text[end] == '.') {
        const std::size_t fraction_end = skip_digits(end + 1);
        digits += fraction_end - end - 1;
        if (digits != 0) end = fraction_end;
    }
    if (digits == 0) return 0;
    if (end < text.size() && (text[end] == 'e' || text[end] == 'E')) {
        std::size_t start = end + 1;
        if (start < text.size() && (text[start] == '+' || text[start] == '-')) ++start;
        const std::size_t exponent_end = skip_digits(start);
        if (exponent_end != start) end = exponent_end;
    }
    return end;
}

/// The double nearest to the unsigned decimal number that is exactly the whole `text`, ties to
/// even; digit separators ' are skipped. Too large gives +inf, too small a subnormal or 0.
constexpr double parse_decimal(std::string_view text) noexcept {
    // text = digits * 10^exponent, where `leading` holds the first 19 significant digits.
    std::uint64_t leading = 0;
    std::int64_t count = 0;  // significant digits
    std::int64_t exponent = 0;
    std::size_t mantissa_end = 0;
    bool in_fraction = false;
    for (; mantissa_end < text.size(); ++mantissa_end) {
        const char character = text[mantissa_end];
        if (character == '.') in_fraction = true;
        if (character == 'e' || character == 'E') break;
        if (!is_decimal_digit(character)) continue;
        const auto digit = static_cast<std::uint64_t>(character - '0');
        if (in_fraction) --exponent;
        if (count == 0 && digit == 0) continue;
        if (++count <= 19) leading = 10 * leading + digit;
    }
    if (leading == 0) return 0.0;
    bool negative = false;
    std::int64_t written = 0;
    for (std::size_t i = mantissa_end; i < text.size(); ++i) {
        if (text[i] == '-') negative = true;
        if (is_decimal_digit(text[i]) && written < 1'000'000'000'000'000)
            written = 10 * written + (text[i] - '0');
    }
    exponent += negative ? -written : written;
    if (count + exponent > 309) return std::numeric_limits<double>::infinity();
    if (count + exponent < -323) return 0.0;

    if (count <= 19 && leading <= (std::uint64_t{1} << 53) && exponent >= -22 && exponent <= 22) {
        // Both operands are doubles: one operation, one rounding.
        const double significand = static_cast<double>(leading);
        return exponent < 0 ? significand / exact_powers_of_ten[-exponent]
                            : significand * exact_powers_of_ten[exponent];
    }
    const std::int64_t leading_exponent = count > 19 ? exponent + count - 19 : exponent;
    if (leading_exponent <= 0 && leading_exponent >= -27) {
        const auto places = static_cast<std::int32_t>(-leading_exponent);
        const double below = divide_by_power_of_ten(leading, places);
        // Digits beyond the 19th matter only if a rounding boundary is that near.
        if (count <= 19 || below == divide_by_power_of_ten(leading + 1, places)) return below;
    }

    // 768 significant digits decide every tie; whatever follows is remembered as one digit 1.
    // At most 769 digits and 5^1092, aligned: less than 2560 bits.
    constexpr std::int64_t digit_limit = 768;
    long_natural<84> digits;
    std::int64_t taken = 0;
    bool more = false;
    for (std::size_t i = 0; i < mantissa_end; ++i) {
        if (!is_decimal_digit(text[i])) continue;
        if (taken == 0 && text[i] == '0') continue;
        if (taken == digit_limit) {
            more = more || text[i] != '0';
            continue;
        }
        digits.multiply_add(10, static_cast<std::uint32_t>(text[i] - '0'));
        ++taken;
    }
    exponent += count - taken;
    if (more) {
        digits.multiply_add(10, 1);
        --exponent;
    }
    return scale_by_power_of_ten(digits, static_cast<std::int32_t>(exponent));
}

/// digits * 10^exponent.
struct shortest_decimal {
    std::uint64_t digits = 0;
    std::int32_t exponent = 0;
};

/// The shortest decimal of significand * 2^exponent by exact digit generation
/// (Burger and Dybvig, "Printing floating-point numbers quickly and accurately", PLDI 1996).
constexpr shortest_decimal generate_shortest(std::uint64_t significand,
                                             std::int32_t exponent) noexcept {
    // value = rest / scale; the doubles beside it end low / scale below and high / scale above.
    // Their shared powers of two are cancelled before any long integer is formed.
    const bool even = significand % 2 == 0;
    const bool power_of_two = significand == (std::uint64_t{1} << 52) && exponent > -1074;
    const std::int32_t top = exponent + static_cast<std::int32_t>(std::bit_width(significand)) - 1;
    std::int32_t decimal_point = ((top * 78913) >> 18) + 1;  // floor(log10(2^top)) + 1, or one less
    const std::int32_t half_unit = exponent - (power_of_two ? 2 : 1);  // 2^half_unit: lower margin
    std::int32_t low_power = half_unit - decimal_point;
    std::int32_t scale_power = 0;
    if (low_power < 0) {
        scale_power = -low_power;
        low_power = 0;
    }
    // Less than 850 bits each, for every finite double, with the alignment below.
    long_natural<28> scale{1};
    long_natural<28> low{1};
    long_natural<28> rest{significand};
    if (decimal_point > 0) {
        scale.multiply_power_of_five(decimal_point);
    } else {
        low.multiply_power_of_five(-decimal_point);
        rest.multiply_power_of_five(-decimal_point);
    }
    scale.shift_left(scale_power);
    low.shift_left(low_power);
    rest.shift_left(low_power + exponent - half_unit);

    const auto reaches_scale = [&] {  // whether rest + high reaches scale
        return rest.compare_sum(low, power_of_two ? 2 : 1, scale) >= (even ? 0 : 1);
    };
    if (reaches_scale()) {  // the estimate was one less
        ++decimal_point;
        scale.multiply_add(10, 0);
    }
    // With 28 bits in the leading limb of scale, 10 * scale has no more limbs than scale, and the
    // leading limbs alone give the next digit, or one less.
    const std::int32_t alignment = (60 - scale.bit_width() % 32) % 32;
    scale.shift_left(alignment);
    low.shift_left(alignment);
    rest.shift_left(alignment);
    const std::size_t leading = scale.size - 1;
    shortest_decimal result{0, decimal_point};
    for (;;) {
        rest.multiply_add(10, 0);
        low.multiply_add(10, 0);
        std::uint32_t digit =
            rest.size == scale.size ? rest.limbs[leading] / (scale.limbs[leading] + 1) : 0;
        if (digit != 0) rest.subtract(scale, digit);
        if (rest.compare(scale) >= 0) {
            rest.subtract(scale, 1);
            ++digit;
        }
        --result.exponent;
        result.digits = 10 * result.digits + digit;
        const bool down = rest.compare(low) < (even ? 1 : 0);
        const bool up = reaches_scale();
        if (!down && !up) continue;
        if (down && up) {
            rest.shift_left(1);
            const int half = rest.compare(scale);
            if (half > 0 || (half == 0 && result.digits % 2 != 0)) ++result.digits;
        } else if (up) {
            ++result.digits;
        }
        return result;
    }
}

/// The shortest decimal that reads back as `value`, and of those the closest (even at a tie);
/// no trailing zeros. Requires value > 0 and finite.
constexpr shortest_decimal find_shortest(double value) noexcept {
    const auto bits = std::bit_cast<std::uint64_t>(value);
    const auto field = static_cast<std::int32_t>(bits >> 52);
    shortest_decimal result;
    bool found = false;
    // Different decimals of at most 15 digits are different doubles. So if one with 15 digits
    // reads back as `value`, it is the shortest, up to trailing zeros.
    if (field >= 1023 - 73 && field <= 1023 + 119) {  // 10^-22 < value < 10^36
        // The decimal exponent is estimated right, or one less: then there are 16 digits at first.
        result.exponent = (((field - 1023) * 78913) >> 18) - 15;
        do {
            if (++result.exponent < -22) result.exponent = -22;
            const bool whole = result.exponent >= 0;
            const double power = exact_powers_of_ten[whole ? result.exponent : -result.exponent];
            result.digits =
                static_cast<std::uint64_t>((whole ? value / power : value * power) + 0.5);
            const double significand = static_cast<double>(result.digits);
            found = (whole ? significand * power : significand / power) == value;
        } while (result.digits > 999'999'999'999'999);
    }
    if (!found) {
        const std::uint64_t fraction = bits & ((std::uint64_t{1} << 52) - 1);
        result = field == 0 ? generate_shortest(fraction, -1074)
                            : generate_shortest(fraction | (std::uint64_t{1} << 52), field - 1075);
    }
    while (result.digits % 10 == 0) {
        result.digits /= 10;
        ++result.exponent;
    }
    return result;
}

/// The shortest text that reads back as the same double, and of those the closest; "-0", "inf",
/// "-inf", "nan". Exponent form, "1e-8", only for decimal exponents below -5 or above 15.
constexpr decimal_text format_decimal(double value) noexcept {
    decimal_text text;
    if (value != value) {
        text.append("nan");
        return text;
    }
    if ((std::bit_cast<std::uint64_t>(value) >> 63) != 0) {
        text.append('-');
        value = -value;
    }
    if (value == 0) {
        text.append('0');
        return text;
    }
    if (value == std::numeric_limits<double>::infinity()) {
        text.append("inf");
        return text;
    }
    const shortest_decimal shortest = find_shortest(value);
    std::array<char, 20> digits{};  // last digit first
    std::int32_t count = 0;
    for (std::uint64_t rest = shortest.digits; rest != 0; rest /= 10)
        digits[static_cast<std::size_t>(count++)] = static_cast<char>('0' + rest % 10);
    const auto digit = [&](std::int32_t index) {  // first digit first, zeros behind and before
        return index >= 0 && index < count ? digits[static_cast<std::size_t>(count - 1 - index)]
                                           : '0';
    };
    const std::int32_t exponent = shortest.exponent + count - 1;  // of the first digit
    const bool plain = exponent >= -5 && exponent <= 15;
    // Digits before the point: [first, point); behind it: [point, count).
    const std::int32_t first = plain && exponent < 0 ? exponent : 0;
    const std::int32_t point = plain ? exponent + 1 : 1;
    for (std::int32_t i = first; i < point; ++i) text.append(digit(i));
    if (count > point) text.append('.');
    for (std::int32_t i = point; i < count; ++i) text.append(digit(i));
    if (plain) return text;
    text.append('e');
    if (exponent < 0) text.append('-');
    const std::int32_t magnitude = exponent < 0 ? -exponent : exponent;
    if (magnitude >= 100) text.append(static_cast<char>('0' + magnitude / 100));
    if (magnitude >= 10) text.append(static_cast<char>('0' + magnitude / 10 % 10));
    text.append(static_cast<char>('0' + magnitude % 10));
    return text;
}

}  // namespace chainrule::detail
