// SPDX-License-Identifier: BSL-1.0
/// Arrays saved by numpy.save: .npy files of float32 or float64, in C or Fortran order. Opt-in.
///
///     npy_array weight = read_npy("w1.npy");   // weight.shape, weight.values
#pragma once

#include <chainrule/kernel/argument_error.hpp>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <istream>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace chainrule {

namespace detail {

inline constexpr std::string_view npy_magic{"\x93NUMPY", 6};

/// What is wrong with a file, as the predicate of a sentence: "holds int64 (dtype '<i8'); only …".
struct npy_fault {
    std::string predicate;
};

/// The header of NumPy's .npy format, versions 1 to 3.
struct npy_header {
    bool is_double = false;
    bool fortran_order = false;
    std::vector<std::uint64_t> shape;
    std::uint64_t numbers = 0;
    std::uint64_t size = 0;  ///< bytes before the data
    std::string shape_text;  ///< "(3, 4)"

    /// Reads from the first byte on. Throws npy_fault.
    static npy_header read(std::istream& file);
};

[[noreturn]] inline void refuse_broken_npy() { throw npy_fault{"has a broken .npy header"}; }

/// What stands after 'key': in the Python dictionary of the header, from its first character on.
inline std::string_view npy_entry(std::string_view header, std::string_view key) {
    std::size_t at = header.find("'" + std::string(key) + "'");
    if (at == std::string_view::npos) at = header.find('"' + std::string(key) + '"');
    if (at == std::string_view::npos) refuse_broken_npy();
    at = header.find(':', at);
    if (at == std::string_view::npos) refuse_broken_npy();
    at = header.find_first_not_of(' ', at + 1);
    if (at == std::string_view::npos) refuse_broken_npy();
    return header.substr(at);
}

/// "<f8" in words people use; the code itself if it has none.
inline std::string npy_dtype_name(std::string_view code) {
    int bits = 0;
    for (const char c : code.substr(code.size() < 2 ? code.size() : 2)) {
        if (c < '0' || c > '9' || bits > 10'000) return std::string(code);
        bits = 10 * bits + (c - '0');
    }
    const std::string number = std::to_string(8 * bits);
    switch (code.size() > 1 ? code[1] : '?') {
    case 'f':
        return "float" + number;
    case 'i':
        return "int" + number;
    case 'u':
        return "uint" + number;
    case 'c':
        return "complex" + number;
    case 'b':
        return "bool";
    case 'O':
        return "object";
    default:
        return std::string(code);
    }
}

inline bool npy_is_double(std::string_view entry_text) {
    if (entry_text[0] != '\'' && entry_text[0] != '"') {
        throw npy_fault{"holds a structured dtype; only float32 and float64 are read"};
    }
    const std::size_t end = entry_text.find(entry_text[0], 1);
    if (end == std::string_view::npos) refuse_broken_npy();
    const std::string code(entry_text.substr(1, end - 1));
    if (code == "<f4" || code == "=f4") return false;
    if (code == "<f8" || code == "=f8") return true;
    if (code == ">f4" || code == ">f8") {
        throw npy_fault{"holds big-endian " + npy_dtype_name(code) + " (dtype '" + code +
                        "'); only little-endian float32 and float64 are read: save "
                        "array.astype('<f" +
                        code[2] + "')"};
    }
    throw npy_fault{"holds " + npy_dtype_name(code) + " (dtype '" + code +
                    "'); only float32 and float64 are read: save array.astype('float32')"};
}

inline bool npy_is_true(std::string_view entry_text) {
    if (entry_text.starts_with("True")) return true;
    if (!entry_text.starts_with("False")) refuse_broken_npy();
    return false;
}

inline void read_npy_shape(std::string_view text, npy_header& header) {
    const std::size_t end = text.find(')');
    if (text[0] != '(' || end == std::string_view::npos) refuse_broken_npy();
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
            if (length != 0 && header.numbers > most / length) refuse_broken_npy();
            header.numbers *= length;
            header.shape.push_back(length);
            length = 0;
            in_number = false;
        } else if (c != ' ' && c != ',' && c != ')' && c != 'L') {
            refuse_broken_npy();
        }
    }
}

