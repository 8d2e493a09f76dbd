// SPDX-License-Identifier: BSL-1.0
/// u / v of a kernel where v may overflow or lose its digits and the quotient is added to others, so that the
/// result would not show it: NaN there, which makes the kernel look again; internal
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
struct guarded_divide_primitive {
    static constexpr std::string_view name = "#guarded_divide";
    static constexpr int arity = 2;
    static constexpr keeps digits = keeps::with_last_number;
    template<class V>
    static constexpr V value(V u, V v) {
        using detail::elementary::guarded_divide;
        return guarded_divide(u, v);
    }
};
}  // namespace op

}  // namespace chainrule
