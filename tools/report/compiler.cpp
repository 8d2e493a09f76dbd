// SPDX-License-Identifier: BSL-1.0
#include "compiler.hpp"

#include "user_error.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <cstdlib>
#include <sstream>

// From CMakeLists.txt: CHAINRULE_REPORT_INCLUDE, CHAINRULE_REPORT_BOOST_INCLUDE,
// CHAINRULE_REPORT_GCC_OPTIONS and CHAINRULE_REPORT_CLANG_OPTIONS (the options that the target
// chainrule::chainrule carries, separated by spaces).

namespace chainrule::report {

namespace fs = std::filesystem;

namespace {

command_line words(const std::string& text) {
    std::istringstream stream(text);
    command_line result;
    for (std::string word; stream >> word;) result.push_back(word);
    return result;
}

command_line find_command() {
    if (const char* chosen = std::getenv("CXX"); chosen != nullptr && *chosen != '\0') {
        command_line command = words(chosen);
        if (command.empty() || !find_program(command[0])) {
            throw user_error(
                fmt::format("The compiler that CXX names, '{}', was not found.", chosen));
        }
        return command;
    }
    for (const char* name : {"c++", "g++", "clang++"}) {
        if (find_program(name)) return {name};
    }
    throw user_error(
        "No C++ compiler was found: none of c++, g++ and clang++ is on the PATH. Install "
        "one (Debian: apt-get install g++) or name one in the environment variable CXX.");
}

bool holds_chainrule(const fs::path& directory) {
    std::error_code ignored;
    return fs::is_regular_file(directory / "chainrule/chainrule.hpp", ignored);
}

fs::path find_include_directory() {
    if (const char* chosen = std::getenv("CHAINRULE_INCLUDE");
        chosen != nullptr && *chosen != '\0') {
        if (!holds_chainrule(chosen)) {
            throw user_error(fmt::format("CHAINRULE_INCLUDE names '{}', where there is no "
                                         "chainrule/chainrule.hpp.",
                                         chosen));
        }
        return chosen;
    }
    std::error_code ignored;
    const fs::path self = fs::read_symlink("/proc/self/exe", ignored);
    for (const fs::path& directory :
         {self.parent_path().parent_path() / "include", fs::path(CHAINRULE_REPORT_INCLUDE)}) {
        if (holds_chainrule(directory)) return directory;
    }
    throw user_error(fmt::format("The headers of chainrule were not found in '{}'; name their "
                                 "directory in the environment variable CHAINRULE_INCLUDE.",
                                 CHAINRULE_REPORT_INCLUDE));
}

std::string ask_version(const command_line& command) {
    const fs::path answer =
        fs::temp_directory_path() / fmt::format("chainrule-version-{}.txt", getpid());
    command_line question = command;
    question.emplace_back("--version");
    const int status = run(question, answer, [] {});
    std::string text = read_file(answer);
    std::error_code ignored;
    fs::remove(answer, ignored);
    if (status != 0) {
        throw user_error(
            fmt::format("'{}' does not answer to --version like a C++ compiler.", command[0]));
    }
    return text.substr(0, text.find('\n'));
}

}  // namespace

compiler find_compiler() {
    compiler result;
    result.command = find_command();
    result.version = ask_version(result.command);
    result.include_directory = find_include_directory();
    const bool is_clang = result.version.find("clang") != std::string::npos;
    // -O3 makes fused kernels no faster, but takes a sixth more time; plain loops ask for it themselves.
    result.options = words("-std=c++20 -O2 -march=native -fPIC -shared -fvisibility=hidden");
    for (const std::string& option :
         words(is_clang ? CHAINRULE_REPORT_CLANG_OPTIONS : CHAINRULE_REPORT_GCC_OPTIONS)) {
        result.options.push_back(option);
    }
    // A fifth less time than with the target's options, which keep the compiler small: modules are small.
    if (!is_clang) {
        for (const char* option : {"--param=ggc-min-heapsize=131072", "--param=ggc-min-expand=100"})
            result.options.emplace_back(option);
    }
    result.options.push_back("-I" + result.include_directory.string());
    for (const std::string& directory : words(CHAINRULE_REPORT_BOOST_INCLUDE)) {
        if (directory != "/usr/include") result.options.push_back("-isystem" + directory);
    }
    return result;
}

}  // namespace chainrule::report
