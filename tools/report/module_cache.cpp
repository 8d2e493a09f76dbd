// SPDX-License-Identifier: BSL-1.0
#include "module_cache.hpp"

#include <chainrule/core/fixed_string.hpp>

#include "module_source.hpp"
#include "progress.hpp"
#include "user_error.hpp"

#include <fmt/format.h>

#include <dlfcn.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <thread>

namespace chainrule::report {

namespace fs = std::filesystem;

namespace {

fs::path cache_directory() {
    auto variable = [](const char* name) {
        const char* value = std::getenv(name);
        return fs::path(value != nullptr ? value : "");
    };
    fs::path base = variable("XDG_CACHE_HOME");
    if (!base.is_absolute()) {
        base = variable("HOME").is_absolute()
            ? variable("HOME") / ".cache"
            : fs::temp_directory_path() / fmt::format("chainrule-{}", getuid());
    }
    const fs::path result = base / "chainrule";
    std::error_code error;
    fs::create_directories(result, error);
    if (error || access(result.c_str(), W_OK) != 0) {
        throw user_error(
            fmt::format("The cache for compiled formulas, '{}', cannot be written; set "
                        "XDG_CACHE_HOME to a directory that can.",
                        result.string()));
    }
    return result;
}

/// Changes with every edit of a header.
std::uint64_t hash_headers(const fs::path& include_directory) {
    std::vector<fs::path> headers;
    for (const auto& entry : fs::recursive_directory_iterator(include_directory / "chainrule")) {
        if (entry.is_regular_file()) headers.push_back(entry.path());
    }
    std::ranges::sort(headers);
    std::uint64_t hash = 0;
    for (const fs::path& header : headers) {
        hash = detail::mix_hash(hash, detail::hash_text(read_file(header)));
    }
    return hash;
}

/// What -march=native depends on.
std::uint64_t hash_processor() {
    std::ifstream file("/proc/cpuinfo");
    std::uint64_t hash = 0;
    for (std::string line; std::getline(file, line) && !line.empty();) {
        if (line.starts_with("model name") || line.starts_with("flags") ||
            line.starts_with("Features")) {
            hash = detail::mix_hash(hash, detail::hash_text(line));
        }
    }
    return hash;
}

std::uint64_t hash_toolchain(const compiler& with) {
    std::uint64_t hash = detail::mix_hash(hash_headers(with.include_directory), hash_processor());
    hash = detail::mix_hash(hash, detail::hash_text(with.version));
    for (const std::string& word : with.command)
        hash = detail::mix_hash(hash, detail::hash_text(word));
    for (const std::string& word : with.options)
        hash = detail::mix_hash(hash, detail::hash_text(word));
    return hash;
}

const compiled_formula* load(const fs::path& module) {
    void* library = dlopen(module.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) return nullptr;
    return static_cast<const compiled_formula*>(dlsym(library, "chainrule_formulas"));
}

/// One shared object on its way.
struct module_job {
    std::string names;
    std::size_t first = 0;
    std::size_t count = 0;
    fs::path source, temporary, log, target;
    std::optional<child_process> process;
    const compiled_formula* table = nullptr;
};

void remove_file(const fs::path& path) {
    std::error_code ignored;
    fs::remove(path, ignored);
}

void start(module_job& job, const compiler& with, const std::string& source) {
    std::ofstream file(job.source);
    file << source;
    file.close();
    if (!file) throw user_error(fmt::format("'{}' cannot be written.", job.source.string()));
    command_line command = with.command;
    command.insert(command.end(), with.options.begin(), with.options.end());
    command.insert(command.end(), {job.source.string(), "-o", job.temporary.string()});
    job.process.emplace(command, job.log);
}

void finish(module_job& job, int status) {
    if (status != 0) stop_if_interrupted();
    job.process.reset();
    if (status == 0) {
        // Whole or not at all, also if two programs make the same module.
        fs::rename(job.temporary, job.target);
        job.table = load(job.target);
    }
    if (job.table == nullptr) {
        remove_file(job.temporary);
        throw user_error(
            fmt::format("The compiler could not build {}; what it said is in '{}', the "
                        "source in '{}'.",
                        job.names, job.log.string(), job.source.string()));
    }
    remove_file(job.source);
    remove_file(job.log);
}

/// What an interrupted or failed run leaves of the jobs that were under way.
void abandon(std::vector<module_job>& jobs) {
    for (module_job& job : jobs) {
        if (!job.process) continue;
        job.process.reset();
        for (const fs::path& file : {job.temporary, job.source, job.log}) remove_file(file);
    }
}

std::vector<module_job> plan(const compiler& with, const formula_list& formulas,
                             const std::string& what, std::size_t per_module, bool pairs,
                             std::vector<std::string>& sources) {
    const fs::path directory = cache_directory();
    const std::uint64_t toolchain = hash_toolchain(with);
    std::vector<module_job> jobs;
    for (std::size_t first = 0; first < formulas.size(); first += per_module) {
        const std::size_t count = std::min(per_module, formulas.size() - first);
        const auto begin = formulas.begin() + static_cast<std::ptrdiff_t>(first);
        sources.push_back(
            write_module_source({begin, begin + static_cast<std::ptrdiff_t>(count)}, pairs));
        const std::uint64_t key = detail::mix_hash(toolchain, detail::hash_text(sources.back()));
        const std::string unique = fmt::format("{:016x}.{}", key, getpid());
        module_job job;
        job.names = what;
        job.first = first;
        job.count = count;
        job.target = directory / fmt::format("{:016x}.so", key);
        job.temporary = directory / (unique + ".so");
        job.source = directory / (unique + ".cpp");
        job.log = directory / (unique + ".log");
        if (fs::exists(job.target)) job.table = load(job.target);
        jobs.push_back(std::move(job));
    }
    return jobs;
}

void build(std::vector<module_job>& jobs, const compiler& with,
           const std::vector<std::string>& sources, const std::string& what) {
    const auto missing = std::ranges::count(jobs, nullptr, &module_job::table);
    if (missing == 0) {
        fmt::print(stderr, "Compiled {}: found in the cache\n", what);
        return;
    }
    progress shown(fmt::format("Compiling {} with {}", what, with.command[0]));
    const std::size_t parallel = std::max(1U, std::thread::hardware_concurrency());
    std::size_t next = 0;
    std::size_t running = 0;
    std::ptrdiff_t done = 0;
    while (done < missing) {
        for (; next < jobs.size() && running < parallel; ++next) {
            if (jobs[next].table != nullptr) continue;
            start(jobs[next], with, sources[next]);
            ++running;
        }
        for (module_job& job : jobs) {
            if (!job.process) continue;
            if (const std::optional<int> status = job.process->poll()) {
                finish(job, *status);
                --running;
                ++done;
            }
        }
        if (missing > 1) {
            shown.show_share(static_cast<double>(done) / static_cast<double>(missing));
        } else {
            shown.show_working();
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(30));
    }
    shown.finish(fmt::format("done after {:.1f} s", shown.seconds()));
}

}  // namespace

std::vector<const compiled_formula*> compile(const compiler& with, const formula_list& formulas,
                                             const std::string& what,
                                             std::size_t formulas_per_module, bool pairs) {
    std::vector<std::string> sources;
    std::vector<module_job> jobs = plan(with, formulas, what, formulas_per_module, pairs, sources);
    try {
        build(jobs, with, sources, what);
    } catch (...) {
        abandon(jobs);
        throw;
    }
    std::vector<const compiled_formula*> result;
    for (const module_job& job : jobs) {
        for (std::size_t i = 0; i < job.count; ++i) result.push_back(job.table + i);
    }
    return result;
}

}  // namespace chainrule::report
