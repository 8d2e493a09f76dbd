// SPDX-License-Identifier: BSL-1.0
#include "plots.hpp"

#include "numbers.hpp"
#include "palette.hpp"
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

constexpr const char* common_style = R"(reset
set encoding utf8
set border 3 linewidth 0.8 linecolor rgb c_quiet
set tics nomirror scale 0.6 textcolor rgb c_ink
set grid linetype 1 linecolor rgb c_rule linewidth 0.7
set key textcolor rgb c_ink
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

std::string kink_lines(const analysis& a) {
    std::string result;
    for (const kink& k : a.kinks) {
        if (result.size() > 4000) break;
        result += fmt::format(
            "set arrow from first {0},graph 0 to first {0},graph 1 nohead back dashtype 3 "
            "linewidth 0.9 linecolor rgb c_faint\n",
            k.at);
    }
    return result;
}

}  // namespace

const char* const key_below =
    "set bmargin 6.2\nset key at screen 0.53, screen 0.07 center center horizontal Left reverse "
    "samplen 2.2 width -1 maxrows 2\n";

std::string title_command(const analysis& a) {
    return fmt::format("set title {} noenhanced textcolor rgb c_ink\n",
                       quoted(describe(*a.subject), 64));
}

std::string plot_number(double v) { return std::isfinite(v) ? fmt::format("{:.8g}", v) : "NaN"; }

std::string decades(double log_value) { return plot_number(log_value / std::log(10.0)); }

std::string decade_axis(const std::vector<double>& logarithms) {
    double low = 0;
    double high = 0;
    bool empty = true;
    for (const double v : logarithms) {
        if (!std::isfinite(v)) continue;
        const double at = v / std::log(10.0);
        low = empty ? at : std::min(low, at);
        high = empty ? at : std::max(high, at);
        empty = false;
    }
    low = std::floor(low);
    high = std::max(std::ceil(high), low + 1);
    return fmt::format("set yrange [{}:{}]\nset ytics {}\nset format y '10^{{%g}}'\n", low, high,
                       std::ceil((high - low) / 8));
}

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

void plot_script::add_picture(const std::string& file, int width, int height,
                              const std::string& commands, int font) {
    for (const bool is_svg : {true, false}) {
        const double scale = is_svg ? 1 : 1.8;
        text_ += fmt::format("set terminal {} size {:.0f},{:.0f} font 'DejaVu Sans,{}' {}\n",
                             is_svg ? "svg" : "pngcairo", width * scale, height * scale, font,
                             is_svg ? "background rgb 'white'" : "fontscale 1.4 linewidth 1.8");
        text_ += fmt::format("set output '{}.{}'\n{}{}unset output\n", file, is_svg ? "svg" : "png",
                             common_style, commands);
    }
}

void plot_script::add_function(const analysis& a, const std::string& file) {
    const function_samples samples = sample_function(a, 1200, true);
    const std::string data = add_block(samples.data);
    std::string shades;
    const auto& saturation = a.flow.saturation;
    for (const interval& i : saturation ? saturation->set.intervals : std::vector<interval>{}) {
        const double low = std::max(i.lo, samples.low);
        const double high = std::min(i.hi, samples.high);
        if (low >= high || shades.size() > 4000) continue;
        shades +=
            fmt::format("set object rectangle from first {},graph 0 to first {},graph 1 behind "
                        "fillcolor rgb c_shade fillstyle solid noborder\n",
                        low, high);
    }
    const std::string commands = fmt::format(
        "{title}{kinks}{shades}set xrange [{low}:{high}]\nset yrange [{bottom}:{top}]\n"
        "set xzeroaxis linetype 1 linewidth 0.9 linecolor rgb c_quiet\n"
        "set yzeroaxis linetype 1 linewidth 0.9 linecolor rgb c_quiet\nset xlabel 'x'\n{key}"
        "plot {data} using 1:4 with lines linewidth 1.5 dashtype (12,7) linecolor rgb c_third "
        "notitle, {data} using 1:3 with lines linewidth 1.9 linecolor rgb c_second notitle, "
        "{data} using 1:2 with lines linewidth 2.4 linecolor rgb c_first notitle, "
        "keyentry with lines linewidth 2.4 linecolor rgb c_first title 'f', "
        "keyentry with lines linewidth 1.9 linecolor rgb c_second title 'f′', "
        "keyentry with lines linewidth 1.5 dashtype (12,7) linecolor rgb c_third title "
        "'f″'{more}\n",
        fmt::arg("title", title_command(a)), fmt::arg("kinks", kink_lines(a)),
        fmt::arg("shades", shades), fmt::arg("low", samples.low), fmt::arg("high", samples.high),
        fmt::arg("bottom", samples.bottom), fmt::arg("top", samples.top), fmt::arg("data", data),
        fmt::arg("key", key_below),
        fmt::arg("more",
                 std::string(a.kinks.empty() ? ""
                                             : ", keyentry with lines dashtype 3 linewidth 0.9 "
                                               "linecolor rgb c_faint title 'kinks'") +
                     (shades.empty()
                          ? ""
                          : ", keyentry with boxes fillcolor rgb c_shade fillstyle solid "
                            "noborder title '|f′| < 10^{{−3}}'")));
    add_picture(file, picture_width, picture_height, commands);
}

