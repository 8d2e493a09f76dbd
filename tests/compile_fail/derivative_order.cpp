// SPDX-License-Identifier: BSL-1.0
/// The order of a derivative is no argument of the call.
// expected-error: chainrule: after the formula, derivative takes a symbol and a kink policy; the order goes in angle brackets, as in derivative<2>(f, x)

#include <chainrule/chainrule.hpp>

using namespace chainrule;

#ifdef FIXED
constexpr auto f = derivative<3>(tanh(x));
#else
constexpr auto f = derivative(tanh(x), 3);
#endif
