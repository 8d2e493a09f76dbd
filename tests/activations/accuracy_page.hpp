// SPDX-License-Identifier: BSL-1.0
/// Reads the table of docs/accuracy.md.
#pragma once

#include <array>
#include <cstdio>
#include <fstream>
#include <map>
#include <string>

namespace accuracy_page {

/// value and slope of: the default tier, the accurate tier, double.
using row = std::array<double, 6>;
using table = std::map<std::string, row>;

inline table read() {
    std::ifstream file(CHAINRULE_SOURCE_DIRECTORY "/docs/accuracy.md");
    table result;
    for (std::string line; std::getline(file, line);) {
        char name[64];
        row r{};
        if (std::sscanf(line.c_str(), "| `%63[^`]` | %lf | %lf | %lf | %lf | %lf | %lf |", name,
                        &r[0], &r[1], &r[2], &r[3], &r[4], &r[5]) == 7) {
            result[name] = r;
        }
    }
    return result;
}

}  // namespace accuracy_page
