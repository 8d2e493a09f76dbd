// SPDX-License-Identifier: BSL-1.0
/// Pictures as SVG and PNG, drawn by gnuplot.
#pragma once

#include "analysis.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace chainrule::report {

/// Of a picture of a report, in pixels.
inline constexpr int picture_width = 600;
inline constexpr int picture_height = 410;

/// Commands of gnuplot: a key in a row below the picture.
extern const char* const key_below;
/// The formula above a picture.
std::string title_command(const analysis& a);
/// A number for gnuplot; "NaN" is a gap.
std::string plot_number(double v);
/// A logarithm as a power of ten, for an axis that goes beyond the range of double.
std::string decades(double log_value);
/// An axis of y in whole powers of ten around these natural logarithms.
std::string decade_axis(const std::vector<double>& logarithms);

/// Throws user_error if there is no gnuplot; asked early, before anything takes long.
void require_gnuplot();

/// Collects pictures and draws them with one run of gnuplot.
class plot_script {
public:
    /// f with f′ and f″, the kinks marked and the saturated inputs shaded.
    void add_function(const analysis& a, const std::string& file);
    /// The slope of the chain against depth.
    void add_chain(const analysis& a, const std::string& file);
    /// A small picture of f and f′.
    void add_thumbnail(const analysis& a, const std::string& file);

    /// Rows of numbers as a data block of gnuplot; its name.
    std::string add_block(const std::string& data);
    /// A picture from commands of gnuplot; width, height and font in pixels of the SVG. Colours of the
    /// palette have names there: c_ink.
    void add_picture(const std::string& file, int width, int height, const std::string& commands,
                     int font = 14);

    /// Writes file.svg and file.png for each into the directory. Throws user_error.
    void draw(const std::filesystem::path& directory) const;

private:
    std::string text_;
    int blocks_ = 0;
};

}  // namespace chainrule::report
