// SPDX-License-Identifier: BSL-1.0
/// A document as one HTML page that needs no other file.
#pragma once

#include "document.hpp"

#include <filesystem>
#include <map>
#include <string>

namespace chainrule::report {

/// The text of SVG files by the name that a document gives the picture.
using svg_texts = std::map<std::string, std::string>;

/// All pictures of a document, of its tables too, as gnuplot left them in the directory.
svg_texts read_pictures(const document& d, const std::filesystem::path& directory);

/// A page without scripts and without references to other files, for paper, phones and dark screens.
/// Pictures stand in it as SVG whose colours follow those of the page; one that is missing from
/// `pictures` is linked as file.svg. The page is well-formed XML too.
std::string to_html(const document& d, const svg_texts& pictures);

}  // namespace chainrule::report
