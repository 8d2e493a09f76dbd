// SPDX-License-Identifier: BSL-1.0
/// π, exactly: rounded only where it is used
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct pi_primitive {
    static constexpr std::string_view name = "pi";
    static constexpr int arity = 0;
};
}  // namespace op

/// The number π in a formula.
inline constexpr detail::call<op::pi_primitive> pi{};

}  // namespace chainrule
