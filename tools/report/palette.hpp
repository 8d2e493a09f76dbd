// SPDX-License-Identifier: BSL-1.0
/// The colours of pictures and pages, once for paper and once for dark screens.
#pragma once

#include <string_view>

namespace chainrule::report {

struct colour {
    std::string_view name;  ///< of the CSS variable
    std::string_view light;
    std::string_view dark;
};

/// gnuplot draws with the light ones; a page puts its variables in their places.
namespace palette {
inline constexpr colour paper{"paper", "#ffffff", "#15191e"};
inline constexpr colour ink{"ink", "#1f2730", "#e4e8ec"};
inline constexpr colour quiet{"quiet", "#59636e", "#a3adb8"};
inline constexpr colour faint{"faint", "#9aa3ad", "#76808b"};
inline constexpr colour rule{"rule", "#e6e9ed", "#2b3138"};
inline constexpr colour first{"first", "#1b4f8a", "#7db4ee"};
inline constexpr colour second{"second", "#d9660b", "#f49a4a"};
inline constexpr colour third{"third", "#4f9160", "#83c594"};
inline constexpr colour band{"band", "#c9d8ec", "#2b4260"};
inline constexpr colour shade{"shade", "#f4e8da", "#3a3026"};
inline constexpr colour alarm{"alarm", "#b3261e", "#f47c72"};
inline constexpr colour caution{"caution", "#9a5b00", "#e3aa55"};
inline constexpr colour good{"good", "#1d6b3a", "#74c793"};
inline constexpr colour ordered_deep{"ordered_deep", "#9dbde0", "#27507f"};
inline constexpr colour ordered{"ordered", "#cfe0f2", "#1f3852"};
inline constexpr colour chaotic{"chaotic", "#fbdcc0", "#4f3520"};
inline constexpr colour chaotic_deep{"chaotic_deep", "#f3b27e", "#80501f"};
inline constexpr colour unbounded{"unbounded", "#dcdfe3", "#3a4048"};

inline constexpr colour all[] = {paper,  ink,     quiet,   faint,        rule,         first,
                                 second, third,   band,    shade,        alarm,        caution,
                                 good,   ordered, chaotic, ordered_deep, chaotic_deep, unbounded};
}  // namespace palette

}  // namespace chainrule::report
