// SPDX-License-Identifier: BSL-1.0
#include "process.hpp"

#include "user_error.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <thread>
#include <utility>

extern char** environ;  // NOLINT(readability-redundant-declaration)

namespace chainrule::report {

namespace fs = std::filesystem;

std::optional<fs::path> find_program(const std::string& name) {
    auto is_program = [](const fs::path& p) {
        std::error_code ignored;
        return fs::is_regular_file(p, ignored) && access(p.c_str(), X_OK) == 0;
    };
    if (name.find('/') != std::string::npos) {
        return is_program(name) ? std::optional<fs::path>(name) : std::nullopt;
    }
    const char* path = std::getenv("PATH");
    std::istringstream directories(path != nullptr ? path : "");
    for (std::string directory; std::getline(directories, directory, ':');) {
        const fs::path candidate = fs::path(directory.empty() ? "." : directory) / name;
        if (is_program(candidate)) return candidate;
    }
    return std::nullopt;
}

child_process::child_process(const command_line& command, const fs::path& output) {
    std::vector<char*> arguments;
    arguments.reserve(command.size() + 1);
    for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);

    posix_spawn_file_actions_t actions{};
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output.c_str(),
                                     O_WRONLY | O_CREAT | O_TRUNC, 0644);
    posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
    // A process group of its own: the compiler driver ends together with what it has started.
    posix_spawnattr_t attributes{};
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    const int error =
        posix_spawnp(&id_, arguments[0], &actions, &attributes, arguments.data(), environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0) throw user_error(fmt::format("'{}' cannot be started.", command[0]));
}

child_process::child_process(child_process&& other) noexcept
    : id_(std::exchange(other.id_, 0)), status_(other.status_) {}

child_process::~child_process() {
    if (id_ == 0 || status_) return;
    kill(-id_, SIGTERM);
    waitpid(id_, nullptr, 0);
}

std::optional<int> child_process::poll() {
    int status = 0;
    if (!status_ && waitpid(id_, &status, WNOHANG) == id_) {
        status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    return status_;
}

int run(const command_line& command, const fs::path& output, const std::function<void()>& tick) {
    child_process child(command, output);
    auto pause = std::chrono::milliseconds(2);
    while (true) {
        if (const std::optional<int> status = child.poll()) return *status;
        tick();
        std::this_thread::sleep_for(pause);
        pause = std::min(2 * pause, std::chrono::milliseconds(100));
    }
}

std::string read_file(const fs::path& path, std::size_t limit) {
    std::ifstream file(path, std::ios::binary);
    std::string text(std::istreambuf_iterator<char>(file), {});
    if (text.size() > limit) text.resize(limit);
    return text;
}

}  // namespace chainrule::report
