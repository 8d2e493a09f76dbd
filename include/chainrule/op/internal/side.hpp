// SPDX-License-Identifier: BSL-1.0
/// The sign of the argument at which a function of e = e^-|u| is wanted: u or −u.
#pragma once

#include <chainrule/op/primitive.hpp>

namespace chainrule::op {

enum class side { same, opposite };

}  // namespace chainrule::op
