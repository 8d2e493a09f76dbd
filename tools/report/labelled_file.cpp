// SPDX-License-Identifier: BSL-1.0
#include "labelled_file.hpp"

#include "user_error.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

namespace chainrule::report {

namespace fs = std::filesystem;

namespace {

constexpr int most_classes = 1000;

[[noreturn]] void refuse(const fs::path& path, const std::string& predicate) {
    throw user_error(fmt::format("The data file '{}' {}.", path.string(), predicate));
}

std::ifstream open(const fs::path& path) {
    std::error_code ignored;
    if (!fs::exists(path, ignored)) refuse(path, "does not exist");
    if (fs::is_directory(path, ignored)) refuse(path, "is a directory");
    std::ifstream file(path, std::ios::binary);
    if (!file) refuse(path, "cannot be read");
    return file;
}

/// The fields of a line, between commas, semicolons or white space.
std::vector<std::string_view> fields_of(std::string_view line) {
    const bool by_spaces = line.find_first_of(",;") == std::string_view::npos;
    const std::string_view separators = by_spaces ? " \t\r" : ",;";
    std::vector<std::string_view> result;
    while (!line.empty()) {
        const std::size_t end = line.find_first_of(separators);
        std::string_view field = line.substr(0, end);
        const std::size_t first = field.find_first_not_of(" \t\r\"");
        field = first == std::string_view::npos
            ? std::string_view()
            : field.substr(first, field.find_last_not_of(" \t\r\"") + 1 - first);
        if (!by_spaces || !field.empty()) result.push_back(field);
        if (end == std::string_view::npos) break;
        line.remove_prefix(end + 1);
    }
    return result;
}

std::optional<double> number_in(std::string_view field) {
    double value = 0;
    const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
    if (field.empty() || error != std::errc() || end != field.data() + field.size()) return {};
    return value;
}

int class_of(double value, const fs::path& path, const std::string& place) {
    if (!(value >= 0 && value < most_classes) || value != std::floor(value)) {
        refuse(path,
               fmt::format("has the class {} {}; classes are whole numbers from 0 to {}", value,
                           place, most_classes - 1));
    }
    return static_cast<int>(value);
}

labelled_data read_csv(const fs::path& path) {
    std::ifstream file = open(path);
    std::vector<float> values;
    labelled_data result;
    std::size_t columns = 0;
    std::size_t line_number = 0;
    for (std::string line; std::getline(file, line);) {
        ++line_number;
        const std::vector<std::string_view> fields = fields_of(line);
        if (fields.empty() || line[0] == '#') continue;
        if (columns == 0 && line_number == 1 && !number_in(fields[0])) continue;  // names
        if (columns == 0) columns = fields.size();
        if (columns < 2) {
            refuse(path, "has one column; it needs numbers and then the class in each line");
        }
        if (fields.size() != columns) {
            refuse(path,
                   fmt::format("has {} columns in line {}, but {} before it", fields.size(),
                               line_number, columns));
        }
        for (std::size_t i = 0; i < columns; ++i) {
            const std::optional<double> value = number_in(fields[i]);
            if (!value || !std::isfinite(*value)) {
                refuse(path,
                       fmt::format("has no finite number in line {}, column {}: '{}'", line_number,
                                   i + 1, fields[i]));
            }
            if (i + 1 < columns) values.push_back(static_cast<float>(*value));
            else
                result.labels.push_back(
                    class_of(*value, path, fmt::format("in line {}", line_number)));
        }
    }
    if (result.labels.empty()) refuse(path, "holds no samples");
    result.inputs =
        Eigen::Map<const Eigen::MatrixXf>(values.data(), static_cast<Eigen::Index>(columns - 1),
                                          static_cast<Eigen::Index>(result.size()));
    return result;
}

/// The sizes in the header of an IDX file of bytes; its data follow.
std::vector<std::size_t> read_idx_header(std::ifstream& file, const fs::path& path) {
    unsigned char start[4]{};
    file.read(reinterpret_cast<char*>(start), 4);
    if (file.gcount() == 4 && start[0] == 0x1f && start[1] == 0x8b) {
        refuse(path, "is compressed; unpack it with gunzip");
    }
    if (file.gcount() != 4 || start[0] != 0 || start[1] != 0 || start[3] == 0 || start[3] > 4) {
        refuse(path, "is no IDX file");
    }
    if (start[2] != 8)
        refuse(path,
               fmt::format("is an IDX file of type 0x{:02x}; bytes (0x08) are read", start[2]));
    std::vector<std::size_t> sizes(start[3]);
    for (std::size_t& size : sizes) {
        for (int i = 0; i < 4; ++i) size = size << 8U | static_cast<std::size_t>(file.get() & 0xff);
    }
    if (!file) refuse(path, "ends in its header");
    return sizes;
}

std::vector<unsigned char> read_bytes(std::ifstream& file, const fs::path& path,
                                      std::size_t count) {
    std::vector<unsigned char> bytes;
    while (bytes.size() < count) {
        const std::size_t start = bytes.size();
        bytes.resize(std::min<std::size_t>(count, start + 1'000'000));
        file.read(reinterpret_cast<char*>(bytes.data() + start),
                  static_cast<std::streamsize>(bytes.size() - start));
        if (static_cast<std::size_t>(file.gcount()) != bytes.size() - start) {
            refuse(path, "ends before the numbers that its header announces");
        }
    }
    return bytes;
}

labelled_data read_idx(const fs::path& path, const fs::path& labels) {
    std::ifstream file = open(path);
    const std::vector<std::size_t> sizes = read_idx_header(file, path);
    std::size_t features = 1;
    for (std::size_t i = 1; i < sizes.size(); ++i) features *= sizes[i];
    if (sizes[0] == 0 || features == 0 || features > 1'000'000)
        refuse(path, "holds no samples of a usable size");
    const std::vector<unsigned char> bytes = read_bytes(file, path, sizes[0] * features);
    std::ifstream label_file = open(labels);
    const std::vector<std::size_t> label_sizes = read_idx_header(label_file, labels);
    if (label_sizes.size() != 1 || label_sizes[0] != sizes[0]) {
        refuse(labels, fmt::format("does not hold the {} labels of '{}'", sizes[0], path.string()));
    }
    labelled_data result;
    result.inputs =
        Eigen::Map<const Eigen::Matrix<unsigned char, Eigen::Dynamic, Eigen::Dynamic>>(
            bytes.data(), static_cast<Eigen::Index>(features), static_cast<Eigen::Index>(sizes[0]))
            .cast<float>();
    for (const unsigned char label : read_bytes(label_file, labels, sizes[0]))
        result.labels.push_back(label);
    return result;
}

/// The samples order[begin], … order[end - 1].
labelled_data part(const labelled_data& all, const std::vector<std::size_t>& order,
                   std::size_t begin, std::size_t end) {
    labelled_data result;
    result.classes = all.classes;
    result.inputs.resize(all.inputs.rows(), static_cast<Eigen::Index>(end - begin));
    for (std::size_t i = begin; i < end; ++i) {
        result.inputs.col(static_cast<Eigen::Index>(i - begin)) =
            all.inputs.col(static_cast<Eigen::Index>(order[i]));
        result.labels.push_back(all.labels[order[i]]);
    }
    return result;
}

}  // namespace

labelled_data read_labelled_file(const fs::path& path, const std::optional<fs::path>& labels) {
    labelled_data result;
    if (labels) {
        result = read_idx(path, *labels);
    } else {
        std::ifstream file = open(path);
        const int first = file.get();
        if (first == 0 || first == 0x1f) {
            refuse(path,
                   first == 0 ? "looks like IDX; name the file of its labels with --labels"
                              : "is compressed; unpack it with gunzip");
        }
        result = read_csv(path);
    }
    result.classes = 1 + *std::max_element(result.labels.begin(), result.labels.end());
    if (result.classes < 2) refuse(path, "has one class only");
    if (result.size() < 10)
        refuse(path, fmt::format("has {} samples; at least 10 are needed", result.size()));
    return result;
}

split_data split_and_scale(const labelled_data& all, random_numbers& random) {
    std::vector<std::size_t> order(all.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
    const std::size_t test = all.size() / 5;
    split_data result{part(all, order, test, all.size()), part(all, order, 0, test)};
    const Eigen::VectorXf mean = result.training.inputs.rowwise().mean();
    for (labelled_data* data : {&result.training, &result.test}) data->inputs.colwise() -= mean;
    Eigen::VectorXf scale = (result.training.inputs.rowwise().squaredNorm() /
                             static_cast<float>(result.training.size()))
                                .cwiseSqrt();
    for (float& s : scale) s = s > 1e-6f ? 1 / s : 0;
    for (labelled_data* data : {&result.training, &result.test}) {
        data->inputs = (scale.asDiagonal() * data->inputs).eval();
    }
    return result;
}

}  // namespace chainrule::report
