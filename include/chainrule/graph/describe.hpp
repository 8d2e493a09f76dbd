// SPDX-License-Identifier: BSL-1.0
/// What a formula is made of: its symbols with their defaults.
#pragma once

#include <chainrule/graph/lower.hpp>

#include <array>

namespace chainrule::detail {

template<class E>
constexpr std::vector<symbol_entry> find_symbols() {
    graph raw;
    lowering_scope scope{raw, {}, {}};
    std::vector<int> roots{lower<E>(scope)};
    // Only what is reachable: a substituted symbol may have been named on the way.
    graph clean = simplified(raw, roots, {});
    std::vector<symbol_entry> result;
    for (const symbol_entry& s : raw.symbols) {
        for (const symbol_entry& kept : clean.symbols) {
            if (kept.name == s.name) result.push_back(s);
        }
    }
    return result;
}

/// The symbols of a formula in order of appearance, x included.
template<class E>
struct symbols_of {
    static constexpr std::size_t count = find_symbols<E>().size();
    static constexpr std::array<symbol_entry, count> list = [] {
        std::array<symbol_entry, count> result{};
        const std::vector<symbol_entry> found = find_symbols<E>();
        for (std::size_t i = 0; i < count; ++i) result[i] = found[i];
        return result;
    }();

    static constexpr int find(std::string_view name) {
        for (std::size_t i = 0; i < count; ++i) {
            if (list[i].name == name) return static_cast<int>(i);
        }
        return -1;
    }
};

}  // namespace chainrule::detail
