// SPDX-License-Identifier: BSL-1.0
/// The error of the catalogue's kernels as a program of its own, that can be built statically and run
/// elsewhere (see support/kernel_error.hpp for what is measured):
///     sweep [--entries silu,gelu] [--tier default|accurate|double|all] [--stride 1] [--threads N] [--out FILE]
/// One line per entry and tier: name tier value_ulp at slope_ulp at wrong_values wrong_slopes.
/// tests/sweep/renew_page.py puts such files into docs/accuracy.md.
#include <chainrule/chainrule.hpp>

#include "activations/textbook.hpp"
#include "support/kernel_error.hpp"

#include <boost/hana/for_each.hpp>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>

using namespace chainrule;

namespace {

bool is_listed(const std::string& list, const std::string& name) {
    return list == "all" || ("," + list + ",").find("," + name + ",") != std::string::npos;
}

}  // namespace

int main(int count, char** arguments) {
    std::string entries = "all";
    std::string tier = "all";
    std::string out;
    std::uint64_t stride = 1;
    unsigned threads = std::max(1U, std::thread::hardware_concurrency());
    for (int i = 1; i + 1 < count; i += 2) {
        const std::string option = arguments[i];
        const char* value = arguments[i + 1];
        if (option == "--entries") entries = value;
        else if (option == "--tier") tier = value;
        else if (option == "--out") out = value;
        else if (option == "--stride") stride = std::strtoull(value, nullptr, 10);
        else if (option == "--threads")
            threads = static_cast<unsigned>(std::strtoul(value, nullptr, 10));
        else return std::fprintf(stderr, "unknown option %s\n", option.c_str()), 2;
    }
    std::ofstream file;
    if (!out.empty()) file.open(out);
    std::ostream& to = out.empty() ? std::cout : file;
    auto report = [&](const std::string& name, const char* which, const kernel_error::figures& f) {
        char line[256];
        std::snprintf(line, sizeof line, "%-18s %-8s %10.4f %24.17g %10.4f %24.17g %8llu %8llu",
                      name.c_str(), which, f.value.ulp, f.value.at, f.slope.ulp, f.slope.at,
                      static_cast<unsigned long long>(f.value.wrong),
                      static_cast<unsigned long long>(f.slope.wrong));
        to << line << std::endl;
    };
    boost::hana::for_each(activations::all, [&](const auto& entry) {
        using entry_type = std::remove_cvref_t<decltype(entry)>;
        constexpr auto f = textbook::with_values<entry_type>();
        using formula = std::remove_const_t<decltype(f)>;
        const std::string name(entry.name);
        if (!is_listed(entries, name)) return;
        using kernel_error::subject;
        const bool all = tier == "all";
        if (all || tier == "default")
            report(name, "default", subject<formula>::measure(stride, threads));
        if (all || tier == "accurate") {
            report(name, "accurate", subject<formula, accurate_tag>::measure(stride, threads));
        }
        if (all || tier == "double")
            report(name, "double", subject<formula>::measure_double(20000));
    });
}
