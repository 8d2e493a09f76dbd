// SPDX-License-Identifier: BSL-1.0
/// chainrule/core/decimal.hpp against published values at compile time and against the C library
/// (strtod, to_chars) at run time.
#include <chainrule/core/decimal.hpp>

#include "support/catch.hpp"

#include <array>
#include <bit>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <random>
#include <string>
#include <string_view>

namespace {

using chainrule::detail::decimal_length;
using chainrule::detail::find_shortest;
using chainrule::detail::format_decimal;
using chainrule::detail::generate_shortest;
using chainrule::detail::parse_decimal;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double smallest = std::numeric_limits<double>::denorm_min();

constexpr bool reads(std::string_view text, double expected) {
    return std::bit_cast<std::uint64_t>(parse_decimal(text)) ==
        std::bit_cast<std::uint64_t>(expected);
}

constexpr bool writes(double value, std::string_view expected) {
    return format_decimal(value).view() == expected;
}

// --- decimal_length -----------------------------------------------------------------------------

static_assert(decimal_length("") == 0);
static_assert(decimal_length("x") == 0);
static_assert(decimal_length(".") == 0);
static_assert(decimal_length(".e5") == 0);
static_assert(decimal_length("e5") == 0);
static_assert(decimal_length("-1") == 0);
static_assert(decimal_length("+1") == 0);
static_assert(decimal_length("6") == 1);
static_assert(decimal_length("1.702") == 5);
static_assert(decimal_length("1.702*x") == 5);
static_assert(decimal_length(".5") == 2);
static_assert(decimal_length("5.") == 2);
static_assert(decimal_length("5.x") == 2);
static_assert(decimal_length("1.2.3") == 3);
static_assert(decimal_length("1e5") == 3);
static_assert(decimal_length("1E+05)") == 5);
static_assert(decimal_length("5.e-7 + x") == 5);
static_assert(decimal_length("2exp") == 1);
static_assert(decimal_length("2e+") == 1);
static_assert(decimal_length("2e-x") == 1);
static_assert(decimal_length("0x10") == 1);

// --- parse_decimal: the compiler's own reading of the same literal is the oracle -----------------

static_assert(reads("0", 0.0));
static_assert(reads("0.000", 0.0));
static_assert(reads("0e999999999999999999999", 0.0));
static_assert(reads("6", 6.0));
static_assert(reads("0.1", 0.1));
static_assert(reads(".5", .5));
static_assert(reads("5.", 5.));
static_assert(reads("5.e-1", 5.e-1));
static_assert(reads("1.702", 1.702));
static_assert(reads("0.044715", 0.044715));
static_assert(reads("000001.5000", 1.5));
static_assert(reads("0.7978845608028654", 0.7978845608028654));
static_assert(reads("1.0507009873554804934193349852946", 1.0507009873554804934193349852946));
static_assert(reads("3.14159265358979323846264338327950288",
                    3.14159265358979323846264338327950288));
static_assert(reads("1'000'000.000'1", 1'000'000.000'1));
static_assert(reads("1e2'2", 1e22));
static_assert(reads("1e22", 1e22));
static_assert(reads("1E+22", 1e22));
static_assert(reads("1e23", 1e23));
static_assert(reads("123456789012345678901234567890", 123456789012345678901234567890.0));
static_assert(reads("1e308", 1e308));
static_assert(reads("1.7976931348623157e308", std::numeric_limits<double>::max()));
static_assert(reads("1.7976931348623158e308", std::numeric_limits<double>::max()));
static_assert(reads("1.7976931348623159e308", infinity));
static_assert(reads("1e309", infinity));
static_assert(reads("1e99999999999999999999", infinity));
static_assert(reads("2.2250738585072011e-308", 2.2250738585072011e-308));  // the PHP and Java hang
static_assert(reads("2.2250738585072012e-308", 2.2250738585072012e-308));
static_assert(reads("2.2250738585072014e-308", std::numeric_limits<double>::min()));
static_assert(reads("5e-324", smallest));
static_assert(reads("4.9406564584124654e-324", smallest));
static_assert(reads("2.4703282292062328e-324", smallest));
static_assert(reads("2.4703282292062327e-324", 0.0));
static_assert(reads("1e-400", 0.0));
static_assert(reads("1e-99999999999999999999", 0.0));

// Halfway: 2^53 + 1 lies between 2^53 and 2^53 + 2, ties go to the even significand.
static_assert(reads("9007199254740992", 9007199254740992.0));
static_assert(reads("9007199254740993", 9007199254740992.0));
static_assert(reads("9007199254740993.0000000000000000000000000000000", 9007199254740992.0));
static_assert(reads("9007199254740993.0000000000000000000000000000001", 9007199254740994.0));
static_assert(reads("9007199254740992.9999999999999999999999999999999", 9007199254740992.0));
static_assert(reads("9007199254740995", 9007199254740996.0));
static_assert(reads("1.00000000000000011102230246251565404236316680908203125", 1.0));
static_assert(reads("1.00000000000000011102230246251565404236316680908203124", 1.0));
static_assert(reads("1.00000000000000011102230246251565404236316680908203126", 1.0000000000000002));
static_assert(reads("1.00000000000000033306690738754696212708950042724609375", 1.0000000000000004));

// --- format_decimal -----------------------------------------------------------------------------

static_assert(writes(0.0, "0"));
static_assert(writes(-0.0, "-0"));
static_assert(writes(infinity, "inf"));
static_assert(writes(-infinity, "-inf"));
static_assert(writes(std::numeric_limits<double>::quiet_NaN(), "nan"));
static_assert(writes(-std::numeric_limits<double>::quiet_NaN(), "nan"));
static_assert(writes(6, "6"));
static_assert(writes(-3, "-3"));
static_assert(writes(10, "10"));
static_assert(writes(0.5, "0.5"));
static_assert(writes(0.1, "0.1"));
static_assert(writes(0.1 + 0.2, "0.30000000000000004"));
static_assert(writes(1.702, "1.702"));
static_assert(writes(-1.702, "-1.702"));
static_assert(writes(0.044715, "0.044715"));
static_assert(writes(0.7978845608028654, "0.7978845608028654"));
static_assert(writes(3.141592653589793, "3.141592653589793"));
static_assert(writes(100000, "100000"));
static_assert(writes(12.5, "12.5"));
static_assert(writes(1e-5, "0.00001"));
static_assert(writes(1.25e-5, "0.0000125"));
static_assert(writes(1e-6, "1e-6"));
static_assert(writes(1e-8, "1e-8"));
static_assert(writes(9.999e-6, "9.999e-6"));
static_assert(writes(1e15, "1000000000000000"));
static_assert(writes(9007199254740993.0, "9007199254740992"));
static_assert(writes(1e16, "1e16"));
static_assert(writes(2.5e20, "2.5e20"));
static_assert(writes(1e22, "1e22"));
static_assert(writes(1e23, "1e23"));
static_assert(writes(9.999999999999999e22, "1e23"));  // one double, two decimals: the shorter
static_assert(writes(1.0000000000000001e23, "1.0000000000000001e23"));
static_assert(writes(5e-324, "5e-324"));
static_assert(writes(2.2250738585072011e-308, "2.225073858507201e-308"));
static_assert(writes(2.2250738585072014e-308, "2.2250738585072014e-308"));
static_assert(writes(1.7976931348623157e308, "1.7976931348623157e308"));
static_assert(writes(-1.7976931348623157e308, "-1.7976931348623157e308"));
static_assert(writes(9223372036854775808.0, "9.223372036854776e18"));
static_assert(writes(0x1p-44, "5.684341886080802e-14"));  // narrower margin below a power of two

// --- Run time -----------------------------------------------------------------------------------

double read_by_library(const std::string& text) { return std::strtod(text.c_str(), nullptr); }

std::uint64_t bits_of(double value) { return std::bit_cast<std::uint64_t>(value); }

/// The shortest, closest digits by the standard library, "d.ddde+xx", in our spelling "d.dddexx".
std::string shortest_by_library(double value) {
    std::array<char, 64> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                   std::chars_format::scientific)
                         .ptr;
    std::string text(buffer.data(), end);
    const std::size_t e = text.find('e');
    return text.substr(0, e) + "e" + std::to_string(std::atoi(text.c_str() + e + 1));
}

/// Our text in exponent form, whatever form it has: "0.044715" gives "4.4715e-2".
std::string in_exponent_form(std::string_view text) {
    std::string sign;
    if (text.front() == '-') {
        sign = "-";
        text.remove_prefix(1);
    }
    if (text.find('e') != std::string_view::npos) return sign + std::string(text);
    const std::size_t point = text.find('.') < text.size() ? text.find('.') : text.size();
    std::string digits;
    for (const char character : text)
        if (character != '.') digits += character;
    const std::size_t first = digits.find_first_not_of('0');
    if (first == std::string::npos) return sign + "0e0";
    digits = digits.substr(first, digits.find_last_not_of('0') - first + 1);
    const int exponent = static_cast<int>(point) - 1 - static_cast<int>(first);
    if (digits.size() > 1) digits.insert(1, 1, '.');
    return sign + digits + "e" + std::to_string(exponent);
}

/// Reads back bit-equal, has the digits of the standard library and the form of its exponent.
bool round_trips(double value) {
    const auto text = format_decimal(value);
    const bool negative = text.view().front() == '-';
    const double magnitude = parse_decimal(text.view().substr(negative ? 1 : 0));
    const std::string expected = shortest_by_library(value);
    const int exponent = std::atoi(expected.c_str() + expected.find('e') + 1);
    const bool plain = text.view().find('e') == std::string_view::npos;
    const bool good = bits_of(negative ? -magnitude : magnitude) == bits_of(value) &&
        in_exponent_form(text.view()) == expected && plain == (exponent >= -5 && exponent <= 15);
    if (!good) UNSCOPED_INFO(text.view() << " for " << expected);
    return good;
}

bool reads_as_library(const std::string& text) {
    const double value = parse_decimal(text);
    const double expected = read_by_library(text);
    const bool good = decimal_length(text) == text.size() && bits_of(value) == bits_of(expected);
    if (!good) UNSCOPED_INFO(text << " gives " << value << " instead of " << expected);
    return good;
}

TEST_CASE("random doubles of all exponents survive writing and reading", "[decimal]") {
    std::mt19937_64 random(20240501);
    int failures = 0;
    for (int i = 0; i < 75'000; ++i) {
        const double value = std::bit_cast<double>(random());
        if (value - value != 0) continue;  // inf, nan
        if (!round_trips(value)) ++failures;
    }
    CHECK(failures == 0);
}

TEST_CASE("doubles of everyday size survive writing and reading", "[decimal]") {
    std::mt19937_64 random(7);
    std::uniform_int_distribution<std::uint64_t> exponent_field(1023 - 80, 1023 + 130);
    int failures = 0;
    for (int i = 0; i < 75'000; ++i) {  // full precision
        const double value = std::bit_cast<double>((exponent_field(random) << 52) | random() >> 12);
        if (!round_trips(value)) ++failures;
    }
    std::uniform_int_distribution<int> digits(1, 17);
    std::uniform_int_distribution<int> exponent(-32, 36);
    for (int i = 0; i < 75'000; ++i) {  // few decimal digits
        std::uint64_t significand = random() % 9 + 1;
        for (int d = digits(random); d > 1; --d) significand = 10 * significand + random() % 10;
        const std::string text =
            std::to_string(significand) + "e" + std::to_string(exponent(random));
        if (!reads_as_library(text) || !round_trips(read_by_library(text))) ++failures;
    }
    CHECK(failures == 0);
}

TEST_CASE("powers of two and their neighbours, subnormals, survive writing and reading",
          "[decimal]") {
    std::mt19937_64 random(11);
    int failures = 0;
    for (std::uint64_t field = 0; field < 2047; ++field)
        for (int step = -2; step <= 2; ++step) {
            const std::uint64_t bits = (field << 52) + static_cast<std::uint64_t>(step);
            if (bits >> 52 >= 2047) continue;
            if (bits != 0 && !round_trips(std::bit_cast<double>(bits))) ++failures;
        }
    for (int i = 0; i < 20'000; ++i) {
        const double value = std::bit_cast<double>((random() >> 12 >> random() % 52) + 1);
        if (!round_trips(value)) ++failures;
    }
    CHECK(failures == 0);
}

TEST_CASE("both routes of writing agree", "[decimal]") {
    std::mt19937_64 random(13);
    int failures = 0;
    for (int i = 0; i < 20'000; ++i) {
        const double value = static_cast<double>(random() % 1'000'000'000 + 1) / 1e6;
        const auto bits = bits_of(value);
        auto exact = generate_shortest((bits << 12 >> 12) | std::uint64_t{1} << 52,
                                       static_cast<std::int32_t>(bits >> 52) - 1075);
        const auto quick = find_shortest(value);
        for (; exact.digits % 10 == 0; exact.digits /= 10) ++exact.exponent;
        if (exact.digits != quick.digits || exact.exponent != quick.exponent) ++failures;
    }
    CHECK(failures == 0);
}

TEST_CASE("random decimals of up to 40 digits are read as by strtod", "[decimal]") {
    std::mt19937_64 random(17);
    const auto below = [&](int limit) {
        return static_cast<int>(random() % static_cast<std::uint64_t>(limit));
    };
    int failures = 0;
    for (int i = 0; i < 100'000; ++i) {
        const int length = below(40) + 1;
        const int point = below(length + 2) - 1;  // -1: none
        std::string text;
        for (int d = 0; d < length; ++d) {
            if (d == point) text += '.';
            text += static_cast<char>('0' + below(10));
        }
        if (point == length) text += '.';
        // Everyday exponents, all exponents, none.
        if (i % 3 == 0) text.append("e").append(std::to_string(below(60) - 30));
        if (i % 3 == 1) text.append(below(2) != 0 ? "E+" : "e-").append(std::to_string(below(345)));
        if (!reads_as_library(text)) ++failures;
    }
    CHECK(failures == 0);
}

TEST_CASE("exact halfway points and their neighbours are read as by strtod", "[decimal]") {
    std::mt19937_64 random(19);
    int failures = 0;
    const auto check_all = [&](double value) {
        // value + half a unit, exactly: the middle of two doubles in up to 768 digits.
        const double next = std::bit_cast<double>(bits_of(value) + 1);
        std::array<char, 1200> buffer{};
        const long double middle = (static_cast<long double>(value) + next) / 2;
        const int size = std::snprintf(buffer.data(), buffer.size(), "%.1080Lf", middle);
        std::string text(buffer.data(), static_cast<std::size_t>(size));
        if (!reads_as_library(text)) ++failures;
        if (!reads_as_library(text + "00000000000000001")) ++failures;
        text.erase(text.find_last_not_of('0') + 1);  // drop zeros, then one unit of the last digit
        if (text.back() != '.') {
            --text.back();
            if (!reads_as_library(text + "9999999999")) ++failures;
        }
    };
    static_assert(std::numeric_limits<long double>::digits >= 54, "the middle must be exact");
    for (int i = 0; i < 1'000; ++i) {
        const std::uint64_t field = i % 2 == 0 ? 1023 - 40 + random() % 100 : random() % 1040;
        check_all(std::bit_cast<double>((field << 52) | random() >> 12));
    }
    check_all(0.0);
    check_all(smallest);
    check_all(std::bit_cast<double>((std::uint64_t{1} << 52) - 1));
    CHECK(failures == 0);
}

TEST_CASE("texts far longer than any double needs", "[decimal]") {
    const std::string zeros(5000, '0');
    const std::string sevens(5000, '7');
    const std::string nines(5000, '9');
    CHECK(reads_as_library("0." + zeros + "1e5001"));
    CHECK(reads_as_library("1" + zeros + "e-5000"));
    CHECK(reads_as_library("1" + zeros + "." + zeros + "e-5000"));
    CHECK(reads_as_library("9007199254740993." + zeros));
    CHECK(reads_as_library("9007199254740993." + zeros + "1"));
    CHECK(reads_as_library(nines + "e-5310"));
    CHECK(reads_as_library(nines + "e-4691"));
    CHECK(reads_as_library(sevens + "e-4692"));
    CHECK(reads_as_library(sevens + "e-5323"));
    CHECK(reads_as_library("0." + zeros));
}

}  // namespace
