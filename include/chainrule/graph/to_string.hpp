// SPDX-License-Identifier: BSL-1.0
/// to_string(f): the simplified formula as text, made at compile time, which "..."_f reads back as f.
#pragma once

#include <chainrule/graph/failure.hpp>
#include <chainrule/graph/print.hpp>

namespace chainrule {

namespace detail {

template<class E>
constexpr std::vector<char> formula_characters() {
    graph raw;
    lowering_scope scope{raw, {}, {}, true};
    std::vector<int> roots{lower<E>(scope)};
    graph flat = simplified(raw, roots, for_text);
    printer p(flat);
    p.print(roots[0]);
    return p.text;
}

template<class E>
struct formula_string {
    static constexpr std::size_t size = formula_characters<E>().size();
    static_assert(
        size <= printer::longest,
        "chainrule: the text of this formula is too long to be read by anybody (more than 65536 "
        "characters); print its parts instead");
    static constexpr std::array<char, size> characters = [] {
        std::array<char, size> result{};
        const std::vector<char> text = formula_characters<E>();
        for (std::size_t i = 0; i < size; ++i) result[i] = text[i];
        return result;
    }();
};

}  // namespace detail

template<expression E>
constexpr std::string_view to_string(E) {
    detail::require_valid<E>();
    using text = detail::formula_string<E>;
    return {text::characters.data(), text::size};
}

}  // namespace chainrule
