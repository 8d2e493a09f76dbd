// SPDX-License-Identifier: BSL-1.0
/// Samples with their classes from a file: CSV, the class in the last column, or MNIST's IDX.
#pragma once

#include <chainrule/analysis/labelled_data.hpp>

#include <filesystem>
#include <optional>

namespace chainrule::report {

/// IDX images need the file of their labels. Throws user_error with one sentence.
labelled_data read_labelled_file(const std::filesystem::path& path,
                                 const std::optional<std::filesystem::path>& labels);

struct split_data {
    labelled_data training;
    labelled_data test;
};

/// A fifth, chosen at random, becomes the test data; every feature is scaled to mean 0 and variance 1 over
/// the training data (constant ones become 0).
split_data split_and_scale(const labelled_data& all, random_numbers& random);

}  // namespace chainrule::report
