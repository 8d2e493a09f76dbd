// SPDX-License-Identifier: BSL-1.0
/// Formulas that cannot be built are refused with one sentence; the offending name stands beside it in
/// the template arguments. docs/errors.md explains each.
#pragma once

#include <chainrule/graph/describe.hpp>

namespace chainrule::detail {

template<class E>
inline constexpr const failure& failure_of = facts_of<E>.problem;

/// Texts in pieces, because clang shows only the first 30 characters or so of a template argument.
template<fixed_string... Pieces>
struct found {};
template<fixed_string... Pieces>
struct expected {};

struct text_pieces {
    static constexpr std::size_t longest = 30;

    std::size_t count = 0;
    std::size_t begin[16]{};
    std::size_t size[16]{};
};

/// Cuts between words where it can.
constexpr text_pieces cut_into_pieces(std::string_view text) {
    text_pieces result;
    for (std::size_t begin = 0; begin < text.size() && result.count < 16;) {
        std::size_t size = text.size() - begin;
        if (size > text_pieces::longest) {
            size = text_pieces::longest;
            for (std::size_t k = size; k > 1; --k) {
                if (text[begin + k - 1] != ' ') continue;
                size = k;
                break;
            }
        }
        result.begin[result.count] = begin;
        result.size[result.count++] = size;
        begin += size;
    }
    return result;
}

template<template<fixed_string...> class Frame, class E, std::string_view (*Text)(const failure&)>
struct shown_text {
    static constexpr text_pieces pieces = cut_into_pieces(Text(failure_of<E>));

    template<std::size_t... I>
    static auto show(std::index_sequence<I...>) -> Frame<
        fix<pieces.size[I]>(Text(failure_of<E>).substr(pieces.begin[I], pieces.size[I]))...>;
    using type = decltype(show(std::make_index_sequence<pieces.count>{}));
};

/// What stands at the position of a syntax error.
constexpr std::string_view text_at_failure(const failure& f) {
    const std::string_view rest = f.text.substr(f.position - 1);
    return rest.empty() ? std::string_view("the end of the text")
                        : rest.substr(0, 2 * text_pieces::longest);
}
constexpr std::string_view expectation_of(const failure& f) { return f.expectation(); }

/// The formula text, the position in it (counted from 1), what stands there and what was expected.
template<fixed_string Formula, std::size_t Position, class Found, class Expected>
struct unreadable_formula {
    static_assert(Position == 0,
                  "chainrule: this formula text cannot be read; beside this message stand the "
                  "text, the position "
                  "of the error counted from 1, what was found there and what was expected");
};

template<fixed_string Primitive>
struct no_derivative_rule {
    static_assert(Primitive.view().empty(),
                  "chainrule: this primitive has no derivative rule; give its struct a static "
                  "constexpr function "
                  "derivative(u, f) that returns df/du");
};

/// Why, in pieces.
template<class Reason>
struct no_slope_from_output {
    static_assert(sizeof(Reason) == 0,
                  "chainrule: the slope of this formula is not a function of its output, or cannot "
                  "be found; beside "
                  "this message stands why; keep the input and call backward");
};
constexpr std::string_view reason_of(const failure& f) { return f.text; }
template<fixed_string... Pieces>
struct because {};

/// Stops compilation with a sentence if the formula cannot be built.
template<class E>
constexpr void require_valid() {
    if constexpr (failure_of<E>.kind == failure_kind::syntax) {
        constexpr const failure& f = failure_of<E>;
        using where = typename shown_text<found, E, &text_at_failure>::type;
        using what = typename shown_text<expected, E, &expectation_of>::type;
        (void)sizeof(unreadable_formula<fix<f.text.size()>(f.text), f.position, where, what>);
    } else if constexpr (failure_of<E>.kind == failure_kind::no_derivative) {
        constexpr const failure& f = failure_of<E>;
        (void)sizeof(no_derivative_rule<fix<f.text.size()>(f.text)>);
    } else if constexpr (failure_of<E>.kind == failure_kind::not_invertible) {
        (void)sizeof(no_slope_from_output<typename shown_text<because, E, &reason_of>::type>);
    }
}

}  // namespace chainrule::detail
