// SPDX-License-Identifier: BSL-1.0
/// Other programs: finding them and running them.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace chainrule::report {

using command_line = std::vector<std::string>;

/// The program a name stands for, as the shell would find it; nothing if there is none.
std::optional<std::filesystem::path> find_program(const std::string& name);

/// A running program whose output goes to a file. Ended if nobody waits for it.
class child_process {
public:
    child_process(const command_line& command, const std::filesystem::path& output);
    ~child_process();
    child_process(child_process&& other) noexcept;
    child_process& operator=(child_process&&) = delete;

    /// The exit status once the program has ended; 128 + n if a signal ended it.
    std::optional<int> poll();

private:
    pid_t id_ = 0;
    std::optional<int> status_;
};

/// Runs to the end, calling `tick` about ten times a second.
int run(const command_line& command, const std::filesystem::path& output,
        const std::function<void()>& tick);

/// The beginning of a text file; empty if it cannot be read.
std::string read_file(const std::filesystem::path& path, std::size_t limit = std::size_t(-1));

}  // namespace chainrule::report
