// SPDX-License-Identifier: BSL-1.0
/// How far the kernels of every catalogue entry are from evaluate(), which tests/activations holds to
/// the truth: no farther than docs/accuracy.md says. CHAINRULE_WRITE_DOCS=1 in the environment raises
/// its figures to what is found here.
#include <chainrule/chainrule.hpp>
#include <chainrule/verify/ulp.hpp>

#include "activations/textbook.hpp"
#include "support/catch.hpp"

#include <boost/hana/for_each.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <random>
#include <sstream>
#include <string>
#include <vector>

using namespace chainrule;
namespace hana = boost::hana;

namespace {

const std::filesystem::path page =
    std::filesystem::path(__FILE__).parent_path().parent_path().parent_path() / "docs/accuracy.md";
const std::string begin_mark = "<!-- written by tests/exhaustive/accuracy.cpp -->\n";
const std::string end_mark = "<!-- end -->\n";

/// Beyond, the powers in some formulas overflow in the element type; the manual lists what happens.
inline constexpr double largest_argument = 1e12;

/// Floats over all bit patterns, doubles of all exponents, and both denser where functions bend.
template<class T>
std::vector<T> arguments() {
    std::vector<T> points;
    std::mt19937_64 random(20261121);
    const auto uniform = [&](double low, double high) {
        return low + (high - low) * static_cast<double>(random() >> 11) * 0x1p-53;
    };
    if constexpr (sizeof(T) == 4) {
        for (std::uint64_t bits = 0; bits < 0x100000000U; bits += 524287) {
            points.push_back(std::bit_cast<T>(static_cast<std::uint32_t>(bits)));
        }
    } else {
        for (int i = 0; i < 8192; ++i) points.push_back(std::bit_cast<T>(random()));
    }
    for (int i = 0; i < 4096; ++i) {
        for (double reach : {0.01, 1.0, 6.0, 40.0, sizeof(T) == 4 ? 105.0 : 750.0}) {
            points.push_back(static_cast<T>(uniform(-reach, reach)));
        }
    }
    std::erase_if(points, [](T v) { return !(std::abs(v) <= static_cast<T>(largest_argument)); });
    return points;
}

/// Largest distance in ULP over normal results; next to a simple root 2ε·|x·slope| is allowed for.
template<class T>
std::uint64_t worst_distance(const std::vector<T>& at, const std::vector<T>& ours,
                             const auto& reference, const auto& slope_of_reference) {
    using limits = std::numeric_limits<T>;
    std::uint64_t worst = 0;
    for (std::size_t i = 0; i < at.size(); ++i) {
        const T truth = reference(at[i]);
        if (truth != truth || std::abs(truth) < limits::min()) continue;
        const std::uint64_t distance = ulp_distance(ours[i], truth);
        if (distance <= worst) continue;
        const T allowed = 2 * limits::epsilon() * std::abs(at[i] * slope_of_reference(at[i]));
        if (std::abs(ours[i] - truth) <= allowed) continue;
        worst = distance;
    }
    return worst;
}

/// The figures of one entry: float value and slope, double value and slope.
using figures = std::array<std::uint64_t, 4>;

template<class T, class F>
void measure(F f, std::uint64_t& value_figure, std::uint64_t& slope_figure) {
    constexpr auto slope = derivative(F{});
    constexpr auto curvature = derivative<2>(F{}, x);
    static const std::vector<T> at = arguments<T>();
    std::vector<T> value(at.size());
    std::vector<T> slopes(at.size());
    value_and_derivative(f, at, value, slopes);
    const auto value_at = [](T v) { return evaluate(F{}, x = v); };
    const auto slope_at = [=](T v) { return evaluate(slope, x = v); };
    const auto curvature_at = [=](T v) { return evaluate(curvature, x = v); };
    value_figure = worst_distance(at, value, value_at, slope_at);
    slope_figure = worst_distance(at, slopes, slope_at, curvature_at);
}

std::string read_page() {
    std::ifstream file(page);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

std::map<std::string, figures> documented(const std::string& text) {
    std::map<std::string, figures> result;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        char name[64];
        unsigned long f[4];
        if (std::sscanf(line.c_str(), "| `%63[^`]` | %lu | %lu | %lu | %lu |", name, f, f + 1,
                        f + 2, f + 3) == 5) {
            result[name] = {f[0], f[1], f[2], f[3]};
        }
    }
    return result;
}

}  // namespace

TEST_CASE("kernels are as near to the truth as the manual says") {
    const std::string text = read_page();
    const auto known = documented(text);
    const bool write =
        std::getenv("CHAINRULE_WRITE_DOCS") != nullptr;  // NOLINT(concurrency-mt-unsafe)
    std::string table =
        "| | float value | float slope | double value | double slope |\n|---|---|---|---|---|\n";
    hana::for_each(activations::all, [&](const auto& entry) {
        using entry_type = std::remove_cvref_t<decltype(entry)>;
        constexpr auto f = textbook::with_values<entry_type>();
        figures found{};
        measure<float>(f, found[0], found[1]);
        measure<double>(f, found[2], found[3]);
        figures said{};
        if (const auto row = known.find(std::string(entry.name)); row != known.end())
            said = row->second;
        table += "| `" + std::string(entry.name) + "` |";
        for (std::size_t i = 0; i < found.size(); ++i) {
            CAPTURE(entry.name, i, found[i], said[i]);
            if (!write) CHECK(found[i] <= said[i]);
            table += " " + std::to_string(std::max(found[i], said[i])) + " |";
        }
        table += "\n";
    });
    const std::size_t first = text.find(begin_mark);
    const std::size_t last = text.find(end_mark);
    REQUIRE(first != std::string::npos);
    REQUIRE(last != std::string::npos);
    if (write)
        std::ofstream(page) << text.substr(0, first + begin_mark.size()) << table
                            << text.substr(last);
}
