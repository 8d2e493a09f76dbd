// SPDX-License-Identifier: BSL-1.0
#include "input_file.hpp"

#include <chainrule/interop/npy.hpp>

#include "user_error.hpp"

#include <fmt/format.h>

#include <bit>
#include <charconv>
#include <cmath>

static_assert(std::endian::native == std::endian::little);

namespace chainrule::report {

namespace fs = std::filesystem;

input_file::input_file(const fs::path& path) : path_(path) {
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (!fs::exists(status)) {
        throw user_error(fmt::format("The input file '{}' does not exist.", path.string()));
    }
    if (fs::is_directory(status)) {
        throw user_error(fmt::format("The input '{}' is a directory, not a file.", path.string()));
    }
    file_.open(path, std::ios::binary);
    if (!file_) throw user_error(fmt::format("The input file '{}' cannot be read.", path.string()));
    if (fs::is_regular_file(status)) file_size_ = fs::file_size(path, error);

    char magic[6]{};
    file_.read(magic, sizeof(magic));
    const std::string_view start(magic, static_cast<std::size_t>(file_.gcount()));
    file_.clear();
    file_.seekg(0);
    if (start.empty()) refuse("is empty");
    if (start == detail::npy_magic) {
        read_npy_header();
    } else if (path.extension() == ".npy") {
        refuse("is named .npy but is not a NumPy array");
    } else if (start.starts_with("PK\x03\x04")) {
        refuse("is a zip or .npz archive; save one array with numpy.save");
    }
}

void input_file::refuse(const std::string& sentence) const {
    throw user_error(fmt::format("The input file '{}' {}.", path_.string(), sentence));
}

void input_file::read_npy_header() {
    try {
        const detail::npy_header header = detail::npy_header::read(file_);
        type_ = header.is_double ? element_type::float64 : element_type::float32;
        shape_ = header.shape_text;
        numbers_ = header.numbers;
        bytes_read_ = header.size;
    } catch (const detail::npy_fault& fault) {
        refuse(fault.predicate);
    }
    if (numbers_ == 0) refuse("holds an array without numbers");
    const std::uint64_t width = type_ == element_type::float64 ? 8 : 4;
    if (file_size_ > 0 && (file_size_ - bytes_read_) / width < numbers_) {
        refuse(fmt::format("ends after {} of the {} numbers that its header announces",
                           (file_size_ - bytes_read_) / width, numbers_));
    }
}

std::string input_file::description() const {
    switch (type_) {
    case element_type::float32:
        return fmt::format("float32 array of shape {}", shape_);
    case element_type::float64:
        return fmt::format("float64 array of shape {}", shape_);
    default:
        return "text, one number per line";
    }
}

double input_file::share_done() const {
    return file_size_ == 0 ? 0 : static_cast<double>(bytes_read_) / static_cast<double>(file_size_);
}

void input_file::refuse_unusual(double value, const std::string& place) const {
    if (std::isfinite(value)) return;
    refuse(fmt::format("holds {} {}; statistics need finite numbers",
                       std::isnan(value) ? "a NaN" : "an infinite number", place));
}

template<class T>
bool input_file::next_binary(std::vector<T>& block, std::size_t count) {
    block.resize(
        static_cast<std::size_t>(std::min<std::uint64_t>(count, numbers_ - numbers_read_)));
    const auto bytes = static_cast<std::streamsize>(block.size() * sizeof(T));
    file_.read(reinterpret_cast<char*>(block.data()), bytes);
    if (file_.gcount() != bytes) {
        refuse(fmt::format("ends before the {} numbers that its header announces", numbers_));
    }
    for (std::size_t i = 0; i < block.size(); ++i) {
        if (!std::isfinite(block[i])) {
            refuse_unusual(static_cast<double>(block[i]),
                           fmt::format("at index {}", numbers_read_ + i));
        }
    }
    bytes_read_ += static_cast<std::uint64_t>(bytes);
    numbers_read_ += block.size();
    return !block.empty();
}

double input_file::parse_line(const std::string& line) const {
    constexpr const char* spaces = " \t\r\f\v";
    const std::size_t begin = line.find_first_not_of(spaces);
    const std::size_t end = line.find_last_not_of(spaces) + 1;
    const char* first = line.data() + begin;
    if (*first == '+' && begin + 1 < end && line[begin + 1] != '-') ++first;
    double value = 0;
    const auto [stop, error] = std::from_chars(first, line.data() + end, value);
    if (error == std::errc::result_out_of_range) {
        refuse(fmt::format("has a number beyond the range of double in line {}: '{}'", line_,
                           line.substr(begin, std::min<std::size_t>(end - begin, 40))));
    }
    if (error != std::errc() || stop != line.data() + end) {
        refuse(fmt::format("has no single number in line {}: '{}'", line_,
                           line.substr(begin, std::min<std::size_t>(end - begin, 40))));
    }
    return value;
}

bool input_file::next_text(std::vector<double>& block, std::size_t count) {
    block.clear();
    for (std::string line; block.size() < count && std::getline(file_, line);) {
        ++line_;
        bytes_read_ += line.size() + 1;
        const std::size_t begin = line.find_first_not_of(" \t\r\f\v");
        if (begin == std::string::npos || line[begin] == '#') continue;
        const double value = parse_line(line);
        refuse_unusual(value, fmt::format("in line {}", line_));
        block.push_back(value);
    }
    numbers_read_ += block.size();
    if (numbers_read_ == 0) refuse("holds no numbers");
    return !block.empty();
}

bool input_file::next(std::vector<float>& block, std::size_t count) {
    return next_binary(block, count);
}

bool input_file::next(std::vector<double>& block, std::size_t count) {
    return type_ == element_type::text ? next_text(block, count) : next_binary(block, count);
}

}  // namespace chainrule::report
