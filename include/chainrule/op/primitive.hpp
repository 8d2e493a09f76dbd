// SPDX-License-Identifier: BSL-1.0
/// What a primitive is, and how its header registers it.
///
/// A primitive is a struct in namespace chainrule::op (named tanh_primitive: a struct named tanh would
/// hide the function from the rules) with
///   name        its name in formulas and messages
///   arity       how many arguments it takes
///   value       value(u, ...), a template over the number type: long double, double, batch
///   derivative  derivative(u, f): df/du, given the argument and the value f = f(u); or, for several
///               arguments, template<int I> derivative(u, v, ..., f)
/// and, where they apply,
///   is_arithmetic = true if a batch of values costs a few instructions: never worth a function call
///   symmetry    parity::even or parity::odd in its first argument
///   tangent     instead of derivative, where the rule depends on the kink policy: has_kinks = true and
///               tangent(policy, u, ..., du, ..., f)
///   definition  for a name that only abbreviates a formula: is_abbreviation = true and definition(u, ...)
///   inverse     inverse(y), with slope_from_output(y) = df/du in terms of y = f(u): where f is strictly
///               increasing and both have a closed form
///   range       range(u, ...), a template over the interval type: the range over intervals of arguments,
///               for certified bounds (core/interval.hpp has increasing, decreasing, magnitude ...)
///   text        how an internal primitive is written in formulas: "{0} - tanh({0})"
/// and what kernels may leave out because of it (tests/op/facts.cpp holds each against samples):
///   chooses_from = k    the value is one of the arguments k, k + 1, ..., but for its sign
///   is_step = true      the value does not change but at jumps, and may be 0 on an interval
///   numbers             when arguments that are not NaN give no NaN (see keeps); not known: never
///   digits              when an ordinary value, neither 0, subnormal nor infinite, has all its digits
///                       whatever became subnormal or infinite on the way; else always if is_arithmetic, or never
///   drops_nan = true    the value is NaN for certain only where all arguments are, not where any is (as it
///                       always is but for the arm of a selection that is not chosen)
///   may_drop_nan = true choice<...>(u), what kernels take instead of value(u) where they have to be NaN for another
///                       reason if u is
///   is_faithful = true  any value has all its digits: in the tails, at infinity, where it is subnormal;
///                       also if the arguments are values of primitives with
///   is_shared = true    which faithful primitives take in without loss
///   raises_exceptions = true  where a batch of values becomes NaN or infinite, of arguments that are neither, an
///                       exception of IEEE 754 is raised (invalid, division by zero, overflow); is_arithmetic
///                       includes it
///   takes_roots = true  its result may have lost digits with a subnormal argument, and be large all the same: √u
///   is_wide = true      it keeps so many values at a time that kernels work on fewer batches at once
/// followed by the constrained function that users call and, in a header of a user's own,
/// CHAINRULE_REGISTER_PRIMITIVE; the library's primitives are listed in op/op.hpp.
#pragma once

#include <chainrule/core/elementary.hpp>
#include <chainrule/core/elementary/ordering.hpp>
#include <chainrule/core/type_list.hpp>
#include <chainrule/expr/call.hpp>
#include <chainrule/expr/derivative.hpp>

#include <string_view>

namespace chainrule {

enum class parity { none, even, odd };

/// When a primitive keeps what it is asked to keep: never; where all arguments but one are finite numbers
/// and not 0; where the last argument is; always.
enum class keeps { nothing, with_numbers, with_last_number, everything };

namespace detail {

type_list<> registered_primitives(rank<0>);

template<class Operation>
concept is_arithmetic = requires {
    Operation::is_arithmetic;
};

template<class Operation>
concept has_definition = requires {
    Operation::is_abbreviation;
};

}  // namespace detail
}  // namespace chainrule

/// Adds a primitive of a project's own to the registry that formula text and the value graph look names up
/// in. To be used in namespace chainrule, once, at the end of the primitive's header.
#define CHAINRULE_REGISTER_PRIMITIVE(...)                                                          \
    namespace detail {                                                                             \
    auto registered_primitives(                                                                    \
        rank<next_rank<decltype(registered_primitives(rank<highest_rank>{}))::size>()>)            \
        -> append_type<decltype(registered_primitives(rank<highest_rank>{})), __VA_ARGS__>::type;  \
    }                                                                                              \
    static_assert(true)
