// SPDX-License-Identifier: BSL-1.0
/// A string that can be a template argument: the name of a symbol, the text of a formula.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace chainrule {

template<std::size_t Size>
struct fixed_string {
    char characters[Size + 1]{};

    constexpr fixed_string() = default;
    // NOLINTNEXTLINE(google-explicit-constructor): "text" must convert silently
    constexpr fixed_string(const char (&text)[Size + 1]) {
        for (std::size_t i = 0; i <= Size; ++i) characters[i] = text[i];
    }

    [[nodiscard]] constexpr std::string_view view() const { return {characters, Size}; }
    friend constexpr bool operator==(const fixed_string&, const fixed_string&) = default;
};

template<std::size_t Size>
fixed_string(const char (&)[Size]) -> fixed_string<Size - 1>;

namespace detail {

/// FNV-1a with a final mix: the identity of names and types in constant evaluation.
constexpr std::uint64_t hash_text(std::string_view text) {
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    return hash ^ (hash >> 32);
}

constexpr std::uint64_t mix_hash(std::uint64_t hash, std::uint64_t value) {
    hash = (hash ^ value) * 0xd6e8feb86659fd93U;
    return hash ^ (hash >> 32);
}

/// The first eight characters of a name as a number: numbers are in the order of names.
constexpr std::uint64_t first_characters(std::string_view name) {
    const char* const characters = name.data();
    const std::size_t size = name.size();
    std::uint64_t result = 0;
    for (std::size_t i = 0; i < 8; ++i)
        result = result << 8U | (i < size ? static_cast<unsigned char>(characters[i]) : 0U);
    return result;
}

/// The first `Size` characters of `text` as a template argument.
template<std::size_t Size>
constexpr fixed_string<Size> fix(std::string_view text) {
    fixed_string<Size> result;
    for (std::size_t i = 0; i < Size; ++i) result.characters[i] = text[i];
    result.characters[Size] = '\0';  // else clang shows a text of 8 or 16 characters as numbers
    return result;
}

}  // namespace detail
}  // namespace chainrule
