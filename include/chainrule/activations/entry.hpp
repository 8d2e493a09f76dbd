// SPDX-License-Identifier: BSL-1.0
/// What the catalogue knows of one activation: name, formula, parameters, kinks, source.
#pragma once

#include <chainrule/core/fixed_string.hpp>
#include <chainrule/core/real.hpp>
#include <chainrule/expr/call.hpp>
#include <chainrule/expr/symbol.hpp>

#include <boost/hana/tuple.hpp>

#include <array>
#include <cstddef>
#include <string_view>

namespace chainrule {

/// A parameter of a catalogue entry.
struct activation_parameter {
    std::string_view name;
    extended_real default_value = no_value;

    [[nodiscard]] constexpr bool has_default() const {
        return detail::is_value(default_value.value);
    }
    constexpr bool operator==(const activation_parameter&) const = default;
};

namespace detail {

/// The parameters of a formula in the order in which they appear, each once.
struct parameter_collection {
    std::array<activation_parameter, 8> found{};
    std::size_t count = 0;

    constexpr void add(activation_parameter p) {
        for (std::size_t i = 0; i < count; ++i) {
            if (found[i].name == p.name) return;
        }
        found[count++] = p;
    }
};

template<class E>
struct parameter_search {
    static constexpr void run(parameter_collection&) {}
};
template<fixed_string Name, extended_real Default>
struct parameter_search<parameter<Name, Default>> {
    static constexpr void run(parameter_collection& all) { all.add({Name.view(), Default}); }
};
template<class Operation, class... A>
struct parameter_search<call<Operation, A...>> {
    static constexpr void run(parameter_collection& all) { (parameter_search<A>::run(all), ...); }
};

template<class E>
constexpr parameter_collection find_parameters() {
    parameter_collection all;
    parameter_search<E>::run(all);
    return all;
}

template<class E>
constexpr auto parameters_of() {
    std::array<activation_parameter, find_parameters<E>().count> result{};
    for (std::size_t i = 0; i < result.size(); ++i) result[i] = find_parameters<E>().found[i];
    return result;
}

/// Where a formula is not smooth, as formulas in its parameters.
template<expression... K>
struct kink_list {
    using tuple = boost::hana::tuple<K...>;
};

template<expression... K>
constexpr kink_list<K...> at(K...) {
    return {};
}

}  // namespace detail

/// One row of activations::all.
template<fixed_string Name, class Formula, class Kinks, fixed_string... Aliases>
struct activation_entry {
    using formula_type = Formula;

    static constexpr std::string_view name = Name.view();
    /// Other names under which formula text finds it.
    static constexpr std::array<std::string_view, sizeof...(Aliases)> aliases{Aliases.view()...};
    static constexpr Formula expression{};
    static constexpr auto parameters = detail::parameters_of<Formula>();
    /// A Hana tuple of formulas in the parameters. The symbol k in a formula stands for every integer.
    static constexpr typename Kinks::tuple kinks{};

    /// Author and year, with the arXiv number where there is one; or the interface that defines it.
    std::string_view source;
};

namespace detail {

template<fixed_string Name, fixed_string... Aliases, expression F, class Kinks>
constexpr auto entry(F, Kinks, std::string_view source) {
    return activation_entry<Name, F, Kinks, Aliases...>{source};
}

}  // namespace detail
}  // namespace chainrule
