// SPDX-License-Identifier: BSL-1.0
/// -u
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct negate_primitive {
    static constexpr std::string_view name = "neg";
    static constexpr int arity = 1;
    static constexpr bool is_arithmetic = true;
    static constexpr keeps numbers = keeps::everything;
    static constexpr int chooses_from = 0;
    static constexpr bool is_abbreviation = true;
    static constexpr auto definition(auto u) { return -u; }
    template<class V>
    static constexpr V value(V u) {
        return -u;
    }
    template<class I>
    static constexpr I range(I u) {
        return -u;
    }
};
}  // namespace op

template<expression U>
constexpr auto operator-(U u) {
    return detail::make_call<op::negate_primitive>(u);
}
template<expression U>
constexpr auto operator+(U u) {
    return u;
}
template<detail::symbolic U>
constexpr auto neg(U u) {
    return detail::make_call<op::negate_primitive>(u);
}

}  // namespace chainrule
