// SPDX-License-Identifier: BSL-1.0
/// Files that appear all at once or not at all.
#pragma once

#include <filesystem>
#include <string>

namespace chainrule::report {

class output_directory {
public:
    /// Makes the directory if it is missing, and a hidden one inside it where everything is written
    /// first. Throws user_error if that is not possible.
    explicit output_directory(std::filesystem::path where);
    /// Removes whatever has not been kept, and the directory itself if it was made here.
    ~output_directory();
    output_directory(const output_directory&) = delete;
    output_directory& operator=(const output_directory&) = delete;

    /// The hidden directory.
    [[nodiscard]] const std::filesystem::path& draft() const { return draft_; }
    void write(const std::string& name, const std::string& text) const;
    /// Moves every file from the hidden directory to its place.
    void keep();

private:
    std::filesystem::path place_;
    std::filesystem::path draft_;
    std::filesystem::path first_made_;  ///< the outermost directory that did not exist before
};

}  // namespace chainrule::report
