// SPDX-License-Identifier: BSL-1.0
/// Weights from numpy as Eigen matrices, and Eigen vectors in kernels.

#include <chainrule/chainrule.hpp>
#include <chainrule/interop/eigen.hpp>

#include "support/catch.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

using namespace chainrule;

namespace {

std::filesystem::path save(const std::string& shape, bool fortran,
                           const std::vector<float>& values) {
    const std::filesystem::path path = std::filesystem::temp_directory_path() /
        ("chainrule_eigen_" + std::to_string(getpid()) + ".npy");
    std::string header = std::string("{'descr': '<f4', 'fortran_order': ") +
        (fortran ? "True" : "False") + ", 'shape': " + shape + ", }";
    header.resize(117, ' ');
    header += '\n';
    std::ofstream file(path, std::ios::binary);
    file << std::string("\x93NUMPY\x01\x00", 8) << static_cast<char>(header.size()) << '\0'
         << header;
    file.write(reinterpret_cast<const char*>(values.data()),
               static_cast<std::streamsize>(values.size() * sizeof(float)));
    return path;
}

}  // namespace

TEST_CASE("matrices in both orders") {
    Eigen::MatrixXd expected(2, 3);
    expected << 1, 2, 3, 4, 5, 6;
    const auto c_order = save("(2, 3)", false, {1, 2, 3, 4, 5, 6});
    CHECK(read_npy_matrix(c_order) == expected);
    const auto fortran_order = save("(2, 3)", true, {1, 4, 2, 5, 3, 6});
    CHECK(read_npy_matrix(fortran_order) == expected);
    std::filesystem::remove(c_order);
}

TEST_CASE("vectors may be rows or columns of a matrix") {
    std::filesystem::path path;
    for (const char* shape : {"(3,)", "(3, 1)", "(1, 3)"}) {
        path = save(shape, false, {1, 2, 3});
        CHECK(read_npy_vector(path) == Eigen::Vector3d{1, 2, 3});
    }
    std::filesystem::remove(path);
}

TEST_CASE("arrays of other dimensions are refused with a sentence") {
    auto path = save("(3,)", false, {1, 2, 3});
    const std::string start =
        "chainrule: the file '" + path.string() + "' holds an array of shape ";
    CHECK_THROWS_WITH(read_npy_matrix(path), start + "(3,); a matrix has two dimensions");
    path = save("(3, 2)", false, {1, 2, 3, 4, 5, 6});
    CHECK_THROWS_WITH(read_npy_vector(path), start + "(3, 2); a vector has one");
    std::filesystem::remove(path);
    CHECK_THROWS_WITH(read_npy_matrix(path),
                      "chainrule: the file '" + path.string() + "' does not exist");
}

TEST_CASE("Eigen vectors are ranges of the kernels") {
    const Eigen::Vector3d in{1, 2, 3};
    Eigen::Vector3d out;
    forward(x * x, in, out);
    CHECK(out == Eigen::Vector3d{1, 4, 9});
}
