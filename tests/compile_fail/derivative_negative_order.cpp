// SPDX-License-Identifier: BSL-1.0
/// There is no derivative of negative order.
// expected-error: chainrule: the order of a derivative is 0 or greater

#include <chainrule/chainrule.hpp>

using namespace chainrule;

#ifdef FIXED
constexpr auto f = derivative<0>(tanh(x));
#else
constexpr auto f = derivative<-1>(tanh(x));
#endif
