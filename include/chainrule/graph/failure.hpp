// SPDX-License-Identifier: BSL-1.0
/// Formulas that cannot be built are refused with one sentence; the offending name stands beside it in
/// the template arguments. docs/errors.md explains each.
#pragma once

#include <chainrule/graph/describe.hpp>

namespace chainrule::detail {

template<class E>
inline constexpr const failure& failure_of = facts_of<E>.problem;

/// The formula text, the position in it (counted from 1) and what was expected there.
template<fixed_string Formula, std::size_t Position, fixed_string Expected>
struct unreadable_formula {
    static_assert(Position == 0,
                  "chainrule: this formula text cannot be read; beside this message stand the text, the position "
                  "of the error counted from 1, and what was expected there");
};

template<fixed_string Primitive>
struct no_derivative_rule {
    static_assert(Primitive.view().empty(),
                  "chainrule: this primitive has no derivative rule; give its struct a static constexpr function "
                  "derivative(u, f) that returns df/du");
};

/// Stops compilation with a sentence if the formula cannot be built.
template<class E>
constexpr void require_valid() {
    if constexpr (failure_of<E>.kind == failure_kind::syntax) {
        constexpr const failure& f = failure_of<E>;
        (void)sizeof(unreadable_formula<fix<f.text.size()>(f.text), f.position, fix<f.expected_size>(f.expectation())>);
    } else if constexpr (failure_of<E>.kind == failure_kind::no_derivative) {
        constexpr const failure& f = failure_of<E>;
        (void)sizeof(no_derivative_rule<fix<f.text.size()>(f.text)>);
    }
}

}  // namespace chainrule::detail