void plot_script::add_thumbnail(const analysis& a, const std::string& file) {
    const function_samples samples = sample_function(a, 200, false);
    const std::string data = add_block(samples.data);
    const std::string commands =
        fmt::format("{kinks}set xrange [{low}:{high}]\nset yrange [{bottom}:{top}]\nunset key\n"
                    "set xzeroaxis linetype 1 linewidth 0.8 linecolor rgb c_quiet\n"
                    "set yzeroaxis linetype 1 linewidth 0.8 linecolor rgb c_quiet\n"
                    "set xtics {step}\nset ytics autofreq\nset tics font ',9'\n"
                    "set lmargin 5\nset rmargin 1.2\nset tmargin 0.6\nset bmargin 1.8\n"
                    "plot {data} using 1:3 with lines linewidth 1.5 linecolor rgb c_second, "
                    "{data} using 1:2 with lines linewidth 2 linecolor rgb c_first\n",
                    fmt::arg("kinks", kink_lines(a)), fmt::arg("low", samples.low),
                    fmt::arg("high", samples.high), fmt::arg("bottom", samples.bottom),
                    fmt::arg("top", samples.top), fmt::arg("step", samples.high > 5 ? 4 : 2),
                    fmt::arg("data", data));
    add_picture(file, 250, 160, commands, 10);
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
        const std::string low =
            level.log_low < -1e300 ? plot_number(bottom) : decades(level.log_low);
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
        "{key}"
        "set arrow from graph 0,first 0 to graph 1,first 0 nohead back linewidth 0.9 linecolor rgb "
        "c_quiet\n"
        "set arrow from graph 0,first {lost} to graph 1,first {lost} nohead back dashtype 2 "
        "linewidth 1 "
        "linecolor rgb c_alarm\n"
        "set label '10^{{−6}}' at graph 0.995,first {lost} right offset 0,0.6 textcolor rgb "
        "c_alarm\n"
        "plot {data} using 1:4:5 with filledcurves fillcolor rgb c_band title '10–90 % of "
        "starts', "
        "{data} using 1:3 with lines linewidth 1.8 dashtype (14,5) linecolor rgb c_second title "
        "'median', "
        "{data} using 1:2 with lines linewidth 2.4 linecolor rgb c_first title 'root mean "
        "square'\n",
        fmt::arg("title", title_command(a)), fmt::arg("note", note), fmt::arg("key", key_below),
        fmt::arg("depth", chain.depth), fmt::arg("bottom", bottom),
        fmt::arg("top", highest + 0.04 * range), fmt::arg("lost", std::log10(lost_below)),
        fmt::arg("data", data));
    add_picture(file, picture_width, picture_height, commands);
}

void plot_script::draw(const std::filesystem::path& directory) const {
    const std::filesystem::path script = directory / "plots.gnuplot";
    const std::filesystem::path log = directory / "gnuplot.log";
    std::ofstream file(script, std::ios::binary);
    std::string place = directory.string();  // in gnuplot's single quotes, '' is a quote
    for (std::size_t at = 0; (at = place.find('\'', at)) != std::string::npos; at += 2) {
        place.insert(at, 1, '\'');
    }
    file << fmt::format("cd '{}'\n", place);
    for (const colour& c : palette::all) file << fmt::format("c_{} = '{}'\n", c.name, c.light);
    file << text_;
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
