// SPDX-License-Identifier: BSL-1.0
/// A primitive without a derivative rule can be evaluated, but not differentiated.
// expected-error: chainrule: this primitive has no derivative rule; give its struct a static constexpr function derivative(u, f) that returns df/du
// expected-error: "bump"

#ifdef FIXED
#define BUMP_HAS_A_DERIVATIVE
#endif
#define CHAINRULE_EXTRA_PRIMITIVES "compile_fail/primitive_without_derivative.hpp"
#include <chainrule/chainrule.hpp>

using namespace chainrule;

static_assert(evaluate(bump(x), x = 0.0) == 1.0);
static_assert(evaluate(derivative(bump(x)), x = 0.0) == 0.0);
