// SPDX-License-Identifier: BSL-1.0
/// Everything that is found out about one formula.
#pragma once

#include "chain.hpp"
#include "gradient_flow.hpp"
#include "input_statistics.hpp"
#include "kinks.hpp"
#include "throughput.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace chainrule::report {

struct analysis {
    std::shared_ptr<const formula> subject;
    const compiled_formula* compiled = nullptr;
    std::vector<kink> kinks;  ///< with poles and edges of the domain
    struct {
        double at_zero = 0;
        double at_minus_infinity = 0;
        double at_infinity = 0;
    } values;
    gradient_flow_analysis flow;
    chain_analysis chain;
    std::optional<throughput> speed;
    std::optional<input_statistics> input;
};

/// What needs no data and no stop watch.
analysis analyse(std::shared_ptr<const formula> subject, const compiled_formula* compiled,
                 const gradient_flow_request& request);

/// "swish(gelu(x))", or "f₂(f₁(x)) with f₁(x) = …, f₂(x) = …".
std::string describe(const formula& f);

/// The same, short enough for a line that says what goes on.
std::string short_name(const formula& f);

/// One sentence: vanishes, is preserved or explodes, and at what depth the gradient is lost.
std::string verdict_sentence(const chain_analysis& chain);
/// "vanishes", "preserved", "explodes", or "undefined"; "typically vanishes" where the median does and the
/// root mean square does not.
std::string verdict_words(const chain_analysis& chain);
/// "-0.5: 0 | 1", for tables.
std::string describe_kinks(const std::vector<kink>& kinks);
/// "1.12890413 at x = 1.41421"
std::string describe_steepest(const gradient_flow_analysis& flow);
/// "at x = 3 (limit from one side)"
std::string describe_place(double at, attainment how);
/// The digits that are certain, or both bounds.
std::string describe(const interval& enclosure);
/// The digits that the error leaves; "undefined", "does not converge", "∞".
std::string describe(const estimate& value, int most_digits = 9);
/// E f and the like of the moments; why_not if there are none.
std::string describe_moment(const finding<moments_report>& moments,
                            estimate moments_report::*which);
/// Whether the error of a quadrature leaves no digit.
bool has_not_converged(const estimate& value);

}  // namespace chainrule::report
