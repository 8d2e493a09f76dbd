// SPDX-License-Identifier: BSL-1.0
/// Every activation of the catalogue has the derivatives, first and second, that finite differences see,
/// with respect to x and to its parameters.

#include <chainrule/activations/catalogue.hpp>
#include <chainrule/verify/gradient_check.hpp>

#include "support/catch.hpp"

#include <boost/hana/for_each.hpp>

#include <string_view>

using namespace chainrule;

namespace {

/// Values for parameters that have no default.
constexpr double given_value(std::string_view name) {
    if (name == "low") return -1.5;
    if (name == "high") return 2;
    if (name == "alpha_p") return 0.8;
    if (name == "alpha_n") return 0.7;
    if (name == "epsilon") return -1e-6;
    if (name == "beta") return 0.5;
    return 0.75;
}

/// Calls `use` with a binding for each parameter without a default.
template<class Entry, std::size_t I = 0, class Use, class... B>
void with_parameters(Use use, B... bindings) {
    if constexpr (I == Entry::parameters.size()) {
        use(bindings...);
    } else if constexpr (Entry::parameters[I].has_default()) {
        with_parameters<Entry, I + 1>(use, bindings...);
    } else {
        constexpr auto name =
            detail::fix<Entry::parameters[I].name.size()>(Entry::parameters[I].name);
        with_parameters<Entry, I + 1>(use, bindings...,
                                      parameter<name>{} = given_value(name.view()));
    }
}

/// Calls `use` with each parameter as a symbol.
template<class Entry, class Use>
void for_each_parameter(Use use) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        (use(parameter<detail::fix<Entry::parameters[I].name.size()>(Entry::parameters[I].name)>{}),
         ...);
    }
    (std::make_index_sequence<Entry::parameters.size()>{});
}

}  // namespace

TEST_CASE("derivatives of the catalogue agree with finite differences") {
    std::size_t entries = 0;
    boost::hana::for_each(activations::all, [&](auto row) {
        using entry = decltype(row);
        ++entries;
        with_parameters<entry>([&](auto... bindings) {
            const auto by_x = check_derivatives(
                entry::expression, {.from = -20, .to = 20, .order = 2}, x, bindings...);
            INFO(entry::name << " by x: " << by_x.message());
            CHECK(by_x.passed);
            CHECK(by_x.checked > 400);
            for_each_parameter<entry>([&](auto symbol) {
                const auto by_parameter = check_derivatives(
                    entry::expression, {.from = -20, .to = 20, .points = 65}, symbol, bindings...);
                INFO(entry::name << " by " << by_parameter.symbol << ": "
                                 << by_parameter.message());
                CHECK(by_parameter.passed);
            });
        });
    });
    CHECK(entries >= 40);
}
