// SPDX-License-Identifier: BSL-1.0
/// Pictures as SVG and PNG, drawn by gnuplot.
#pragma once

#include "analysis.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace chainrule::report {

/// Throws user_error if there is no gnuplot; asked early, before anything takes long.
void require_gnuplot();

/// Collects pictures and draws them with one run of gnuplot.
class plot_script {
public:
    /// f with f′ and f″.
    void add_function(const analysis& a, const std::string& file);
    /// The slope of the chain against depth.
    void add_chain(const analysis& a, const std::string& file);
    /// A small picture of f and f′.
    void add_thumbnail(const analysis& a, const std::string& file);

    /// Rows of numbers as a data block of gnuplot; its name.
    std::string add_block(const std::string& data);
    /// A picture from commands of gnuplot; width and height in pixels of the SVG.
    void add_picture(const std::string& file, int width, int height, int font,
                     const std::string& commands);

    /// Writes file.svg and file.png for each into the directory. Throws user_error.
    void draw(const std::filesystem::path& directory) const;

private:
    std::string text_;
    int blocks_ = 0;
};

}  // namespace chainrule::report
