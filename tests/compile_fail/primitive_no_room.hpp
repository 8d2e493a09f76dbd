// SPDX-License-Identifier: BSL-1.0
/// More primitives than the registry has room for, or, with FEW_FILLERS, sixteen.
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule {

namespace op {
template<int N>
struct filler_primitive {
    static constexpr std::string_view name = "filler";
    static constexpr int arity = 1;
    template<class V>
    static constexpr V value(V u) {
        return u;
    }
};
}  // namespace op

#define FILL(n) CHAINRULE_REGISTER_PRIMITIVE(op::filler_primitive<n>);
#define FILL_4(n) FILL(n) FILL(n + 1) FILL(n + 2) FILL(n + 3)
#define FILL_16(n) FILL_4(n) FILL_4(n + 4) FILL_4(n + 8) FILL_4(n + 12)
#define FILL_64(n) FILL_16(n) FILL_16(n + 16) FILL_16(n + 32) FILL_16(n + 48)

FILL_16(0)
#ifndef FEW_FILLERS
FILL_64(100)
FILL_64(200)
FILL_64(300)
#endif

}  // namespace chainrule
