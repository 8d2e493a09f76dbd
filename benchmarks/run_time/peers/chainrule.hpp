// SPDX-License-Identifier: BSL-1.0
/// Registers a formula of x in all modes.
#pragma once

#include <chainrule/chainrule.hpp>

#include "../harness.hpp"

#include <span>

namespace {

using benchmark::arguments;
using benchmark::mode;

inline const benchmark::peer ours{"chainrule"};

inline std::span<const float> in(const float* p, const arguments& a) { return {p, a.size}; }
inline std::span<float> out(float* p, const arguments& a) { return {p, a.size}; }

/// A formula without parameters.
template<auto& F>
void add_formula(const char* row) {
    ours(row, mode::forward,
         [](const arguments& a) { chainrule::forward(F, in(a.x, a), out(a.out, a)); });
    ours(row, mode::backward, [](const arguments& a) {
        chainrule::backward(F, in(a.x, a), in(a.grad_out, a), out(a.slope, a));
    });
    ours(row, mode::value_derivative, [](const arguments& a) {
        chainrule::value_and_derivative(F, in(a.x, a), out(a.out, a), out(a.slope, a));
    });
    ours(row, mode::forward_backward, [](const arguments& a) {
        chainrule::forward_backward(F, in(a.x, a), in(a.grad_out, a), out(a.out, a),
                                    out(a.slope, a));
    });
}

}  // namespace
