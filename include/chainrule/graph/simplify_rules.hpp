// SPDX-License-Identifier: BSL-1.0
/// The simplifier's rule table. The laws of sums and products (first table) are what the canonical form
/// (graph/canonical.hpp) does by collecting terms; they are listed so that they are tested like the others.
#pragma once

#include <chainrule/graph/rule_table.hpp>

namespace chainrule::detail {

/// Carried out by canonical_form, in one step for any number of terms.
inline constexpr rewrite_rule arithmetic_rules[] = {
    {"u + 0", "u"},
    {"u - 0", "u"},
    {"u*1", "u"},
    {"u/1", "u"},
    {"-(-u)", "u"},
    {"u + u", "2*u"},
    {"2*u + 3*u", "5*u"},
    {"u*u", "u^2"},
    {"u^2*u^3", "u^5"},
    {"(u^2)^3", "u^6"},
    {"(u*v)^2/(u^2*v)", "v", validity::finite,
     "cancelling equal factors: 0/0 and inf/inf have the limit v"},
    {"u^1", "u"},
    {"-(u - v)", "v - u"},
    {"u - (v + w)", "u - v - w"},
    {"2*3", "6"},
    {"sqrt(4)", "2"},
    {"sqrt(u^2)", "abs(u)"},
    {"sqrt(u)*sqrt(u)", "u", validity::positive_u,
     "the left side is NaN for u < 0; nothing a formula means is lost"},
    {"u*0", "0", validity::finite,
     "a zero coefficient drops a term; 0*inf = NaN would poison derivatives of terms that are not "
     "there"},
    {"u - u", "0", validity::finite, "inf - inf = NaN is no information about the formula"},
    {"u/u", "1", validity::finite, "the limit at 0 and at infinity"},
    {"u^0", "1"},
};

inline constexpr rewrite_rule simplify_rules[] = {
    {"log(exp(u))", "u"},
    {"exp(log(u))", "u", validity::positive_u, "log is NaN for u < 0; the formula means u"},
    {"log1p(expm1(u))", "u"},
    {"expm1(log1p(u))", "u", validity::positive_u, "log1p is NaN for u < -1"},
    {"exp(0)", "1"},
    {"log(1)", "0"},
    {"sigmoid(0)", "1/2"},
    {"abs(abs(u))", "abs(u)"},
    {"abs(u)^2", "u^2"},
    {"abs(u)^-2", "u^-2"},
    {"abs(u)*sign(u)", "u"},
    {"u*sign(u)", "abs(u)"},
    {"abs(u)/u", "sign(u)", validity::finite, "0/0 has the value 0 under the usual kink rule"},
    {"max(u, u)", "u"},
    {"min(u, u)", "u"},
    {"max(max(u, v), v)", "max(u, v)"},
    {"min(min(u, v), v)", "min(u, v)"},
    {"sin(u)^2 + cos(u)^2", "1", validity::finite, "sin and cos have no value at infinity"},
    {"tanh(u)^2 + sech(u)^2", "1"},
    {"sigmoid(u) + sigmoid(-u)", "1"},
    {"erf(u) + erfc(u)", "1"},
    {"softplus(u) - softplus(-u)", "u"},
    {"exp(u)*exp(-u)", "1", validity::finite, "inf*0 has the limit 1"},
    {"cosh(u)*sech(u)", "1", validity::finite, "inf*0 has the limit 1"},
};

}  // namespace chainrule::detail
