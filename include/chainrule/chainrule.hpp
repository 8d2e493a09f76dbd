// SPDX-License-Identifier: BSL-1.0
/// Everything: formulas, derivatives, evaluation, kernels and the catalogue of activations.
#pragma once

#include <chainrule/activations/catalogue.hpp>
#include <chainrule/activations/kink_conventions.hpp>
#include <chainrule/core/version.hpp>
#include <chainrule/expr/symbols.hpp>
#include <chainrule/graph/compare.hpp>
#include <chainrule/graph/to_string.hpp>
#include <chainrule/kernel/backward.hpp>
#include <chainrule/kernel/from_output.hpp>
#include <chainrule/program/evaluate.hpp>
