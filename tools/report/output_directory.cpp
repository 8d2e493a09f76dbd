// SPDX-License-Identifier: BSL-1.0
#include "output_directory.hpp"

#include "user_error.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <fstream>
#include <vector>

namespace chainrule::report {

namespace fs = std::filesystem;

output_directory::output_directory(fs::path where) : place_(std::move(where)) {
    std::error_code error;
    if (fs::exists(place_, error) && !fs::is_directory(place_, error)) {
        throw user_error(fmt::format("The output directory '{}' is a file.", place_.string()));
    }
    for (fs::path p = fs::absolute(place_, error).lexically_normal();
         !p.empty() && !fs::exists(p, error); p = p.parent_path()) {
        if (p.has_filename()) first_made_ = p;
    }
    draft_ = place_ / fmt::format(".chainrule-{}", getpid());
    fs::create_directories(draft_, error);
    if (error || access(draft_.c_str(), W_OK) != 0) {
        throw user_error(fmt::format("The output directory '{}' cannot be written: {}.",
                                     place_.string(), error.message()));
    }
}

output_directory::~output_directory() {
    std::error_code ignored;
    fs::remove_all(draft_, ignored);
    if (!first_made_.empty()) fs::remove_all(first_made_, ignored);
}

void output_directory::write(const std::string& name, const std::string& text) const {
    std::ofstream file(draft_ / name, std::ios::binary);
    file << text;
    file.close();
    if (!file) throw user_error(fmt::format("'{}' cannot be written.", (place_ / name).string()));
}

void output_directory::keep() {
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(draft_)) {
        if (entry.is_regular_file()) files.push_back(fs::relative(entry.path(), draft_));
    }
    for (const fs::path& file : files) {
        std::error_code error;
        fs::create_directories((place_ / file).parent_path(), error);
        if (!error) fs::rename(draft_ / file, place_ / file, error);
        if (error) {
            throw user_error(fmt::format("'{}' cannot be written: {}.", (place_ / file).string(),
                                         error.message()));
        }
    }
    first_made_.clear();
}

}  // namespace chainrule::report
