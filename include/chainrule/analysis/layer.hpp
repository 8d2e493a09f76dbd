// SPDX-License-Identifier: BSL-1.0
/// layer(f, weight, bias): one scalar layer x → f(weight · x + bias) of any activation, as a run-time
/// value, so that a std::vector<layer> mixes activations.
#pragma once

#include <chainrule/analysis/function.hpp>

namespace chainrule {

class layer {
public:
    /// Parameters of f take their defaults.
    template<expression F>
    layer(F, double w = 1,
          double b = 0)  // NOLINT(google-explicit-constructor): a formula is a layer
        : function(&detail::function_of<F>()), weight(w), bias(b) {}

    /// For a formula that is known at run time only; it must outlive the layer.
    explicit layer(const detail::analysed_function& f, double w = 1, double b = 0)
        : function(&f), weight(w), bias(b) {}

    /// {f(u), f′(u)} at u = weight · x + bias.
    [[nodiscard]] std::array<long double, 2> value_and_slope(long double input) const {
        return function->value_and_slope(static_cast<long double>(weight) * input +
                                         static_cast<long double>(bias));
    }

private:
    const detail::analysed_function* function;

public:
    double weight;
    double bias;
};

}  // namespace chainrule
