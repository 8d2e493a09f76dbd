// SPDX-License-Identifier: BSL-1.0
/// Graph nodes evaluated at run time, in long double: for what is asked of a formula only a few
/// thousand times.
#pragma once

#include <chainrule/program/schedule.hpp>

#include "formula.hpp"

#include <vector>

namespace chainrule::report {

class graph_program {
public:
    /// Symbols other than x that the graph still has take their value from `parameters`.
    graph_program(const detail::graph& simplified, const std::vector<int>& roots,
                  const std::vector<parameter_value>& parameters);

    /// The values of the roots at x.
    void run(long double x, std::vector<long double>& results) const;

    [[nodiscard]] std::size_t outputs() const { return code.outputs.size(); }
    [[nodiscard]] std::size_t steps() const { return code.steps.size(); }

private:
    detail::schedule code;
    std::vector<long double> parameter_values;
    mutable std::vector<long double> registers;
};

}  // namespace chainrule::report
