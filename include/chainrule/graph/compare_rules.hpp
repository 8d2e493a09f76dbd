// SPDX-License-Identifier: BSL-1.0
/// Rules for comparison only (==): atoms that are functions of each other are brought to one of them, so
/// that σ(1−σ), σ(u)σ(−u) and sech²(u/2)/4 are seen to be the same. They go the other way round than the
/// stabiliser's rules and are never used for computing.
#pragma once

#include <chainrule/graph/rule_table.hpp>

namespace chainrule::detail {

inline constexpr rewrite_rule compare_rules[] = {
    {"sigmoid(u)", "1/2 + 1/2*tanh(1/2*u)"},
    {"sech(u)^2", "1 - tanh(u)^2"},
    {"sech(u)^-2", "1/(1 - tanh(u)^2)"},
    {"sech_square_product(u)", "u*sech(u)^2", validity::finite, "inf*0 has the limit 0"},
    {"cosh(u)", "1/sech(u)"},
    {"sinh(u)", "tanh(u)/sech(u)"},
    {"erfc(u)", "1 - erf(u)"},
    {"normal_cdf(u)", "1/2 + 1/2*erf(u/sqrt(2))"},
    {"normal_pdf(u)", "exp(-1/2*u^2)/sqrt(2*pi)"},
    {"log_sigmoid(u)", "u - softplus(u)", validity::finite, "inf - inf has the limit 0"},
    {"softplus(-u)", "softplus(u) - u", validity::finite, "inf - inf has the limit 0"},
    {"exp(-u)", "1/exp(u)"},
    {"expm1(u)", "exp(u) - 1"},
    {"log1p(u)", "log(1 + u)"},
    {"log1mexp(u)", "log(1 - exp(-u))"},
    {"tanh_residual(u)", "u - tanh(u)"},
    {"conjugate_sum(u, v)", "u + sqrt(u^2 + v)", validity::finite, "-inf + inf has the limit 0"},
    {"root_sum_square(u, v)", "sqrt(u^2 + v)"},
    {"tan(u)", "sin(u)/cos(u)"},
    {"sin(u)^2", "1 - cos(u)^2"},
    {"sin(u)^-2", "1/(1 - cos(u)^2)"},
    {"abs(u)^2", "u^2"},
    {"1/(u*sign(u))", "1/abs(u)"},
    {"max(u, v)", "1/2*(u + v) + 1/2*abs(u - v)", validity::finite,
     "inf - inf has no limit in common"},
    {"min(u, v)", "1/2*(u + v) - 1/2*abs(u - v)", validity::finite,
     "inf - inf has no limit in common"},
    {"a <= b ? u : v", "b < a ? v : u"},
};

}  // namespace chainrule::detail
