// SPDX-License-Identifier: BSL-1.0
#include "npy_header.hpp"

#include "user_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace chainrule::report {

namespace {

[[noreturn]] void refuse_broken() { throw user_error("has a broken .npy header"); }

std::uint64_t read_little_endian(std::istream& file, int bytes) {
    std::uint64_t value = 0;
    for (int i = 0; i < bytes; ++i) {
        value |= static_cast<std::uint64_t>(static_cast<unsigned char>(file.get())) << (8 * i);
    }
    return value;
}

/// What stands after 'key': in the Python dictionary of the header, from its first character on.
std::string_view entry(std::string_view header, std::string_view key) {
    std::size_t at = header.find(fmt::format("'{}'", key));
    if (at == std::string_view::npos) at = header.find(fmt::format("\"{}\"", key));
    if (at == std::string_view::npos) refuse_broken();
    at = header.find(':', at);
    if (at == std::string_view::npos) refuse_broken();
    at = header.find_first_not_of(' ', at + 1);
    if (at == std::string_view::npos) refuse_broken();
    return header.substr(at);
}

/// "<f8" in words people use; the code itself if it has none.
std::string dtype_name(std::string_view code) {
    const char kind = code.size() > 1 ? code[1] : '?';
    int bits = 0;
    for (const char c : code.substr(std::min<std::size_t>(2, code.size()))) {
        if (c < '0' || c > '9' || bits > 10'000) return std::string(code);
        bits = 10 * bits + (c - '0');
    }
    bits *= 8;
    switch (kind) {
    case 'f':
        return fmt::format("float{}", bits);
    case 'i':
        return fmt::format("int{}", bits);
    case 'u':
        return fmt::format("uint{}", bits);
    case 'c':
        return fmt::format("complex{}", bits);
    case 'b':
        return "bool";
    case 'O':
        return "object";
    default:
        return std::string(code);
    }
}

bool find_dtype(std::string_view entry_text) {
    if (entry_text[0] != '\'' && entry_text[0] != '"') {
        throw user_error("holds a structured dtype; only float32 and float64 are read");
    }
    const std::size_t end = entry_text.find(entry_text[0], 1);
    if (end == std::string_view::npos) refuse_broken();
    const std::string_view code = entry_text.substr(1, end - 1);
    if (code == "<f4" || code == "=f4") return false;
    if (code == "<f8" || code == "=f8") return true;
    if (code.starts_with('>') && (code == ">f4" || code == ">f8")) {
        throw user_error(
            fmt::format("holds big-endian {} (dtype '{}'); only little-endian float32 and "
                        "float64 are read: save array.astype('<f{}')",
                        dtype_name(code), code, code[2]));
    }
    throw user_error(fmt::format("holds {} (dtype '{}'); only float32 and float64 are read: save "
                                 "array.astype('float32')",
                                 dtype_name(code), code));
}

void read_shape(std::string_view text, npy_header& header) {
    const std::size_t end = text.find(')');
    if (text[0] != '(' || end == std::string_view::npos) refuse_broken();
    header.shape_text = text.substr(0, end + 1);
    header.numbers = 1;
    bool in_number = false;
    std::uint64_t length = 0;
    for (const char c : text.substr(1, end)) {
        if (c >= '0' && c <= '9') {
            in_number = true;
            length = 10 * length + static_cast<std::uint64_t>(c - '0');
        } else if (in_number && (c == ',' || c == ')')) {
            const std::uint64_t most = std::numeric_limits<std::int64_t>::max();
            if (length != 0 && header.numbers > most / length) refuse_broken();
            header.numbers *= length;
            length = 0;
            in_number = false;
        } else if (c != ' ' && c != ',' && c != ')' && c != 'L') {
            refuse_broken();
        }
    }
}

}  // namespace

npy_header npy_header::read(std::istream& file) {
    file.ignore(static_cast<std::streamsize>(npy_magic.size()));
    const int major = file.get();
    file.get();
    if (major < 1 || major > 3) {
        throw user_error(
            fmt::format("has .npy format version {}; versions 1 to 3 are read", major));
    }
    const int length_bytes = major == 1 ? 2 : 4;
    const std::uint64_t length = read_little_endian(file, length_bytes);
    if (!file || length > 1'000'000) refuse_broken();
    std::string text(static_cast<std::size_t>(length), ' ');
    file.read(text.data(), static_cast<std::streamsize>(length));
    if (static_cast<std::uint64_t>(file.gcount()) != length) refuse_broken();

    npy_header result;
    result.is_double = find_dtype(entry(text, "descr"));
    read_shape(entry(text, "shape"), result);
    result.size = npy_magic.size() + 2 + static_cast<std::uint64_t>(length_bytes) + length;
    return result;
}

}  // namespace chainrule::report
