// SPDX-License-Identifier: BSL-1.0
/// The elementary functions of a batch, found by argument-dependent lookup under the same names
/// as the scalar ones in core/elementary.hpp. docs/accuracy.md has their errors.
#pragma once

#include <chainrule/kernel/batch.hpp>
#include <chainrule/kernel/math/arithmetic.hpp>
#include <chainrule/kernel/math/error_function.hpp>
#include <chainrule/kernel/math/exp.hpp>
#include <chainrule/kernel/math/hyperbolic.hpp>
#include <chainrule/kernel/math/log.hpp>
#include <chainrule/kernel/math/logistic.hpp>
#include <chainrule/kernel/math/power.hpp>
#include <chainrule/kernel/math/trigonometric.hpp>
