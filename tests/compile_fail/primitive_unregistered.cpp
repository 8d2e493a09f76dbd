// SPDX-License-Identifier: BSL-1.0
/// A primitive that was not registered is unknown to the graph.
// expected-error: chainrule: this primitive is not registered; end its header with CHAINRULE_REGISTER_PRIMITIVE and include it
// expected-error: loose_primitive

#ifdef FIXED
#define CHAINRULE_EXTRA_PRIMITIVES "op/extra_primitive.hpp"
#include <chainrule/chainrule.hpp>
using namespace chainrule;
static_assert(evaluate(gudermannian(x), x = 0.0) == 0.0);
#else
#include <chainrule/chainrule.hpp>
namespace chainrule::op {
struct loose_primitive {
    static constexpr std::string_view name = "loose";
    static constexpr int arity = 1;
    template<class V>
    static constexpr V value(V u) {
        return u;
    }
    static constexpr auto derivative(auto u, auto) { return 1.0 + 0.0 * u; }
};
}  // namespace chainrule::op
using namespace chainrule;
constexpr auto f = detail::make_call<op::loose_primitive>(x);
static_assert(evaluate(f, x = 0.0) == 0.0);
#endif
