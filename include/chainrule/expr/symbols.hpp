// SPDX-License-Identifier: BSL-1.0
/// Ready-made symbols, for those who want them: using namespace chainrule::symbols. The library itself
/// declares no symbol but x, so that these names stay free. (`gamma` and `y1` would collide with <math.h>.)
#pragma once

#include <chainrule/expr/symbol.hpp>

namespace chainrule::symbols {

inline constexpr parameter<"alpha"> alpha{};
inline constexpr parameter<"beta"> beta{};
inline constexpr parameter<"lambda"> lambda{};
inline constexpr parameter<"cap"> cap{};
inline constexpr parameter<"low"> low{};
inline constexpr parameter<"high"> high{};
inline constexpr variable<"gate"> gate{};
inline constexpr variable<"bias"> bias{};
inline constexpr variable<"residual"> residual{};

}  // namespace chainrule::symbols
