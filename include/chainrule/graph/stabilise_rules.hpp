// SPDX-License-Identifier: BSL-1.0
/// The stabiliser's rule table: textbook forms that lose their digits, and the atoms that keep them.
/// Applied before differentiation; the derivative rules of the atoms are atoms again.
/// Figures: 1 − σ(u) is 0 in double from u = 37 on, 1 − tanh² from 19.1, 1 + erf from −5.9.
#pragma once

#include <chainrule/graph/rule_table.hpp>

namespace chainrule::detail {

inline constexpr rewrite_rule stabilise_rules[] = {
    // complements
    {"1 - sigmoid(u)", "sigmoid(-u)"},
    {"1 - tanh(u)^2", "sech(u)^2"},
    {"1 - sech(u)^2", "tanh(u)^2"},
    {"1 + tanh(u)", "2*sigmoid(2*u)"},
    {"1 - tanh(u)", "2*sigmoid(-2*u)"},
    {"1 - erf(u)", "erfc(u)"},
    {"1 + erf(u)", "erfc(-u)"},
    {"1 - erfc(u)", "erf(u)"},
    {"1 - normal_cdf(u)", "normal_cdf(-u)"},
    {"1/2*erfc(u)", "normal_cdf(-sqrt(2)*u)"},
    // what the product rule leaves of σ(u)·σ(−u): a difference of nearly equal terms around its root 0
    {"sigmoid(u) - sigmoid(u)^2", "sigmoid(u)*sigmoid(-u)"},
    {"sigmoid(u) - 1/2", "1/2*tanh(u/2)"},
    {"normal_cdf(u) - 1/2", "1/2*erf(u/sqrt(2))"},
    {"sigmoid(-u) - sigmoid(u)", "-tanh(u/2)"},
    {"sigmoid(u)*sigmoid(-u)^2 - sigmoid(u)^2*sigmoid(-u)", "-sigmoid(u)*sigmoid(-u)*tanh(u/2)"},
    {"normal_cdf(-u) - normal_cdf(u)", "-erf(u/sqrt(2))"},
    {"normal_cdf(-u)*normal_pdf(u) - normal_cdf(u)*normal_pdf(u)", "-normal_pdf(u)*erf(u/sqrt(2))"},
    {"exp(u)^2 - exp(u)", "exp(u)*expm1(u)", validity::finite, "inf - inf has the limit inf"},
    {"v*exp(u)^2 - v*exp(u)", "v*exp(u)*expm1(u)", validity::finite, "inf - inf has the limit inf"},
    // exponentials and logarithms
    {"exp(u) - 1", "expm1(u)"},
    {"log(1 + u)", "log1p(u)"},
    {"log1p(exp(u))", "softplus(u)"},
    {"log1p(exp(u)^2)", "softplus(2*u)"},
    {"log(sigmoid(u))", "log_sigmoid(u)"},
    {"softplus(u) - u", "softplus(-u)", validity::finite, "inf - inf has the limit 0"},
    {"log(-expm1(u))", "log1mexp(-u)"},
    {"expm1(u)/(1 + exp(u))", "tanh(u/2)", validity::finite, "inf/inf has the limit 1"},
    {"1/(1 + exp(u))", "sigmoid(-u)"},
    {"exp(-softplus(u))", "sigmoid(-u)"},
    {"exp(log_sigmoid(u))", "sigmoid(u)"},
    {"exp(u)*expm1(u)^-2", "1/4*sinh(u/2)^-2", validity::finite, "inf/inf has the limit 0"},
    {"exp(u)*sigmoid(-u)", "sigmoid(u)", validity::finite, "inf*0 has the limit 1"},
    // hyperbolic functions
    {"exp(u) - exp(-u)", "2*sinh(u)"},
    {"exp(u) + exp(-u)", "2*cosh(u)"},
    {"1/cosh(u)", "sech(u)"},
    {"sinh(u)*sech(u)", "tanh(u)", validity::finite, "inf*0 has the limit 1"},
    {"exp(u)*sech(u)", "2*sigmoid(2*u)", validity::finite, "inf*0 has the limit 2"},
    {"1 + sinh(u)^2", "cosh(u)^2"},
    {"cosh(u)^2 - 1", "sinh(u)^2"},
    {"cosh(u)^2 - sinh(u)^2", "1", validity::finite, "inf - inf has the limit 1"},
    {"cosh(u) - sinh(u)", "exp(-u)", validity::finite, "inf - inf has the limit 0"},
    {"cosh(u) + sinh(u)", "exp(u)", validity::finite, "inf - inf has the limit 0"},
    {"u - tanh(u)", "tanh_residual(u)"},
    {"u*sech(u)^2", "sech_square_product(u)", validity::finite, "inf*0 has the limit 0"},
    // roots: u*u overflows, u + sqrt(u*u + v) cancels for u < 0
    {"sqrt(u^2 + v)", "root_sum_square(u, v)"},
    {"(u^2 + v)^-0.5", "1/root_sum_square(u, v)", validity::finite,
     "pow(-inf, -0.5) is 0, the root NaN"},
    {"u + root_sum_square(u, v)", "conjugate_sum(u, v)", validity::finite,
     "-inf + inf has the limit 0"},
    {"root_sum_square(u, v) - u", "conjugate_sum(-u, v)", validity::finite,
     "inf - inf has the limit 0"},
    // what the quotient rule leaves of √(u² + v) + u; graph/cancel_quotient.hpp has those of u/(u + v)^p
    {"conjugate_sum(u, v)/root_sum_square(u, v)^2 - u*conjugate_sum(u, v)/root_sum_square(u, v)^3",
     "v/root_sum_square(u, v)^3", validity::finite, "0 - inf/inf has the limit 0"},
    // trigonometric functions
    {"1 - cos(u)^2", "sin(u)^2"},
    {"1 - sin(u)^2", "cos(u)^2"},
    {"1 + tan(u)^2", "cos(u)^-2", validity::finite, "sin and cos have no value at infinity"},
    {"1 - cos(u)", "2*sin(u/2)^2"},
    {"1 + 2*sin(u)*cos(u)", "(sin(u) + cos(u))^2"},
    {"1 - 2*sin(u)*cos(u)", "(sin(u) - cos(u))^2"},
};

}  // namespace chainrule::detail