inline npy_header npy_header::read(std::istream& file) {
    file.ignore(static_cast<std::streamsize>(npy_magic.size()));
    const int major = file.get();
    file.get();
    if (major < 1 || major > 3) {
        throw npy_fault{"has .npy format version " + std::to_string(major) +
                        "; versions 1 to 3 are read"};
    }
    const int length_bytes = major == 1 ? 2 : 4;
    std::uint64_t length = 0;
    for (int i = 0; i < length_bytes; ++i) {
        length |= static_cast<std::uint64_t>(static_cast<unsigned char>(file.get())) << (8 * i);
    }
    if (!file || length > 1'000'000) refuse_broken_npy();
    std::string text(static_cast<std::size_t>(length), ' ');
    file.read(text.data(), static_cast<std::streamsize>(length));
    if (static_cast<std::uint64_t>(file.gcount()) != length) refuse_broken_npy();

    npy_header result;
    result.is_double = npy_is_double(npy_entry(text, "descr"));
    result.fortran_order = npy_is_true(npy_entry(text, "fortran_order"));
    read_npy_shape(npy_entry(text, "shape"), result);
    result.size = npy_magic.size() + 2 + static_cast<std::uint64_t>(length_bytes) + length;
    return result;
}

}  // namespace detail

/// An array as it was saved, its numbers as double in C order (the last index runs fastest).
struct npy_array {
    std::vector<std::size_t> shape;
    std::vector<double> values;
};

namespace detail {

/// Elements in Fortran order (the first index runs fastest) into C order.
inline std::vector<double> to_c_order(const std::vector<double>& values,
                                      const std::vector<std::size_t>& shape) {
    std::vector<double> result(values.size());
    std::vector<std::size_t> index(shape.size());
    for (const double value : values) {
        std::size_t place = 0;
        for (std::size_t axis = 0; axis < shape.size(); ++axis) {
            place = place * shape[axis] + index[axis];
        }
        result[place] = value;
        for (std::size_t axis = 0; axis < shape.size() && ++index[axis] == shape[axis]; ++axis) {
            index[axis] = 0;
        }
    }
    return result;
}

template<class T>
std::vector<double> read_npy_numbers(std::istream& file, std::uint64_t count) {
    // In blocks, so that a header that promises too much costs no memory.
    std::vector<double> result;
    std::vector<T> block;
    while (result.size() < count) {
        block.resize(
            static_cast<std::size_t>(std::min<std::uint64_t>(count - result.size(), 65536)));
        const auto bytes = static_cast<std::streamsize>(block.size() * sizeof(T));
        file.read(reinterpret_cast<char*>(block.data()), bytes);
        const auto complete = static_cast<std::size_t>(file.gcount()) / sizeof(T);
        for (std::size_t i = 0; i < complete; ++i) result.push_back(static_cast<double>(block[i]));
        if (complete != block.size()) {
            throw npy_fault{"ends after " + std::to_string(result.size()) + " of the " +
                            std::to_string(count) + " numbers that its header announces"};
        }
    }
    return result;
}

inline npy_array read_npy(std::istream& file) {
    static_assert(std::endian::native == std::endian::little);
    char magic[6]{};
    file.read(magic, sizeof(magic));
    const std::string_view start(magic, static_cast<std::size_t>(file.gcount()));
    if (start.starts_with("PK\x03\x04")) {
        throw npy_fault{"is a zip or .npz archive; save one array with numpy.save"};
    }
    if (start != npy_magic) throw npy_fault{"is not a NumPy array; save it with numpy.save"};
    file.seekg(0);
    const npy_header header = npy_header::read(file);
    npy_array result;
    for (const std::uint64_t length : header.shape) {
        result.shape.push_back(static_cast<std::size_t>(length));
    }
    result.values = header.is_double ? read_npy_numbers<double>(file, header.numbers)
                                     : read_npy_numbers<float>(file, header.numbers);
    if (header.fortran_order) result.values = to_c_order(result.values, result.shape);
    return result;
}

}  // namespace detail

/// Reads a file written by numpy.save: float32 or float64, C or Fortran order, any shape. Throws
/// argument_error with the name of the file: it cannot be opened, is no .npy file, holds another dtype
/// or ends too early.
inline npy_array read_npy(const std::filesystem::path& path) {
    std::error_code ignored;
    std::ifstream file(path, std::ios::binary);
    try {
        if (!std::filesystem::exists(path, ignored)) throw detail::npy_fault{"does not exist"};
        if (std::filesystem::is_directory(path, ignored)) throw detail::npy_fault{"is a directory"};
        if (!file) throw detail::npy_fault{"cannot be read"};
        return detail::read_npy(file);
    } catch (const detail::npy_fault& fault) {
        throw argument_error("chainrule: the file '" + path.string() + "' " + fault.predicate);
    }
}

}  // namespace chainrule
