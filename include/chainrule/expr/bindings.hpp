// SPDX-License-Identifier: BSL-1.0
/// The named arguments of a call as one Boost.Hana map from symbol names to values.
#pragma once

#include <chainrule/expr/compose.hpp>

#include <boost/hana/at_key.hpp>
#include <boost/hana/contains.hpp>
#include <boost/hana/map.hpp>
#include <boost/hana/pair.hpp>
#include <boost/hana/type.hpp>

namespace chainrule::detail {

template<fixed_string Name>
struct symbol_key {};

template<fixed_string Name>
inline constexpr boost::hana::type<symbol_key<Name>> key_of{};

/// Two values for one name make the call ambiguous.
template<fixed_string... Names>
constexpr bool names_differ() {
    const std::string_view names[] = {std::string_view(), Names.view()...};
    for (std::size_t i = 1; i <= sizeof...(Names); ++i) {
        for (std::size_t j = 1; j < i; ++j) {
            if (names[i] == names[j]) return false;
        }
    }
    return true;
}

template<class... B>
constexpr auto make_bindings(B... bindings) {
    static_assert(names_differ<B::name...>(),
                  "chainrule: a symbol is given two values in one call; keep one of them");
    return boost::hana::make_map(boost::hana::make_pair(key_of<B::name>, bindings)...);
}

template<fixed_string Name, class Map>
inline constexpr bool is_bound =
    decltype(boost::hana::contains(std::declval<const Map&>(), key_of<Name>))::value;

}  // namespace chainrule::detail
