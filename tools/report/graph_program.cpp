// SPDX-License-Identifier: BSL-1.0
#include "graph_program.hpp"

#include <algorithm>

namespace chainrule::report {

graph_program::graph_program(const detail::graph& simplified, const std::vector<int>& roots,
                             const std::vector<parameter_value>& parameters) {
    std::vector<std::string_view> inputs{"x"};
    for (const parameter_value& p : parameters) {
        inputs.emplace_back(p.name);
        parameter_values.push_back(static_cast<long double>(p.value.value) +
                                   static_cast<long double>(p.value.residual));
    }
    code = detail::scheduler(simplified, inputs).run(roots);
    registers.resize(static_cast<std::size_t>(code.registers) + 1);
}

void graph_program::run(long double x, std::vector<long double>& results) const {
    registers[0] = x;
    std::ranges::copy(parameter_values, registers.begin() + 1);
    auto read = [&](short place) {
        return place >= 0 ? registers[static_cast<std::size_t>(place)]
                          : code.constants[static_cast<std::size_t>(-1 - place)].for_double;
    };
    for (const detail::program_step& step : code.steps) {
        const detail::primitive_info& primitive =
            detail::primitives[static_cast<std::size_t>(step.operation)];
        long double arguments[4]{};
        for (int k = 0; k < primitive.arity; ++k) arguments[k] = read(step.arguments[k]);
        registers[static_cast<std::size_t>(step.target)] = primitive.long_value(arguments);
    }
    results.resize(code.outputs.size());
    for (std::size_t i = 0; i < results.size(); ++i) results[i] = read(code.outputs[i]);
}

}  // namespace chainrule::report
