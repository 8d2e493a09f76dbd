// SPDX-License-Identifier: BSL-1.0
/// Primitives with deliberately wrong derivative rules.
#pragma once

#include <chainrule/op/multiply.hpp>
#include <chainrule/op/primitive.hpp>
#include <chainrule/op/select.hpp>
#include <chainrule/op/sin.hpp>

namespace chainrule {

namespace op {

/// u³ with the derivative 2u² instead of 3u².
struct wrong_cube_primitive {
    static constexpr std::string_view name = "wrong_cube";
    static constexpr int arity = 1;
    template<class V>
    static constexpr V value(V u) {
        return u * u * u;
    }
    static constexpr auto derivative(auto u, auto) { return 2.0 * u * u; }
};

/// sin u with a derivative that is wrong in the 13th digit.
struct wrong_sine_primitive {
    static constexpr std::string_view name = "wrong_sine";
    static constexpr int arity = 1;
    template<class V>
    static constexpr V value(V u) {
        using detail::elementary::sin;
        return sin(u);
    }
    static constexpr auto derivative(auto u, auto) { return 1.0000000000001 * cos(u); }
};

/// max(u, 0) with the two sides of its kink interchanged; elsewhere right.
struct wrong_kink_primitive {
    static constexpr std::string_view name = "wrong_kink";
    static constexpr int arity = 1;
    static constexpr bool has_kinks = true;
    template<class V>
    static constexpr V value(V u) {
        using detail::elementary::maximum;
        return maximum(u, V(0));
    }
    static constexpr auto tangent(detail::kink_rule rule, auto u, auto du, auto) {
        const auto nothing = 0.0 * u;
        if (rule == detail::kink_rule::left) return select_by_sign(u, nothing, du, du);
        if (rule == detail::kink_rule::right) return select_by_sign(u, nothing, nothing, du);
        return select_by_sign(u, nothing, nothing, du);
    }
};

}  // namespace op

template<detail::symbolic U>
constexpr auto wrong_cube(U u) {
    return detail::make_call<op::wrong_cube_primitive>(u);
}
template<detail::symbolic U>
constexpr auto wrong_sine(U u) {
    return detail::make_call<op::wrong_sine_primitive>(u);
}
template<detail::symbolic U>
constexpr auto wrong_kink(U u) {
    return detail::make_call<op::wrong_kink_primitive>(u);
}

CHAINRULE_REGISTER_PRIMITIVE(op::wrong_cube_primitive);
CHAINRULE_REGISTER_PRIMITIVE(op::wrong_sine_primitive);
CHAINRULE_REGISTER_PRIMITIVE(op::wrong_kink_primitive);

}  // namespace chainrule
