// SPDX-License-Identifier: BSL-1.0
/// Files of numpy.save: their bytes are written here as the format's specification has them.

#include <chainrule/interop/npy.hpp>

#include "support/catch.hpp"

#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

using namespace chainrule;

namespace {

/// A file that is gone at the end.
class temporary_file {
public:
    explicit temporary_file(const std::string& bytes)
        : path_(std::filesystem::temp_directory_path() /
                ("chainrule_npy_" + std::to_string(getpid()) + ".npy")) {
        std::ofstream(path_, std::ios::binary) << bytes;
    }
    ~temporary_file() { std::filesystem::remove(path_); }
    temporary_file(const temporary_file&) = delete;
    temporary_file& operator=(const temporary_file&) = delete;
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

template<class T>
std::string bytes_of(const std::vector<T>& values) {
    return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

std::string npy(const std::string& descr, const std::string& order, const std::string& shape,
                const std::string& data, char version = 1) {
    std::string header =
        "{'descr': " + descr + ", 'fortran_order': " + order + ", 'shape': " + shape + ", }";
    const std::size_t lengths = version == 1 ? 2 : 4;
    while ((8 + lengths + header.size() + 1) % 64 != 0) header += ' ';
    header += '\n';
    std::string result = std::string("\x93NUMPY", 6) + version + '\0';
    for (std::size_t i = 0; i < lengths; ++i) {
        result += static_cast<char>(header.size() >> (8 * i) & 0xff);
    }
    return result + header + data;
}

/// The sentence after "chainrule: the file '…' ".
std::string refusal(const std::string& bytes) {
    const temporary_file file(bytes);
    const std::string start = "chainrule: the file '" + file.path().string() + "' ";
    try {
        (void)read_npy(file.path());
    } catch (const argument_error& problem) {
        const std::string sentence = problem.what();
        CHECK(sentence.starts_with(start));
        return sentence.substr(start.size());
    }
    return "was read";
}

const std::string eight_bytes = bytes_of<double>({1});

}  // namespace

TEST_CASE("float64 and float32, in each version of the format") {
    const std::vector<double> numbers{1, -2.5, 3e-310, 0.1, 5, 6};
    for (const char version : {'\1', '\2', '\3'}) {
        const temporary_file file(npy("'<f8'", "False", "(2, 3)", bytes_of(numbers), version));
        const npy_array array = read_npy(file.path());
        CHECK(array.shape == std::vector<std::size_t>{2, 3});
        CHECK(array.values == numbers);
    }
    const std::vector<float> small{1, -2.5f, 1e-42f, 0.1f};
    const temporary_file file(npy("'<f4'", "False", "(4,)", bytes_of(small)));
    const npy_array array = read_npy(file.path());
    CHECK(array.shape == std::vector<std::size_t>{4});
    CHECK(array.values == std::vector<double>(small.begin(), small.end()));
}

TEST_CASE("Fortran order becomes C order") {
    const temporary_file matrix(
        npy("'<f8'", "True", "(2, 3)", bytes_of<double>({11, 21, 12, 22, 13, 23})));
    CHECK(read_npy(matrix.path()).values == std::vector<double>{11, 12, 13, 21, 22, 23});
    // Element (i, j, k) is 100 i + 10 j + k.
    const temporary_file cube(
        npy("'<f8'", "True", "(2, 3, 2)",
            bytes_of<double>({0, 100, 10, 110, 20, 120, 1, 101, 11, 111, 21, 121})));
    CHECK(read_npy(cube.path()).values ==
          std::vector<double>{0, 1, 10, 11, 20, 21, 100, 101, 110, 111, 120, 121});
}

TEST_CASE("arrays with few dimensions or none, and without numbers") {
    const temporary_file scalar(npy("'<f8'", "False", "()", eight_bytes));
    CHECK(read_npy(scalar.path()).shape.empty());
    CHECK(read_npy(scalar.path()).values == std::vector<double>{1});
    const temporary_file nothing(npy("'<f8'", "True", "(0, 3)", ""));
    CHECK(read_npy(nothing.path()).shape == std::vector<std::size_t>{0, 3});
    CHECK(read_npy(nothing.path()).values.empty());
}

TEST_CASE("NaN and infinity are read as they are") {
    const temporary_file file(
        npy("'<f8'", "False", "(2,)", bytes_of<double>({std::nan(""), -INFINITY})));
    const npy_array array = read_npy(file.path());
    CHECK(std::isnan(array.values[0]));
    CHECK(array.values[1] == -INFINITY);
}

TEST_CASE("what cannot be read is refused with a sentence") {
    CHECK(refusal(npy("'<i8'", "False", "(1,)", eight_bytes)) ==
          "holds int64 (dtype '<i8'); only float32 and float64 are read: save "
          "array.astype('float32')");
    CHECK(refusal(npy("'<f2'", "False", "(1,)", eight_bytes)) ==
          "holds float16 (dtype '<f2'); only float32 and float64 are read: save "
          "array.astype('float32')");
    CHECK(
        refusal(npy("'>f8'", "False", "(1,)", eight_bytes)) ==
        "holds big-endian float64 (dtype '>f8'); only little-endian float32 and float64 are read: "
        "save array.astype('<f8')");
    CHECK(refusal(npy("[('x', '<f4')]", "False", "(1,)", eight_bytes)) ==
          "holds a structured dtype; only float32 and float64 are read");
    CHECK(refusal(npy("'<f8'", "False", "(3,)", eight_bytes)) ==
          "ends after 1 of the 3 numbers that its header announces");
    CHECK(refusal(npy("'<f8'", "False", "(1000000, 1000000)", eight_bytes)) ==
          "ends after 1 of the 1000000000000 numbers that its header announces");
    CHECK(refusal(npy("'<f8'", "False", "(1,)", eight_bytes, 9)) ==
          "has .npy format version 9; versions 1 to 3 are read");
    CHECK(refusal(npy("'<f8'", "Maybe", "(1,)", eight_bytes)) == "has a broken .npy header");
    CHECK(refusal(npy("'<f8'", "False", "(1,", eight_bytes)) == "has a broken .npy header");
    CHECK(refusal(npy("'<f8", "False", "(1,)", eight_bytes).substr(0, 40)) ==
          "has a broken .npy header");
    CHECK(refusal("PK\x03\x04 and so on") ==
          "is a zip or .npz archive; save one array with numpy.save");
    CHECK(refusal("1\n2\n") == "is not a NumPy array; save it with numpy.save");
    CHECK(refusal("") == "is not a NumPy array; save it with numpy.save");
    CHECK_THROWS_WITH(read_npy("/nonexistent/w.npy"),
                      "chainrule: the file '/nonexistent/w.npy' does not exist");
    CHECK_THROWS_WITH(read_npy("/"), "chainrule: the file '/' is a directory");
    CHECK_THROWS_AS(read_npy("/"), std::invalid_argument);
}
