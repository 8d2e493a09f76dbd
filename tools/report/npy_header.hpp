// SPDX-License-Identifier: BSL-1.0
/// The header of NumPy's .npy format, versions 1 to 3.
#pragma once

#include <cstdint>
#include <istream>
#include <string>
#include <string_view>

namespace chainrule::report {

inline constexpr std::string_view npy_magic{"\x93NUMPY", 6};

struct npy_header {
    bool is_double = false;
    std::uint64_t numbers = 0;
    std::uint64_t size = 0;  ///< bytes before the data
    std::string shape_text;  ///< "(3, 4)"

    /// Throws user_error with the predicate of a sentence, as in "holds int64, not …".
    static npy_header read(std::istream& file);
};

}  // namespace chainrule::report
