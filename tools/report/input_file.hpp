// SPDX-License-Identifier: BSL-1.0
/// Pre-activations from a file: a .npy array of float32 or float64, or text with one number per line.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace chainrule::report {

enum class element_type { float32, float64, text };

/// Reads block after block. Throws user_error with one sentence if the file is not what it should be.
class input_file {
public:
    explicit input_file(const std::filesystem::path& path);

    [[nodiscard]] element_type type() const { return type_; }
    /// What a text has is known only at its end.
    [[nodiscard]] std::string description() const;
    /// The share of the file that has been read.
    [[nodiscard]] double share_done() const;

    /// The next numbers, at most `count`; false at the end. NaN and infinite numbers are refused with
    /// their place.
    bool next(std::vector<float>& block, std::size_t count);
    bool next(std::vector<double>& block, std::size_t count);

private:
    std::filesystem::path path_;
    std::ifstream file_;
    element_type type_ = element_type::text;
    std::string shape_;
    std::uint64_t file_size_ = 0;
    std::uint64_t bytes_read_ = 0;
    std::uint64_t numbers_ = 0;  ///< .npy: how many the header announces
    std::uint64_t numbers_read_ = 0;
    std::uint64_t line_ = 0;

    void read_npy_header();
    template<class T>
    bool next_binary(std::vector<T>& block, std::size_t count);
    bool next_text(std::vector<double>& block, std::size_t count);
    double parse_line(const std::string& line) const;
    [[noreturn]] void refuse(const std::string& sentence) const;
    void refuse_unusual(double value, const std::string& place) const;
};

}  // namespace chainrule::report
