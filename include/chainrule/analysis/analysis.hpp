// SPDX-License-Identifier: BSL-1.0
/// All analyses of formulas: one include per subject.
#pragma once

#include <chainrule/analysis/composition_bound.hpp>
#include <chainrule/analysis/kinks.hpp>
#include <chainrule/analysis/range.hpp>
#include <chainrule/analysis/saturation.hpp>
#include <chainrule/analysis/shape.hpp>
