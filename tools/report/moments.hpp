// SPDX-License-Identifier: BSL-1.0
/// Means over x ~ N(0,1): of the output and of the squared slope.
#pragma once

#include "compiled_formula.hpp"
#include "kinks.hpp"

#include <vector>

namespace chainrule::report {

enum class integral_state { converged, not_converged, undefined };

struct integral {
    double value = 0;
    double error = 0;
    integral_state state = integral_state::converged;
    double undefined_at = 0;  ///< a point where the integrand is NaN
};

struct moments {
    integral mean_output;         ///< E f
    integral mean_squared_slope;  ///< E f'², almost everywhere: a jump adds nothing
};

/// Adaptive Gauss–Kronrod quadrature on panels that end at the kinks.
moments find_moments(const compiled_formula& f, const std::vector<kink>& kinks);

}  // namespace chainrule::report
