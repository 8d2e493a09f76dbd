// SPDX-License-Identifier: BSL-1.0
/// The three uses of the canonical form: for computing, for text, for comparison.
#pragma once

#include <chainrule/graph/cancel_quotient.hpp>
#include <chainrule/graph/compare_rules.hpp>
#include <chainrule/graph/rules.hpp>
#include <chainrule/graph/simplify_rules.hpp>
#include <chainrule/graph/stabilise_rules.hpp>

namespace chainrule::detail {

// Templates, and with an initialiser that depends on their argument, so that a translation unit that does not
// use a table does not pay for it.
template<class T = void>
inline constexpr auto compiled_simplify_rules =
    compile_rules<T, std::size(simplify_rules)>(simplify_rules);
template<class T = void>
inline constexpr auto compiled_stabilise_rules =
    compile_rules<T, std::size(stabilise_rules)>(stabilise_rules);
template<class T = void>
inline constexpr auto compiled_compare_rules =
    compile_rules<T, std::size(compare_rules)>(compare_rules);

constexpr int simplify_and_stabilise(canonical_form& form, int i) {
    int better = apply_rules(compiled_stabilise_rules<>, form, i);
    if (better < 0) better = cancel_quotient(form, i);
    if (better < 0) better = cancel_exponentials(form, i);
    return better >= 0 ? better : apply_rules(compiled_simplify_rules<>, form, i);
}

template<class T = void>
constexpr int bring_to_comparable_atoms(canonical_form& form, int i) {
    return apply_rules(compiled_compare_rules<T>, form, i);
}

/// For computing: partial results that are used twice stay shared.
inline constexpr canonical_options for_programs{&simplify_and_stabilise, false, false};
/// For people: as flat as it gets.
inline constexpr canonical_options for_text{&simplify_and_stabilise, true, false};
/// For ==, after for_text. A template: few translation units compare formulas, and the table costs 0.1 s.
template<class T = void>
inline constexpr canonical_options for_comparison{&bring_to_comparable_atoms<T>, true, true};

/// A simplified copy of a graph; `roots` become its nodes.
constexpr graph simplified(const graph& in, std::vector<int>& roots, canonical_options options) {
    graph out;
    out.problem = in.problem;
    canonical_form(out, options).run(in, roots);
    return out;
}

}  // namespace chainrule::detail
