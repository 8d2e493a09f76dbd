// SPDX-License-Identifier: BSL-1.0
/// clamp(u, low, high) = min(max(u, low), high)
#pragma once

#include <chainrule/op/max.hpp>
#include <chainrule/op/min.hpp>
#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct clamp_primitive {
    static constexpr std::string_view name = "clamp";
    static constexpr int arity = 3;
    static constexpr bool is_abbreviation = true;
    static constexpr auto definition(auto u, auto low, auto high) { return min(max(u, low), high); }
};
}  // namespace op

/// u limited to [low, high].
template<class U, class L, class H>
    requires detail::operands<U, L, H>
constexpr auto clamp(U u, L low, H high) {
    return detail::make_call<op::clamp_primitive>(u, low, high);
}

}  // namespace chainrule
