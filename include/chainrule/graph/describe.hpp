// SPDX-License-Identifier: BSL-1.0
/// What a formula is made of: its symbols with their defaults, and whether it can be built at all.
#pragma once

#include <chainrule/graph/lower.hpp>

#include <array>

namespace chainrule::detail {

/// Found in one pass over the formula.
struct formula_facts {
    static constexpr int most_symbols = 32;

    failure problem;
    small_list<symbol_entry, most_symbols> symbols;

    constexpr formula_facts() {
        for (symbol_entry& s : symbols.items)
            s = {};  // this object is stored, so every part needs a value
    }
};

template<class E>
constexpr formula_facts find_facts() {
    graph raw;
    lowering_scope scope{raw, {}, {}, false, nullptr, 1};
    const int root = lower<E>(scope);
    formula_facts facts;
    facts.problem = raw.problem;
    // Only what is reachable: a replaced symbol may have been named on the way.
    std::vector<char> needed(static_cast<std::size_t>(root + 1), 0);
    needed[static_cast<std::size_t>(root)] = 1;
    std::vector<char> used(raw.symbols.size() + 1, 0);
    for (int i = root; i >= 0; --i) {
        if (needed[static_cast<std::size_t>(i)] == 0) continue;
        const node& n = raw.at(i);
        if (n.kind == symbol_node) used[static_cast<std::size_t>(n.value)] = 1;
        for (int k = 0; k < n.count; ++k)
            needed[static_cast<std::size_t>(raw.child(n, k).node)] = 1;
    }
    for (std::size_t i = 0; i < raw.symbols.size(); ++i) {
        if (used[i] != 0) facts.symbols.push_back(raw.symbols[i]);
    }
    return facts;
}

template<class E>
inline constexpr formula_facts facts_of = find_facts<E>();

/// The symbols of a formula in order of appearance, x included.
template<class E>
struct symbols_of {
    static constexpr std::size_t count = static_cast<std::size_t>(facts_of<E>.symbols.size());
    static constexpr const small_list<symbol_entry, formula_facts::most_symbols>& list =
        facts_of<E>.symbols;

    static constexpr int find(std::string_view name) {
        for (int i = 0; i < list.size(); ++i) {
            if (list[i].name == name) return i;
        }
        return -1;
    }
};

}  // namespace chainrule::detail
