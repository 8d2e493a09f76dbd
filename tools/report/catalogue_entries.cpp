// SPDX-License-Identifier: BSL-1.0
#include "catalogue_entries.hpp"

#include <chainrule/activations/catalogue.hpp>

#include <boost/hana/for_each.hpp>

#include <map>

namespace chainrule::report {

namespace {

/// What a parameter without a default is shown with. A new one is shown with 1 until it stands here.
double example_value(const std::string& activation, const std::string& parameter) {
    static const std::map<std::string, double> values{
        {"affine.alpha", 1.5},    {"affine.beta", 0.5},   {"threshold.t", 0.5},
        {"threshold.v", -0.5},    {"clip.low", -2},       {"clip.high", 2},
        {"relu_general.cap", 4},  {"power.alpha", 0.5},   {"power.beta", 3},
        {"xielu.alpha_p", 0.8},   {"xielu.alpha_n", 0.8}, {"xielu.beta", 0.5},
        {"xielu.epsilon", -1e-6},
    };
    const auto found = values.find(activation + "." + parameter);
    return found == values.end() ? 1 : found->second;
}

}  // namespace

std::vector<catalogue_entry> catalogue_entries() {
    std::vector<catalogue_entry> result;
    boost::hana::for_each(activations::all, [&](const auto& row) {
        catalogue_entry entry;
        entry.name = std::string(row.name);
        entry.text = entry.name + "(x)";
        entry.source = std::string(row.source);
        for (const auto& parameter : row.parameters) {
            if (parameter.has_default()) continue;
            const std::string name(parameter.name);
            entry.example_values.push_back({name, example_value(entry.name, name)});
        }
        result.push_back(std::move(entry));
    });
    return result;
}

}  // namespace chainrule::report
