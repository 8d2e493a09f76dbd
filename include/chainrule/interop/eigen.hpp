// SPDX-License-Identifier: BSL-1.0
/// The door to Eigen: weights saved by numpy as matrices and vectors. Opt-in. Contiguous Eigen vectors are
/// ranges of every kernel as they are: forward(silu, in, out).
///
///     layers.add(read_npy_matrix("w1.npy"), read_npy_vector("b1.npy"), tanh(x));
#pragma once

#include <chainrule/interop/npy.hpp>

#include <Eigen/Core>

namespace chainrule {

namespace detail {

inline std::string shape_text(const std::vector<std::size_t>& shape) {
    std::string text = "(";
    for (std::size_t i = 0; i < shape.size(); ++i) {
        text += (i == 0 ? "" : ", ") + std::to_string(shape[i]);
    }
    return text + (shape.size() == 1 ? ",)" : ")");
}

[[noreturn]] inline void throw_dimensions(const std::filesystem::path& path, const npy_array& array,
                                          const char* wanted) {
    throw argument_error("chainrule: the file '" + path.string() + "' holds an array of shape " +
                         shape_text(array.shape) + "; " + wanted);
}

}  // namespace detail

/// A two-dimensional array saved by numpy.save as a matrix. Throws argument_error as read_npy does, and
/// for another number of dimensions.
inline Eigen::MatrixXd read_npy_matrix(const std::filesystem::path& path) {
    const npy_array array = read_npy(path);
    if (array.shape.size() != 2) {
        detail::throw_dimensions(path, array, "a matrix has two dimensions");
    }
    using row_major = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    return Eigen::Map<const row_major>(array.values.data(),
                                       static_cast<Eigen::Index>(array.shape[0]),
                                       static_cast<Eigen::Index>(array.shape[1]));
}

/// The same for a vector: shape (n,), (n, 1) or (1, n).
inline Eigen::VectorXd read_npy_vector(const std::filesystem::path& path) {
    const npy_array array = read_npy(path);
    const std::vector<std::size_t>& shape = array.shape;
    if (shape.size() != 1 && !(shape.size() == 2 && (shape[0] == 1 || shape[1] == 1))) {
        detail::throw_dimensions(path, array, "a vector has one");
    }
    return Eigen::Map<const Eigen::VectorXd>(array.values.data(),
                                             static_cast<Eigen::Index>(array.values.size()));
}

}  // namespace chainrule
