// SPDX-License-Identifier: BSL-1.0
/// The error of the catalogue's kernels as a program of its own, that can be built statically and run
/// elsewhere (see support/kernel_error.hpp for what is measured):
///     sweep [--entries silu,gelu] [--tier default|accurate|double|all] [--stride 1] [--first 0]
///           [--doubles 20000] [--threads N] [--out FILE]
/// One line per entry and tier: name tier value_ulp at slope_ulp at wrong_values wrong_slopes sample. What
/// FILE already has (of the same sample, measured since the program was built) is not repeated, so a run of
/// hours may be stopped and started again. -DCHAINRULE_SWEEP_ENTRIES='"silu,gelu"' builds only those entries.
/// tests/sweep/renew_page.py puts such files into docs/accuracy.md.
#include <chainrule/chainrule.hpp>

#include "activations/textbook.hpp"
#include "support/kernel_error.hpp"

#include <boost/hana/for_each.hpp>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <set>
#include <sstream>
#include <string>
#include <string_view>

#if !defined(CHAINRULE_SWEEP_ENTRIES)
#define CHAINRULE_SWEEP_ENTRIES "all"
#endif

using namespace chainrule;

namespace {

constexpr bool is_listed(std::string_view list, std::string_view name) {
    while (!list.empty()) {
        const std::size_t end = std::min(list.find(','), list.size());
        if (list.substr(0, end) == name || list == "all") return true;
        list.remove_prefix(std::min(end + 1, list.size()));
    }
    return false;
}

/// The lines "name tier ... sample" of a file that a run of this very program has begun.
std::set<std::string> finished(const std::string& path, const char* program) {
    std::set<std::string> result;
    std::error_code error;
    const auto written = std::filesystem::last_write_time(path, error);
    if (error) return result;
    if (written < std::filesystem::last_write_time(program, error)) {
        std::filesystem::remove(path, error);
        return result;
    }
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        std::istringstream fields(line);
        std::string name;
        std::string tier;
        std::string last;
        fields >> name >> tier;
        int count = 2;
        for (std::string field; fields >> field; ++count) last = field;
        if (count == 9) result.insert(name + " " + tier + " " + last);
    }
    return result;
}

}  // namespace

int main(int count, char** arguments) {
    std::string entries = "all";
    std::string tier = "all";
    std::string out;
    std::uint64_t stride = 1;
    std::uint64_t first = 0;
    int doubles = 20000;
    unsigned threads = std::max(1U, std::thread::hardware_concurrency());
    for (int i = 1; i + 1 < count; i += 2) {
        const std::string option = arguments[i];
        const char* value = arguments[i + 1];
        if (option == "--entries") entries = value;
        else if (option == "--tier") tier = value;
        else if (option == "--out") out = value;
        else if (option == "--stride") stride = std::strtoull(value, nullptr, 10);
        else if (option == "--first") first = std::strtoull(value, nullptr, 10);
        else if (option == "--doubles") doubles = std::atoi(value);
        else if (option == "--threads")
            threads = static_cast<unsigned>(std::strtoul(value, nullptr, 10));
        else return std::fprintf(stderr, "unknown option %s\n", option.c_str()), 2;
    }
    const std::set<std::string> done = finished(out, "/proc/self/exe");
    std::ofstream file;
    if (!out.empty()) file.open(out, std::ios::app);
    std::ostream& to = out.empty() ? std::cout : file;
    auto measure = [&](const std::string& name, const std::string& which, auto how) {
        if (tier != "all" && tier != which) return;
        const std::string sample = which == "double"
            ? std::to_string(doubles)
            : std::to_string(stride) + "+" + std::to_string(first);
        if (done.count(name + " " + which + " " + sample) != 0) return;
        const kernel_error::figures f = how();
        char line[256];
        std::snprintf(line, sizeof line, "%-18s %-8s %10.4f %24.17g %10.4f %24.17g %8llu %8llu %s",
                      name.c_str(), which.c_str(), f.value.ulp, f.value.at, f.slope.ulp, f.slope.at,
                      static_cast<unsigned long long>(f.value.wrong),
                      static_cast<unsigned long long>(f.slope.wrong), sample.c_str());
        to << line << std::endl;
    };
    boost::hana::for_each(activations::all, [&](const auto& entry) {
        using entry_type = std::remove_cvref_t<decltype(entry)>;
        if constexpr (is_listed(CHAINRULE_SWEEP_ENTRIES, entry_type::name)) {
            const std::string name(entry.name);
            if (!is_listed(entries, name)) return;
            constexpr auto f = textbook::with_values<entry_type>();
            using fast = kernel_error::subject<std::remove_const_t<decltype(f)>>;
            using exact = kernel_error::subject<std::remove_const_t<decltype(f)>, accurate_tag>;
            measure(name, "default", [&] {
                return stride == 1 ? fast::measure_all(threads)
                                   : fast::measure(stride, threads, first);
            });
            measure(name, "accurate", [&] {
                return stride == 1 ? exact::measure_all(threads)
                                   : exact::measure(stride, threads, first);
            });
            measure(name, "double", [&] { return fast::measure_double(doubles); });
        }
    });
}
