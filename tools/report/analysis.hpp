// SPDX-License-Identifier: BSL-1.0
/// Everything that is found out about one formula.
#pragma once

#include "chain.hpp"
#include "input_statistics.hpp"
#include "kinks.hpp"
#include "moments.hpp"
#include "steepest.hpp"
#include "throughput.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace chainrule::report {

struct analysis {
    std::shared_ptr<const formula> subject;
    const compiled_formula* compiled = nullptr;
    std::vector<kink> kinks;
    steepest_slope steepest;
    struct {
        double at_zero = 0;
        double at_minus_infinity = 0;
        double at_infinity = 0;
    } values;
    moments means;
    chain_analysis chain;
    std::optional<throughput> speed;
    std::optional<input_statistics> input;
};

/// What needs no data and no stop watch.
analysis analyse(std::shared_ptr<const formula> subject, const compiled_formula* compiled,
                 int depth);

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
std::string describe_steepest(const steepest_slope& s);
std::string describe(const integral& value);

}  // namespace chainrule::report
