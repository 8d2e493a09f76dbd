// SPDX-License-Identifier: BSL-1.0
#include "plots.hpp"

#include "numbers.hpp"
#include "plot_samples.hpp"
#include "process.hpp"
#include "progress.hpp"
#include "user_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>

namespace chainrule::report {

namespace {

constexpr const char* function_colour = "#1b4f8a";
constexpr const char* slope_colour = "#d9660b";
constexpr const char* second_colour = "#5f9e6e";
constexpr const char* band_colour = "#c9d8ec";
constexpr const char* faint_colour = "#9aa3ad";

constexpr const char* common_style = R"(reset
set encoding utf8
set border 3 linewidth 0.8 linecolor rgb '#59636e'
set tics nomirror scale 0.6 textcolor rgb '#2f3640'
set grid linetype 1 linecolor rgb '#e6e9ed' linewidth 0.7
set datafile missing 'NaN'
set samples 2
set minussign
)";

std::string quoted(std::string text, std::size_t longest) {
    if (text.size() > longest) {
        std::size_t end = longest;
        while ((static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
        text = text.substr(0, end) + " …";
    }
    std::string result = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') result += '\\';
        result += c == '\n' ? ' ' : c;
    }
    return result + "\"";
}

std::string title(const analysis& a) {
    return fmt::format("set title {} noenhanced textcolor rgb '#1f2730'\n",
                       quoted(describe(*a.subject), 96));
}

std::string kink_lines(const analysis& a) {
    std::string result;
    for (const kink& k : a.kinks) {
        if (result.size() > 4000) break;
        result += fmt::format(
            "set arrow from first {0},graph 0 to first {0},graph 1 nohead back dashtype 3 "
            "linewidth 0.9 linecolor rgb '{1}'\n",
            k.at, faint_colour);
    }
    return result;
}

std::string number(double v) { return std::isfinite(v) ? fmt::format("{:.8g}", v) : "NaN"; }

/// A logarithm as a power of ten, for an axis that goes beyond the range of double.
std::string decades(double log_value) { return number(log_value / std::log(10.0)); }

}  // namespace

void require_gnuplot() {
    if (!find_program("gnuplot")) {
        throw user_error(
            "gnuplot, which draws the pictures of --out, was not found. Install it (Debian: "
            "apt-get install gnuplot-nox) or leave --out away.");
    }
}

std::string plot_script::add_block(const std::string& data) {
    const std::string name = fmt::format("$data{}", blocks_++);
    text_ += fmt::format("{} << EOD\n{}EOD\n", name, data);
    return name;
}

void plot_script::add_picture(const std::string& file, int width, int height, int font,
                              const std::string& commands) {
    for (const bool is_svg : {true, false}) {
        const double scale = is_svg ? 1 : 1.5;
        text_ += fmt::format("set terminal {} size {:.0f},{:.0f} font 'DejaVu Sans,{:.0f}' {}\n",
                             is_svg ? "svg" : "pngcairo", width * scale, height * scale,
                             font * (is_svg ? 1 : 1.18),
                             is_svg ? "background rgb 'white'" : "linewidth 1.5");
        text_ += fmt::format("set output '{}.{}'\n{}{}unset output\n", file, is_svg ? "svg" : "png",
                             common_style, commands);
    }
}

void plot_script::add_function(const analysis& a, const std::string& file) {
    const function_samples samples = sample_function(a, 1200, true);
    const std::string data = add_block(samples.data);
    const std::string commands = fmt::format(
        "{title}{kinks}set xrange [{low}:{high}]\nset yrange [{bottom}:{top}]\n"
        "set xzeroaxis linetype 1 linewidth 0.9 linecolor rgb '#59636e'\n"
        "set yzeroaxis linetype 1 linewidth 0.9 linecolor rgb '#59636e'\n"
        "set xlabel 'x'\nset bmargin 5\nset key at screen 0.5, screen 0.045 center center "
        "horizontal Left reverse samplen 2.4 maxrows 1\n"
        "plot {data} using 1:4 with lines linewidth 1.5 dashtype (12,7) linecolor rgb '{second}' "
        "notitle, "
        "{data} using 1:3 with lines linewidth 1.9 linecolor rgb '{slope}' notitle, "
        "{data} using 1:2 with lines linewidth 2.4 linecolor rgb '{function}' notitle, "
        "keyentry with lines linewidth 2.4 linecolor rgb '{function}' title 'f', "
        "keyentry with lines linewidth 1.9 linecolor rgb '{slope}' title 'f′', "
        "keyentry with lines linewidth 1.5 dashtype (12,7) linecolor rgb '{second}' title 'f″'\n",
        fmt::arg("title", title(a)), fmt::arg("kinks", kink_lines(a)), fmt::arg("low", samples.low),
        fmt::arg("high", samples.high), fmt::arg("bottom", samples.bottom),
        fmt::arg("top", samples.top), fmt::arg("data", data), fmt::arg("second", second_colour),
        fmt::arg("slope", slope_colour), fmt::arg("function", function_colour));
    add_picture(file, 860, 520, 13, commands);
}

void plot_script::add_thumbnail(const analysis& a, const std::string& file) {
    const function_samples samples = sample_function(a, 400, false);
    const std::string data = add_block(samples.data);
    const std::string commands =
        fmt::format("{kinks}set xrange [{low}:{high}]\nset yrange [{bottom}:{top}]\nunset key\n"
                    "set xzeroaxis linetype 1 linewidth 0.8 linecolor rgb '#59636e'\n"
                    "set yzeroaxis linetype 1 linewidth 0.8 linecolor rgb '#59636e'\n"
                    "set xtics {step}\nset ytics autofreq\nset tics font ',9'\n"
                    "set lmargin 5\nset rmargin 1.2\nset tmargin 0.6\nset bmargin 1.8\n"
                    "plot {data} using 1:3 with lines linewidth 1.5 linecolor rgb '{slope}', "
                    "{data} using 1:2 with lines linewidth 2 linecolor rgb '{function}'\n",
                    fmt::arg("kinks", kink_lines(a)), fmt::arg("low", samples.low),
                    fmt::arg("high", samples.high), fmt::arg("bottom", samples.bottom),
                    fmt::arg("top", samples.top), fmt::arg("step", samples.high > 5 ? 4 : 2),
                    fmt::arg("data", data), fmt::arg("slope", slope_colour),
                    fmt::arg("function", function_colour));
    add_picture(file, 250, 160, 10, commands);
}

void plot_script::add_chain(const analysis& a, const std::string& file) {
    const chain_analysis& chain = a.chain;
    std::string rows = "0 0 0 0 0\n";
    double lowest = std::log10(lost_below) - 0.5;
    double highest = 0.5;
    for (const chain_level& level : chain.levels) {
        for (const double v : {level.log_rms, level.log_median, level.log_low, level.log_high}) {
            if (!std::isfinite(v)) continue;
            lowest = std::min(lowest, v / std::log(10.0));
            highest = std::max(highest, v / std::log(10.0));
        }
    }
    const double range = highest - lowest;
    const double bottom = lowest - 0.04 * range;
    for (const chain_level& level : chain.levels) {
        // A slope of exactly 0 lies below every axis; the band then reaches its foot.
        const std::string low = level.log_low < -1e300 ? number(bottom) : decades(level.log_low);
        const std::string high = level.log_high < -1e300 ? "NaN" : decades(level.log_high);
        rows += fmt::format("{} {} {} {} {}\n", level.depth, decades(level.log_rms),
                            decades(level.log_median), low, high);
    }
    const std::string data = add_block(rows);
    std::string note;
    if (chain.verdict == chain_verdict::undefined) {
        note = "set label 'every chain leaves the domain of f' at graph 0.5,0.5 center\n";
    } else if (std::isinf(chain.log_rms) && chain.log_rms < 0) {
        note = "set label 'the gradient is exactly 0' at graph 0.5,0.5 center\n";
    }
    const std::string commands = fmt::format(
        "{title}{note}set xrange [0:{depth}]\nset yrange [{bottom}:{top}]\nset format y "
        "'10^{{%g}}'\n"
        "set xlabel 'depth k'\nset ylabel 'size of ∂x_k/∂x_0,  x_0 from N(0,1)'\n"
        "set bmargin 5\nset key at screen 0.5, screen 0.045 center center horizontal Left reverse "
        "samplen 2.4 maxrows 1\n"
        "set arrow from graph 0,first 0 to graph 1,first 0 nohead back linewidth 0.9 linecolor rgb "
        "'#59636e'\n"
        "set arrow from graph 0,first {lost} to graph 1,first {lost} nohead back dashtype 2 "
        "linewidth 1 "
        "linecolor rgb '#b3261e'\n"
        "set label '10^{{−6}}' at graph 0.995,first {lost} right offset 0,0.6 textcolor rgb "
        "'#b3261e'\n"
        "plot {data} using 1:4:5 with filledcurves fillcolor rgb '{band}' title '10–90 % of "
        "starts', "
        "{data} using 1:3 with lines linewidth 1.8 dashtype (14,5) linecolor rgb '{slope}' title "
        "'median', "
        "{data} using 1:2 with lines linewidth 2.4 linecolor rgb '{function}' title 'root mean "
        "square'\n",
        fmt::arg("title", title(a)), fmt::arg("note", note), fmt::arg("depth", chain.depth),
        fmt::arg("bottom", bottom), fmt::arg("top", highest + 0.04 * range),
        fmt::arg("lost", std::log10(lost_below)), fmt::arg("data", data),
        fmt::arg("band", band_colour), fmt::arg("slope", slope_colour),
        fmt::arg("function", function_colour));
    add_picture(file, 860, 480, 13, commands);
}

void plot_script::draw(const std::filesystem::path& directory) const {
    const std::filesystem::path script = directory / "plots.gnuplot";
    const std::filesystem::path log = directory / "gnuplot.log";
    std::ofstream file(script, std::ios::binary);
    std::string place = directory.string();  // in gnuplot's single quotes, '' is a quote
    for (std::size_t at = 0; (at = place.find('\'', at)) != std::string::npos; at += 2) {
        place.insert(at, 1, '\'');
    }
    file << fmt::format("cd '{}'\n", place) << text_;
    file.close();
    progress shown("Drawing the pictures");
    const int status = run({"gnuplot", script.string()}, log, [&] { shown.show_working(); });
    const std::string said = read_file(log, 400);
    std::filesystem::remove(script);
    std::filesystem::remove(log);
    if (status != 0) {
        throw user_error(fmt::format("gnuplot could not draw the pictures; it said: {}", said));
    }
    shown.finish(fmt::format("done after {:.1f} s", shown.seconds()));
}

}  // namespace chainrule::report
