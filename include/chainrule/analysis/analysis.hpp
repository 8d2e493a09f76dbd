// SPDX-License-Identifier: BSL-1.0
/// All analyses of formulas: one include per subject.
#pragma once

#include <chainrule/analysis/checked_gradient_flow.hpp>
#include <chainrule/analysis/composition_bound.hpp>
#include <chainrule/analysis/correlation_map.hpp>
#include <chainrule/analysis/gradient_flow.hpp>
#include <chainrule/analysis/kinks.hpp>
#include <chainrule/analysis/layer.hpp>
#include <chainrule/analysis/mean_field.hpp>
#include <chainrule/analysis/moments.hpp>
#include <chainrule/analysis/profile.hpp>
#include <chainrule/analysis/range.hpp>
#include <chainrule/analysis/saturation.hpp>
#include <chainrule/analysis/shape.hpp>
#include <chainrule/analysis/solve.hpp>
